"""Generate a dataset: simulate, measure and store record by record, never holding the dataset."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from vibration.errors import Cancelled, VibrationError
from vibration.features import FEATURE_NAMES
from vibration.generation.pool import produce_in_processes
from vibration.generation.produce import Produced, produce
from vibration.simulation import Recipe
from vibration.store import (
    SIGNALS_FILE,
    DamagedStoreError,
    StoreWriter,
    create_store,
    read_metadata,
    verify,
)

_REPORT_EVERY_S = 0.2
_SAMPLES_WORTH_A_PROCESS = 32 * 102_400


class GenerationCancelled(Cancelled):
    """The person asked to stop; nothing was kept."""


@dataclass(frozen=True)
class GenerationResult:
    """What was made.

    Attributes
    ----------
    folder : Path
        Where ``signals.h5`` and ``metadata.json`` are.
    n_records, n_samples : int
        Number of records and samples of each.
    size_bytes : int
        Size of ``signals.h5``.
    sha256 : str
        Its checksum.
    duration_s : float
        How long it took.
    """

    folder: Path
    n_records: int
    n_samples: int
    size_bytes: int
    sha256: str
    duration_s: float


def generate(
    recipe: Recipe,
    folder: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> GenerationResult:
    """Generate the dataset of a recipe; its files appear whole or not at all.

    The same recipe gives the same bytes of ``signals.h5`` with any number of workers.

    Parameters
    ----------
    recipe : Recipe
        What to make.
    folder : Path
        Where to make it: a name that does not exist yet, or an empty folder. Where this very
        dataset already is, whole, nothing is done, so that a job may be run again.
    workers : int
        Processes to use at most, each on one core; a dataset too small to repay the start of a
        process is made in this one.
    progress : callable, optional
        Called with (done, total) about every 0.2 s and at the end.
    cancelled : callable, optional
        Asked about every 0.2 s; True stops the work.

    Returns
    -------
    GenerationResult
        What was made, or was there already.

    Raises
    ------
    GenerationCancelled
        When `cancelled` said so.
    StorageFullError
        When the disk has no room, mostly before any work is done.
    WorkerLostError
        When a process was killed.
    VibrationError
        When `folder` holds anything else.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     generate(recipe, Path(parent) / "one").n_records
    1
    """
    if workers < 1:
        raise VibrationError(f"At least one worker is needed, not {workers}.", field="workers")
    began_s = time.monotonic()
    if _is_made(recipe, folder):
        return _result(recipe, folder, began_s)
    report = _Reporter(recipe.n_records, progress, cancelled)
    with create_store(
        folder,
        n=recipe.n_records,
        n_samples=recipe.n_samples,
        fs_hz=recipe.fs_hz,
        feature_names=FEATURE_NAMES,
        recipe=recipe.to_dict(),
        fingerprint=recipe.fingerprint(),
    ) as writer:
        for produced in _rows(recipe, writer, workers):
            if produced is not None:
                writer.write_row(*produced)
                report.done += 1
            report.now_and_then()
        report.last()
    return _result(recipe, folder, began_s)


def _is_made(recipe: Recipe, folder: Path) -> bool:
    try:
        return folder.is_dir() and verify(folder)["recipe_fingerprint"] == recipe.fingerprint()
    except DamagedStoreError:
        return False


def _result(recipe: Recipe, folder: Path, began_s: float) -> GenerationResult:
    facts = read_metadata(folder)["files"][SIGNALS_FILE]
    return GenerationResult(
        folder=folder,
        n_records=recipe.n_records,
        n_samples=recipe.n_samples,
        size_bytes=facts["bytes"],
        sha256=facts["sha256"],
        duration_s=time.monotonic() - began_s,
    )


def _rows(recipe: Recipe, writer: StoreWriter, workers: int) -> Iterator[Produced | None]:
    worth = math.ceil(recipe.n_records * recipe.n_samples / _SAMPLES_WORTH_A_PROCESS)
    if worth == 1:
        return _rows_here(recipe, writer)
    tasks = ((row, writer.offset(row)) for row in range(recipe.n_records))
    return produce_in_processes(recipe, writer.path, tasks, min(workers, worth))


def _rows_here(recipe: Recipe, writer: StoreWriter) -> Iterator[Produced]:
    with threadpool_limits(1):
        for row in range(recipe.n_records):
            samples, produced = produce(recipe, row)
            writer.write_samples(row, samples)
            yield produced


class _Reporter:
    """Tells the progress and asks for the wish to stop, neither too often."""

    def __init__(
        self,
        total: int,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.done = 0
        self._total, self._progress, self._cancelled = total, progress, cancelled
        self._next_s = 0.0

    def now_and_then(self) -> None:
        if time.monotonic() >= self._next_s:
            self.last()
            self._next_s = time.monotonic() + _REPORT_EVERY_S

    def last(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise GenerationCancelled("The generation was cancelled; nothing was kept.")
        if self._progress is not None:
            self._progress(self.done, self._total)
