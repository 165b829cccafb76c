"""Read the files of a draft in limited children, and keep what they hold as rows.

Each file is committed by itself: a killed run goes on with those that it had not read.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from common.database import retried
from common.errors import Invalid
from common.storage import folder_make
from common.text import counted
from datasets.imports.paths import PICTURE, draft_folder, folders_of, is_archive, side_car_paths
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.imports.services.drafts import draft_lock
from datasets.imports.services.file_reading import BESIDE, Read, file_read
from datasets.imports.services.unpacking import (
    UNPACKING,
    archive_unpack,
    file_refuse,
    words_cut,
    zip_is_there,
)
from datasets.kinds import READ
from datasets.models import ImportChannel, ImportDraft, ImportFile, ImportRate, ImportRemark
from datasets.models.imports import LONGEST_REASON, LONGEST_WORD
from monitoring.jobs.lifecycle import JobLost, job_complete, job_create, job_enqueue
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from monitoring.notices.services import notification_send
from signals.models import Recording
from vibration.formats import sandbox
from vibration.importing.planning import RUN, RUN_LAYOUTS

logger = logging.getLogger(__name__)

_STATUS: Final = ImportFile.Status
_AT_ONCE: Final = 2


def reading_start(*, user: Any, draft: ImportDraft, url: str = "") -> Job:
    """Have the files that have come whole read by a job.

    Raises
    ------
    Invalid
        Where there are none, or they are being read already.
    """
    with transaction.atomic():
        locked = draft_lock(draft)
        seen = draft_get(user, locked.pk)
        stage = stage_of(seen)
        if stage == Stage.READING:
            raise Invalid("The files are being read already.")
        if stage in (Stage.IMPORTING, Stage.IMPORTED):
            raise Invalid("This import has become a dataset.")
        n_files = locked.files.filter(status=_STATUS.RECEIVED).count()
        if not n_files:
            raise Invalid("There is no new file to read. Send some first.")
        job = job_create(
            owner=user,
            kind=READ,
            title=f"Read {counted(n_files, 'file')} of an import",
            url=url,
            total=n_files,
        )
        locked.job = job
        locked.save(update_fields=["job"])
        job_enqueue(job)
    return job


def reading_run(*, run: JobRun) -> None:
    """Read the files of the run's draft: archives are unpacked first."""
    draft = retried(partial(_draft_of, run))
    folder = draft_folder(draft.owner_id, draft.pk)
    folder_make(folder)
    _sweep(draft, folder)
    for archive in _received(draft):
        run.check()
        if is_archive(archive.path) and zip_is_there(folder / archive.stored):
            archive_unpack(draft, archive, folder)
    files = _received(draft)
    paths = set(ImportFile.objects.filter(draft=draft).values_list("path", flat=True))
    side_cars = {each: path for path in paths for each in side_car_paths(path) if each in paths}
    stored = dict(ImportFile.objects.filter(draft=draft).values_list("path", "stored"))
    run.progress(0, len(files))
    done = 0
    recordings = []
    for file in files:
        if file.path in side_cars:
            retried(partial(_set_beside, file, side_cars[file.path]))
            done += 1
        else:
            recordings.append(file)
    work = partial(file_read, folder=folder, stored=stored)
    for file, read in _in_turn(work, recordings):
        run.check()
        retried(partial(_keep, draft, file, read))
        done += 1
        run.progress(done, len(files))
    retried(partial(_finish, run, draft))


def _draft_of(run: JobRun) -> ImportDraft:
    draft = ImportDraft.objects.filter(job=run.job).first()
    if draft is None:
        raise JobLost
    return draft


def _received(draft: ImportDraft) -> list[ImportFile]:
    return list(draft.files.filter(status=_STATUS.RECEIVED))


def _sweep(draft: ImportDraft, folder: Path) -> None:
    """Remove what an attempt left that was killed while it unpacked."""
    shutil.rmtree(folder / UNPACKING, ignore_errors=True)
    for pattern in (f"{BESIDE}*", f"{sandbox.ROOM_PREFIX}*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    known = set(ImportFile.objects.filter(draft=draft).values_list("stored", flat=True))
    for path in folder.iterdir():
        if path.is_file() and path.name.removesuffix(".partial").removesuffix(PICTURE) not in known:
            path.unlink(missing_ok=True)


def _in_turn(work: Any, files: Sequence[ImportFile]) -> Iterator[tuple[ImportFile, Read]]:
    """Read some files at once, and give them in order: what waits holds no samples."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: list[tuple[ImportFile, Future[Read]]] = []
        left = iter(files)
        try:
            while True:
                batch = list(islice(left, 2 * _AT_ONCE - len(waiting)))
                waiting += [(file, pool.submit(work, file)) for file in batch]
                if not waiting:
                    return
                file, future = waiting.pop(0)
                yield file, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


@transaction.atomic
def _keep(draft: ImportDraft, file: ImportFile, read: Read) -> None:
    row = ImportFile.objects.select_for_update(of=["self"]).filter(pk=file.pk).first()
    if row is None or row.status != _STATUS.RECEIVED:
        return
    row.sha256 = read.sha256
    alike = draft.files.filter(sha256=row.sha256, status=_STATUS.READ).exclude(sha256="")
    first = alike.exclude(pk=row.pk).first()
    if first is not None:
        file_refuse(row, f"It has the same content as {first.path}; it is imported once.")
        return
    there = _in_dataset(draft, row)
    if there is not None:
        file_refuse(row, f"It is in the dataset already, as {there.name}.")
        return
    if read.reason:
        file_refuse(row, read.reason)
        return
    row.status = _STATUS.READ
    row.reason = ""
    row.format, row.label, row.recorded_at = read.format, read.label, read.recorded_at
    row.load = read.load
    folder = folders_of(row.path)[-1:]
    if row.format in RUN_LAYOUTS and folder and not row.specimen:
        # A folder of such a data set is one run of one specimen.
        row.specimen, row.run = words_cut(folder[0], LONGEST_WORD), RUN
    row.full_clean(exclude=["draft"], validate_unique=False, validate_constraints=False)
    row.save()
    row.channels.all().delete()
    row.remarks.all().delete()
    ImportChannel.objects.bulk_create(read.channels)
    ImportRate.objects.bulk_create(read.rates)
    ImportRemark.objects.bulk_create(read.remarks)


def _in_dataset(draft: ImportDraft, row: ImportFile) -> Recording | None:
    if draft.dataset_id is None or not row.sha256:
        return None
    found = Recording.objects.filter(store__dataset=draft.dataset_id, sha256=row.sha256)
    return found.first()


def _set_beside(file: ImportFile, path: str) -> None:
    file.status = _STATUS.BESIDE
    file.reason = words_cut(f"It says more about {path}.", LONGEST_REASON)
    file.save(update_fields=["status", "reason"])


@transaction.atomic
def _finish(run: JobRun, draft: ImportDraft) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    n_read = draft.files.filter(status=_STATUS.READ).count()
    n_refused = draft.files.filter(status=_STATUS.REFUSED).count()
    refused = f", {n_refused} refused" if n_refused else ""
    notification_send(
        user=run.job.owner,
        title="Files read",
        text=f"{counted(n_read, 'file')} of your import can be looked at{refused}.",
        url=run.job.url,
        level="success" if n_read else "warning",
    )
