"""Files that are built for one person: asked for, made by a worker, kept until they expire."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.database import retried
from common.errors import Expected, Invalid, NotFound, Unavailable
from common.http.downloads import file_name
from common.refused import what_helps
from common.storage import Stored, stored
from common.text import counted, size
from datasets.exports.building import build, build_archive, format_suffix
from datasets.exports.content import contents_of
from datasets.exports.parts import FilePart, file_parts
from datasets.kinds import BUILD
from datasets.models import Dataset, Download
from datasets.scope import scope_of_part
from datasets.selectors import dataset_get
from datasets.services.events import dataset_event
from datasets.services.files import space_prove
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.errors import told_as
from vibration.exports.dataset import mat_holds
from vibration.store import file_sha256

logger = logging.getLogger(__name__)

_FOLDER: Final = ("results", "downloads")
_UNBUILT_KEPT: Final = timedelta(days=1)


def download_file(download: Download) -> Stored:
    """Return the file of a built download."""
    return stored(*_FOLDER, download.pk)


def ready_prove(dataset: Dataset) -> None:
    """Refuse what has no files yet."""
    if dataset.status != Dataset.Status.READY:
        raise Invalid(f"{dataset.name} is not ready, so it has no file yet.")


def download_find(
    user: Any, dataset: Dataset, form: str, query: str, content: str
) -> Download | None:
    """Return what this person has asked for of the dataset as it is: built, or under way.

    `content` is that of the format in `datasets.exports.content.contents_of`.
    """
    rows = Download.objects.filter(
        owner=user,
        dataset=dataset,
        format=form,
        query=query,
        store_version=dataset.store.version,
        content=content,
    )
    usable = Q(expires_at__gt=timezone.now()) | Q(expires_at=None)
    return rows.filter(usable).select_related("job").order_by("-pk").first()


def download_get(user: Any, dataset: Dataset, pk: int) -> Download:
    """Return one of this person's own downloads of a dataset."""
    found = Download.objects.select_related("job").filter(owner=user, dataset=dataset, pk=pk)
    row = found.first()
    if row is None or (row.expires_at is not None and row.expires_at <= timezone.now()):
        raise NotFound("This download has expired. Ask for it again on the page of the dataset.")
    return row


def download_request(*, user: Any, dataset: Dataset, form: str, query: str) -> Download:
    """Return a download, asking a worker to build it unless it is there or under way.

    Parameters
    ----------
    dataset : Dataset
        One that `user` may see.
    form : str
        A format of `Download`.
    query : str
        Which part, as `datasets.scope.part_query` writes it; empty for all.

    Raises
    ------
    Invalid
        Where the dataset is not ready, no signal is meant, or the format cannot hold it.
    Unavailable
        Where the disk cannot hold it.
    """
    if form not in Download.Format.values:
        raise NotFound("There is no such format.")
    ready_prove(dataset)
    scope = scope_of_part(user, dataset.pk, query)
    content = contents_of(dataset, scope, query)[form]
    parts = file_parts(dataset, scope)
    format_prove(form, parts)
    space_prove(sum(part.n_bytes for part in parts) * (2 if len(parts) > 1 else 1))
    with transaction.atomic():
        Dataset.objects.select_for_update(no_key=True, of=["self"]).get(pk=dataset.pk)
        row = download_find(user, dataset, form, query, content)
        if row is not None and (row.is_ready or (row.job is not None and row.job.is_active)):
            return row
        n_signals = sum(len(part.part.rows) for part in parts)
        row = row or Download(dataset=dataset, owner=user, format=form, query=query)
        row.store_version, row.n_signals = dataset.store.version, n_signals
        row.content = content
        row.job = job_create(
            owner=user,
            kind=BUILD,
            title=f"Prepare {row.get_format_display()} of {dataset.name}",
            url=f"/datasets/{dataset.pk}/#downloads",
            total=n_signals,
        )
        row.full_clean()
        row.save()
        job_enqueue(row.job)
    return row


def format_prove(form: str, parts: list[FilePart]) -> None:
    """Refuse a format that cannot hold the parts."""
    largest = max(part.n_bytes for part in parts)
    if form == Download.Format.MAT and not mat_holds(largest):
        raise Invalid(
            f"The waveforms take {size(largest)} and a MATLAB 5 variable less than 2.1 GB. Take "
            "HDF5, which MATLAB reads with h5read, or a part of the dataset."
        )


def download_cancel(*, user: Any, download: Download) -> None:
    """Stop building a file."""
    if download.job is None:
        raise Invalid("Nothing is being prepared.")
    job_cancel_request(user=user, job=download.job)


def download_build(*, run: JobRun) -> None:
    """Build the file of the run's job and show its link."""
    row = retried(partial(_row_of, run))
    dataset = retried(partial(dataset_get, run.job.owner, row.dataset_id))
    version = dataset.store.version
    scope = scope_of_part(run.job.owner, dataset.pk, row.query)
    # Read before the signals: what changes in between makes another file, and never an old one new.
    row.content = retried(partial(contents_of, dataset, scope, row.query))[row.format]
    parts = retried(partial(file_parts, dataset, scope))
    total = sum(len(part.part.rows) for part in parts)

    def step(n_done: int) -> None:
        run.progress(n_done, total)
        run.check()

    name = f"{dataset.name} part" if row.query else dataset.name
    row.filename = file_name(name, format_suffix(row.format, len(parts)))
    row.store_version, row.n_signals = version, total
    target = download_file(row)
    try:
        with target.made() as here, told_as(Expected):
            if row.format == Download.Format.ARCHIVE:
                build_archive(dataset, scope, parts, here, step)
            else:
                build(row.format, parts, here, step)
            row.size_bytes = here.stat().st_size
            row.sha256 = file_sha256(here)
            run.check()
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the file was written ({error.strerror}); nothing was kept. "
            f"{what_helps(error)}"
        ) from error
    retried(partial(_show, run, row))


def downloads_prune(*, now: datetime) -> int:
    """Remove what has expired, and what was never built; return how many that were."""
    gone = Q(expires_at__lte=now) | Q(expires_at=None, created_at__lt=now - _UNBUILT_KEPT)
    idle = ~Q(job__status__in=Job.ACTIVE) | Q(job=None)
    rows = list(Download.objects.filter(gone, idle))
    for row in rows:
        file = download_file(row)
        row.delete()
        file.discard()
    return len(rows)


def downloads_sweep() -> None:
    """Remove files whose rows went with their dataset or person."""
    names = stored(*_FOLDER).names()  # listed before the rows are read
    ids = {int(name) for name in names if name.isdecimal()}
    known = set(Download.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for pk in sorted(ids - known):
        logger.info("Removed the file of download %d, which has no row", pk)
        stored(*_FOLDER, pk).discard()


def _row_of(run: JobRun) -> Download:
    row = Download.objects.filter(job=run.job).first()
    if row is None:
        raise JobLost
    return row


@transaction.atomic
def _show(run: JobRun, row: Download) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    if not Download.objects.filter(pk=row.pk).exists():
        raise JobLost
    row.expires_at = timezone.now() + timedelta(hours=settings.DOWNLOAD_KEPT_HOURS)
    row.save()
    sentence = f"{row.filename}: {counted(row.n_signals, 'signal')}, {size(row.size_bytes)}."
    said = f"{row.format}, {counted(row.n_signals, 'signal')} prepared"
    dataset_event(row.dataset, SystemEvent.Kind.EXPORTED, run.job.owner, said)
    notification_send(
        user=run.job.owner,
        title="Download ready",
        text=sentence,
        url=run.job.url,
        level="success",
    )
