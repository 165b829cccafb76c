"""Whether a dataset's files are still what was made or brought."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from common.errors import Invalid
from common.storage import Stored
from datasets.models import Dataset
from datasets.selectors import (
    dataset_files,
    dataset_path,
    original_path,
    recipe_of,
)
from datasets.services.files import n_workers
from vibration.generation import VerificationCancelled, verify_records
from vibration.store import SIGNALS_FILE

T = TypeVar("T")
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """Something that differs: its sentence, and where it is a record, its row and first sample."""

    sentence: str
    row: int | None = None
    sample: int | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Verified:
    """What was compared.

    Attributes
    ----------
    n_checked : int
        Records made again, or files whose checksum was taken.
    unit : str
        What was counted: record or file.
    findings : tuple of Finding
        One for each that differs; empty where all is as it was.
    """

    n_checked: int
    unit: str
    findings: tuple[Finding, ...]


def dataset_verify(
    dataset: Dataset,
    *,
    sample: int | None = None,
    row: int | None = None,
    step: Step = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Verified:
    """Make simulated records again and compare them; take the checksums of recorded files.

    Parameters
    ----------
    dataset : Dataset
        A ready one.
    sample : int, optional
        How many records or files to check, drawn anew each time; all where not given.
    row : int, optional
        The one record to check, by its number in a generated dataset.
    step : callable, optional
        Called with how many are done, of how many.
    cancelled : callable, optional
        Asked now and then; True stops the work.

    Raises
    ------
    Invalid
        For a sample that is not positive, and a record that is not there.
    """
    if sample is not None and sample < 1:
        raise Invalid(
            "A sample has at least 1 record.",
            field_errors={"sample": ["A sample has at least 1 record."]},
        )
    if dataset.recipe is None:
        return _files_verified(dataset, sample, step, cancelled)
    n_records = recipe_of(dataset).n_records
    if row is not None and not 0 <= row < n_records:
        raise Invalid(f"There is no record {row}; this dataset has 0 to {n_records - 1}.")
    rows = _drawn(list(range(n_records)), sample) if row is None else [row]
    found = verify_records(
        dataset_path(dataset),
        rows,
        workers=n_workers(),
        progress=lambda done: step(done, len(rows)),
        cancelled=cancelled,
    )
    findings = [
        Finding(str(each), each.row, each.position if each.part == "samples" else None)
        for each in found
    ]
    is_whole = sample is None and row is None
    if is_whole and dataset_path(dataset).sha256() != dataset.store.sha256:
        findings.append(Finding(f"{SIGNALS_FILE} has another checksum than when it was written."))
    return Verified(len(rows), "record", tuple(findings))


def _files_verified(
    dataset: Dataset, sample: int | None, step: Step, cancelled: Callable[[], bool]
) -> Verified:
    files = _drawn(list(_files_of(dataset)), sample)
    findings = []
    for number, (file, shown, sha256) in enumerate(files, start=1):
        if cancelled():
            raise VerificationCancelled("The verification was cancelled.")
        if not file.is_file():
            findings.append(Finding(f"{shown} is missing."))
        elif file.sha256() != sha256:
            findings.append(Finding(f"{shown} has another checksum than when it was brought."))
        step(number, len(files))
    return Verified(len(files), "file", tuple(findings))


def _files_of(dataset: Dataset) -> Iterator[tuple[Stored, str, str]]:
    shards = dataset.store.shards.order_by("number")
    for (name, path), shard in zip(dataset_files(dataset), shards, strict=True):
        yield path, name, shard.sha256
    seen: set[str] = set()
    for recording in dataset.store.recordings.filter(has_original=True):
        if recording.sha256 not in seen:
            seen.add(recording.sha256)
            path = original_path(dataset, recording)
            yield path, f"The original of {recording.name}", recording.sha256


def _drawn(all_of: list[T], sample: int | None) -> list[T]:
    if sample is None or sample >= len(all_of):
        return all_of
    return random.sample(all_of, sample)
