"""Keep the files of an import one by one: which of them, and over how many processes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from common.storage import folder_discard, folder_make
from datasets.imports.plan import ImportPlan
from datasets.selectors import ORIGINALS
from datasets.services.files import n_workers
from signals.models import Recording
from vibration.errors import VibrationError
from vibration.formats.sandbox import ROOM_PREFIX
from vibration.importing import Cutting, PlannedFile, keep_file, keep_in_processes, kept_name
from vibration.importing.pool import Task
from vibration.store import StorageFullError

_HERE_BYTES: Final = 8 << 20  # less is kept sooner than a process starts


def cutting_of(plan: ImportPlan) -> Cutting:
    return Cutting(segment_samples=plan.segment_samples, overlap=plan.overlap)


def names_kept(plan: ImportPlan, file: PlannedFile) -> list[str]:
    """Return under which names a file is kept in a folder: its channels, and the file itself."""
    kept = [f"{kept_name(file, cutting_of(plan))}.kept"]
    return kept + ([f"{ORIGINALS}/{file.sha256}"] if plan.keep_originals else [])


def folder_prepare(folder: Path) -> None:
    """Make room for what is kept; a reading that was killed has left some."""
    folder_make(folder / ORIGINALS)
    for left in folder.glob(f"{ROOM_PREFIX}*"):
        folder_discard(left)


def tasks_left(plan: ImportPlan, numbers: Iterable[int], folder: Path) -> list[Task]:
    """Return what is to be done for files of a plan that a folder does not hold yet."""
    cutting = cutting_of(plan)
    tasks: list[Task] = []
    for number in numbers:
        each = plan.files[number]
        places = [folder / name for name in names_kept(plan, each)]
        if not all(place.is_file() for place in places):
            original = places[1] if plan.keep_originals else None
            tasks.append((number, each, cutting, places[0], original))
    return tasks


def files_keep(tasks: Sequence[Task]) -> Iterator[tuple[int, str] | None]:
    """Keep files one after the other here, or over processes where there is much to do."""
    size_bytes = sum(task[1].path.stat().st_size for task in tasks if task[1].path.is_file())
    if size_bytes > _HERE_BYTES and len(tasks) > 1:
        yield from keep_in_processes(tasks, min(n_workers(), len(tasks)))
        return
    for number, planned, cutting, target, original in tasks:
        try:
            keep_file(planned, cutting, target, original)
        except StorageFullError:
            raise
        except VibrationError as error:
            yield number, str(error)
        else:
            yield number, ""


def known_already(dataset_id: int, plan: ImportPlan) -> dict[int, str]:
    """Return the files that are there twice, or were imported before, with the sentence."""
    seen: dict[str, str] = {}
    there = dict(Recording.objects.filter(store__dataset=dataset_id).values_list("sha256", "name"))
    reasons = {}
    for number, each in enumerate(plan.files):
        if each.sha256 in there:
            reasons[number] = f"{each.name} is in the dataset already, as {there[each.sha256]}."
        elif each.sha256 in seen:
            reasons[number] = (
                f"{each.name} has the same content as {seen[each.sha256]}; it is kept once."
            )
        seen.setdefault(each.sha256, each.name)
    return reasons
