"""A large import in parts: some files each, kept by any worker and taken by the import's job."""

import json
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Final

from common.database import retried
from common.storage import Stored
from datasets.imports.plan import ImportPlan, PlannedFile
from datasets.kinds import IMPORT_PART
from datasets.models import Dataset, GenerationPart
from datasets.services.import_keeping import (
    SAMPLE_BYTES,
    files_keep,
    folder_prepare,
    known_already,
    names_kept,
    tasks_left,
)
from datasets.services.parts import is_cut, part_folder, part_made, parts_fitting, parts_make
from monitoring.jobs.kinds import Queue
from monitoring.jobs.lifecycle import JobCancelled, JobLost
from monitoring.jobs.pulse import JobRun
from monitoring.jobs.queueing import workers_listening
from monitoring.models import Job

_REASONS: Final = "reasons.json"
_FILE_S: Final = 0.02
_SAMPLE_S: Final = 1e-6


def parts_wanted(plan: ImportPlan, n_listening: int) -> int:
    """Return into how many parts an import is cut; 1 where one worker is as quick."""
    return parts_fitting(
        work_s=sum(map(_work_s, plan.files)),
        size_bytes=SAMPLE_BYTES * sum(map(_n_samples, plan.files)),
        most=len(plan.files),
        n_listening=n_listening,
    )


def import_is_cut(job: Job, plan: ImportPlan) -> bool:
    """Tell whether an import is done in parts: it was before it was killed, or it is large."""
    if retried(partial(is_cut, job)):
        return True
    return _is_everywhere(plan) and parts_wanted(plan, workers_listening(Queue.LONG)) > 1


def import_in_parts(
    *, run: JobRun, dataset_id: int, plan: ImportPlan, work: Path, reasons: dict[int, str]
) -> None:
    """Keep the files of a plan in a folder, together with whoever takes parts of it.

    `reasons` says which files are left out, by their number; others are added.
    """
    dataset = retried(Dataset.objects.filter(pk=dataset_id).first)
    if dataset is None:
        raise JobLost
    parts_make(run=run, dataset=dataset, work=_ImportWork(run, plan, work, reasons))


def part_import(*, run: JobRun, plan_of: Callable[[Job], ImportPlan]) -> None:
    """Keep the files of the part of the run's job and leave them in the storage.

    Parameters
    ----------
    plan_of : callable
        Returns the plan that a job carries out.
    """
    with part_made(run) as (part, folder):
        lead = part.led_by
        if lead is None:
            raise JobCancelled
        plan = retried(partial(plan_of, lead))
        reasons = _kept(part, plan, folder, run.progress, run.cancelled)
        (folder / _REASONS).write_text(json.dumps(reasons))


class _ImportWork:
    """The files of a plan on their way into the folder in which an import works."""

    kind = IMPORT_PART

    def __init__(self, run: JobRun, plan: ImportPlan, work: Path, reasons: dict[int, str]) -> None:
        self._run, self._plan, self._work, self._reasons = run, plan, work, reasons
        self.n_rows = len(plan.files)

    def cuts(self, n_listening: int) -> list[int]:
        """Return where parts begin and end: between files, each about as much work."""
        n_parts = max(1, parts_wanted(self._plan, n_listening))
        done = list(accumulate(map(_work_s, self._plan.files), initial=0.0))
        at = (_nearest(done, done[-1] * n / n_parts) for n in range(1, n_parts))
        return sorted({0, *at, self.n_rows})

    def make(
        self,
        part: GenerationPart,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Keep the files of a part right where they belong."""
        self._leave_out(_kept(part, self._plan, self._work, progress, cancelled))

    def take(self, part: GenerationPart) -> bool:
        """Take what another worker kept, or an attempt before this; False where it is not there."""
        folder = part_folder(part)
        said = _reasons_in(folder)
        for number in part.rows:
            if number not in said and number not in self._reasons:
                file = self._plan.files[number]
                if not all(map(partial(self._taken, folder), names_kept(self._plan, file))):
                    return False
        self._leave_out(said)
        return True

    def _leave_out(self, reasons: dict[int, str]) -> None:
        for reason in reasons.values():
            self._run.log(reason, level="warning")
        self._reasons |= reasons

    def _taken(self, folder: Stored, name: str) -> bool:
        here = self._work / name
        if here.is_file():
            return True
        try:
            (folder / name).bring(here)
        except FileNotFoundError:
            return False
        return True


def _kept(
    part: GenerationPart,
    plan: ImportPlan,
    folder: Path,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> dict[int, str]:
    """Keep the files of a part in a folder; return why some were left out."""
    folder_prepare(folder)
    known = retried(partial(known_already, part.dataset_id, plan))
    tasks = tasks_left(plan, (number for number in part.rows if number not in known), folder)
    done = part.n_rows - len(tasks)
    progress(done, part.n_rows)
    reasons = {}
    for result in files_keep(plan, tasks):
        if result is not None:
            number, reason = result
            done += 1
            progress(done, part.n_rows)
            if reason:
                reasons[number] = reason
        if cancelled():
            raise JobCancelled
    return reasons


def _is_everywhere(plan: ImportPlan) -> bool:
    """Tell whether every machine can have the files: drafts that the previous release read lie on
    the one that they were sent to.
    """
    if plan.sent is None or plan.sent.path is not None:
        return True
    return {each.path.name for each in plan.files} <= set(plan.sent.names())


def _reasons_in(folder: Stored) -> dict[int, str]:
    try:
        content = (folder / _REASONS).read_bytes()
    except FileNotFoundError:
        return {}
    return {int(number): str(reason) for number, reason in json.loads(content).items()}


def _nearest(done: list[float], at_s: float) -> int:
    """Return after how many files about so much of the work is done."""
    after = bisect_left(done, at_s)
    return after if done[after] - at_s <= at_s - done[after - 1] else after - 1


def _n_samples(file: PlannedFile) -> int:
    found = [channel.n_samples for channel in file.channels if channel.n_samples is not None]
    if len(found) == len(file.channels):
        return sum(found)
    return file.path.stat().st_size // SAMPLE_BYTES if file.path.is_file() else 0


def _work_s(file: PlannedFile) -> float:
    return _FILE_S + _SAMPLE_S * _n_samples(file)
