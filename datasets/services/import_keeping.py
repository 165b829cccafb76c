"""Keep the files of an import one by one: which of them, and over how many processes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
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

_BROUGHT: Final = "brought-"
SAMPLE_BYTES: Final = 4  # as they are kept
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
    for left in folder.glob(f"{_BROUGHT}*"):
        left.unlink(missing_ok=True)


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


def files_keep(plan: ImportPlan, tasks: Sequence[Task]) -> Iterator[tuple[int, str] | None]:
    """Keep files one after the other here, or over processes where there is much to do."""
    size_bytes = sum(_size_bytes(task[1]) for task in tasks)
    brought: dict[int, Path] = {}
    ready = _brought(plan, tasks, brought)
    if size_bytes > _HERE_BYTES and len(tasks) > 1:
        kept = keep_in_processes(ready, min(n_workers(), len(tasks)))
    else:
        kept = _kept_here(ready)
    for result in kept:
        if result is not None and result[0] in brought:
            brought.pop(result[0]).unlink(missing_ok=True)
        yield result


def _kept_here(tasks: Iterable[Task]) -> Iterator[tuple[int, str] | None]:
    for number, planned, cutting, target, original in tasks:
        try:
            keep_file(planned, cutting, target, original)
        except StorageFullError:
            raise
        except VibrationError as error:
            yield number, str(error)
        else:
            yield number, ""


def _brought(plan: ImportPlan, tasks: Iterable[Task], brought: dict[int, Path]) -> Iterator[Task]:
    """Bring files that were sent to another machine to this one, as they are needed."""
    for task in tasks:
        number, planned, cutting, target, original = task
        if plan.sent is None or planned.path.is_file():
            yield task
            continue
        here = target.with_name(f"{_BROUGHT}{number}-{planned.path.name}")
        try:
            (plan.sent / planned.path.name).bring(here)
        except FileNotFoundError:
            yield task  # it is named as any file that is missing
        else:
            brought[number] = here
            yield number, replace(planned, path=here), cutting, target, original


def _size_bytes(file: PlannedFile) -> int:
    if file.path.is_file():
        return file.path.stat().st_size
    return sum(SAMPLE_BYTES * (channel.n_samples or 0) for channel in file.channels)


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
