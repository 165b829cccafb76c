"""Whether rows and files speak of each other: what is missing, altered, or belongs to nobody."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from common.errors import Expected
from common.storage import Stored, folder_make, stored, work_folder
from common.storage.backend import backend
from common.storage.moving import entries_kept
from datasets.models import Dataset, Download
from datasets.selectors import ORIGINALS, recipe_of
from datasets.services.downloads import download_file
from datasets.services.files import n_workers
from experiments.models import ExperimentResult
from experiments.results.files import SUMS
from signals.models import Projection, Recording, Shard, SignalStore
from vibration.errors import VibrationError
from vibration.generation import generate
from vibration.store import METADATA_FILE, SIGNALS_FILE

YOUNG_S: Final = 3600.0  # a file appears before its row
_BESIDE: Final = re.compile(
    rf"{re.escape(METADATA_FILE)}|pyramid-\d+\.h5|model\.[0-9a-f]{{16}}\.onnx"
)


class Kind(StrEnum):
    """What can be wrong."""

    MISSING = "missing"
    ALTERED = "altered"
    ORPHAN = "orphan"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A file that is not as the rows say.

    Attributes
    ----------
    kind : Kind
    key : str
        Of the file.
    sentence : str
        What is wrong with it.
    dataset_id : int or None
        Whose files could be made again.
    size_bytes : int
        Of an orphan.
    """

    kind: Kind
    key: str
    sentence: str
    dataset_id: int | None = None
    size_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A file that a row speaks of."""

    key: str
    about: str
    size_bytes: int | None = None
    sha256: str = ""
    dataset_id: int | None = None


def storage_check(
    *, checksums: bool = True, step: Callable[[int], None] = lambda n_bytes: None
) -> list[Finding]:
    """Compare all files with all rows, in both directions.

    Parameters
    ----------
    checksums : bool
        Read every file that has one; without it sizes alone are compared.
    step : callable, optional
        Called with the bytes of the files that were looked at.
    """
    # Rows first, then files: what appears meanwhile is a young file, not a missing one.
    spoken = {each.key: each for each in files_spoken_of()}
    folders = {each.key.rpartition("/")[0] for each in spoken.values()}
    found: list[Finding] = []
    seen: set[str] = set()
    size_bytes = 0
    for entry in entries_kept(backend()):
        seen.add(entry.key)
        size_bytes += entry.size_bytes
        said = spoken.get(entry.key)
        if said is not None:
            found += _altered(said, entry.size_bytes, checksums=checksums)
        elif not _is_anybodys(entry.key, folders) and stored(entry.key).age_s() > YOUNG_S:
            sentence = f"{entry.key} belongs to nothing."
            found.append(Finding(kind=Kind.ORPHAN, key=entry.key, sentence=sentence,
                                 size_bytes=entry.size_bytes))  # fmt: skip
        step(size_bytes)
    for key in sorted(spoken.keys() - seen):
        said = spoken[key]
        if not stored(key).is_file():
            sentence = f"{key} of {said.about} is missing."
            found.append(Finding(kind=Kind.MISSING, key=key, sentence=sentence,
                                 dataset_id=said.dataset_id))  # fmt: skip
    return found


def storage_repair(finding: Finding) -> str:
    """Remove what belongs to nothing; make the files of a simulated dataset again.

    Returns
    -------
    str
        What was done; empty where nothing could be.
    """
    if finding.kind == Kind.ORPHAN:
        stored(finding.key).discard()
        return f"Removed {finding.key}."
    if finding.dataset_id is None:
        return ""
    dataset = Dataset.objects.select_related("store", "recipe").filter(pk=finding.dataset_id)
    found = dataset.exclude(recipe=None).first()
    return _made_again(found) if found is not None else ""


def _made_again(dataset: Dataset) -> str:
    folder = work_folder("datasets", f"{dataset.pk}.attempt-0")
    folder_make(folder.parent)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        made = generate(recipe_of(dataset), folder, workers=n_workers())
        if made.sha256 != dataset.store.sha256:
            return ""
        stored(dataset.store.folder).put_folder(folder)
    except (Expected, VibrationError):
        return ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return f"Made the files of {dataset.name} again; they are what they were."


def _altered(said: Spoken, size_bytes: int, *, checksums: bool) -> Iterator[Finding]:
    sentence = ""
    if said.size_bytes is not None and said.size_bytes != size_bytes:
        sentence = f"{said.key} of {said.about} has {size_bytes} bytes, not {said.size_bytes}."
    elif checksums and said.sha256 and stored(said.key).sha256() != said.sha256:
        sentence = f"{said.key} of {said.about} has another checksum than when it was written."
    if sentence:
        yield Finding(
            kind=Kind.ALTERED, key=said.key, sentence=sentence, dataset_id=said.dataset_id
        )


def files_spoken_of() -> Iterator[Spoken]:
    """Yield the files that rows speak of."""
    shards = Shard.objects.select_related("store__dataset").order_by("pk")
    for shard in shards.iterator():
        yield from _of_store(shard.store, f"{shard.store.folder}/{shard.number}", shard)
    stores = SignalStore.objects.filter(n_shards=0, attic_of=None).exclude(folder="")
    for store in stores.select_related("dataset").iterator():
        yield from _of_store(store, store.folder, store)
    originals = Recording.objects.filter(has_original=True).exclude(store__folder="")
    for folder, name, sha256, size_bytes in originals.values_list(
        "store__folder", "name", "sha256", "size_bytes"
    ):
        key = f"{folder}/{ORIGINALS}/{sha256}"
        yield Spoken(key=key, about=name, size_bytes=size_bytes, sha256=sha256)
    for download in Download.objects.exclude(expires_at=None).iterator():
        yield Spoken(
            key=download_file(download).key,
            about=f"the download “{download.filename}”",
            size_bytes=download.size_bytes,
            sha256=download.sha256,
        )
    for result in ExperimentResult.objects.select_related("experiment").iterator():
        yield from _of_model(stored(result.folder), f"the model “{result.experiment.name}”")


def _of_store(store: SignalStore, folder: str, facts: SignalStore | Shard) -> Iterator[Spoken]:
    dataset = getattr(store, "dataset", None)
    about = f"“{dataset.name}”" if dataset is not None else "an upload"
    pk = dataset.pk if dataset is not None else None
    yield Spoken(
        key=f"{folder}/{SIGNALS_FILE}",
        about=about,
        size_bytes=facts.size_bytes,
        sha256=facts.sha256,
        dataset_id=pk,
    )
    yield Spoken(key=f"{folder}/{METADATA_FILE}", about=about, dataset_id=pk)


def _of_model(folder: Stored, about: str) -> Iterator[Spoken]:
    sums = folder / SUMS
    yield Spoken(key=sums.key, about=about)
    try:
        lines = sums.read_bytes().decode().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        sha256, _, name = line.partition("  ")
        yield Spoken(key=f"{folder}/{name}", about=about, sha256=sha256)


def _is_anybodys(key: str, folders: set[str]) -> bool:
    """Tell whether a file that no row names belongs to something all the same."""
    folder, _, name = key.rpartition("/")
    top, _, rest = key.partition("/")
    if top in ("datasets", "uploads", "models"):
        return folder in folders and _BESIDE.fullmatch(name) is not None
    if top == "references":
        pk, _, version = rest.partition("/")[0].partition(".")
        return SignalStore.objects.filter(pk=_number(pk), version=_number(version)).exists()
    if folder == "results/downloads":
        return Download.objects.filter(pk=_number(name)).exists()
    if folder == "results/projections":
        return Projection.objects.filter(key=name.removesuffix(".npz")).exists()
    return True  # nothing is known of other folders: they are left alone


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1
