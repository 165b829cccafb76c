"""The last transaction of an import: files get their names, all rows appear at once."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from common.database import after_commit
from common.errors import Unavailable
from common.storage import Stored
from common.text import counted
from datasets.imports.plan import ImportPlan
from datasets.models import Dataset
from datasets.selectors import ORIGINALS
from datasets.services.counting import class_counts_refresh
from datasets.services.events import dataset_event
from datasets.services.files import final_folder
from datasets.services.hints import dataset_hint
from datasets.services.parts import parts_forget
from monitoring.jobs.lifecycle import JobLost, job_complete
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.models import SignalStore, Version
from signals.services.recorded_signals import Kept
from signals.services.recordings import Described, recordings_insert
from signals.services.records import cached_results_forget
from signals.services.versions import version_write
from vibration.importing import ShardFacts


class ImportRun(Protocol):
    """What an import tells how far it is: a job's run, or a command's."""

    @property
    def job(self) -> Job | None: ...
    def progress(self, done: int, total: int) -> None: ...
    def log(self, text: str, *, level: str = "info") -> None: ...
    def cancelled(self) -> bool: ...
    def check(self) -> None: ...


@transaction.atomic
def import_show(
    run: ImportRun,
    dataset_id: int,
    plan: ImportPlan,
    kept: Sequence[Kept],
    shards: Sequence[ShardFacts],
    work: Path,
) -> None:
    if run.job is not None:
        if _is_done(run.job):
            return  # the commit arrived, only its answer was lost
        job_complete(run.job)  # locks the row: from here on this attempt alone may publish
    with connection.cursor() as cursor:  # a million rows take longer than a page may
        cursor.execute("SET LOCAL statement_timeout = 0")
    dataset = Dataset.objects.select_for_update(of=["self"]).filter(pk=dataset_id).first()
    if dataset is None:
        raise JobLost
    was_ready = dataset.status == Dataset.Status.READY
    final = final_folder(dataset_id)
    files_publish(work / "out", work / ORIGINALS, final, [str(each.number) for each in shards])
    described = {each.name: Described(each.bearing_id, each.note) for each in plan.specimens}
    store = dataset.store
    n_signals = recordings_insert(store=store, files=kept, shards=shards, specimens=described)
    _complete(store, n_signals, final)
    parts_forget(dataset_id=dataset_id)
    version_write(
        store=store,
        user=run.job.owner if run.job is not None else store.owner,
        act=Version.Act.ADDED if was_ready else Version.Act.MADE,
        reason=f"Import of {counted(len(kept), 'file')}",
        n_added=n_signals,
        n_new_rows=n_signals,
    )
    class_counts_refresh({store.pk})
    if not was_ready:
        dataset.status = Dataset.Status.READY
        dataset.ready_at = timezone.now()
        dataset.save(update_fields=["status", "ready_at"])
    after_commit(cached_results_forget, store_id=store.pk)
    after_commit(dataset_hint, dataset)
    _tell(run, dataset, n_signals, len(kept), was_ready=was_ready)


def _is_done(job: Job) -> bool:
    completed = Job.Status.COMPLETED
    return Job.objects.filter(pk=job.pk, status=completed, attempt=job.attempt).exists()


def files_publish(out: Path, originals: Path, final: Stored, shards: Sequence[str]) -> None:
    """Give the files their final names; what a transaction that failed left there is replaced."""
    for name in shards:
        made, place = out / name, final / name
        if made.is_dir():
            place.put_folder(made)
        elif not place.exists():
            raise Unavailable("The imported files disappeared; nothing was kept. Try again.")
    for path in originals.iterdir() if originals.is_dir() else ():
        (final / ORIGINALS / path.name).put(path)


def _complete(store: SignalStore, n_signals: int, final: Stored) -> None:
    shards = store.shards.order_by("number")
    sums = shards.aggregate(size=Sum("size_bytes"))
    checksums = "".join(shards.values_list("sha256", flat=True))
    kept_bytes = sum(size_bytes for _, size_bytes in (final / ORIGINALS).files())
    store.folder = str(final)
    store.n_signals += n_signals
    store.n_shards = len(shards)
    store.size_bytes = int(sums["size"] or 0) + kept_bytes
    store.sha256 = hashlib.sha256(checksums.encode()).hexdigest()
    store.full_clean()
    store.save()


def _tell(
    run: ImportRun, dataset: Dataset, n_signals: int, n_files: int, *, was_ready: bool
) -> None:
    said = f"{counted(n_signals, 'signal')} of {counted(n_files, 'file')}"
    actor = run.job.owner if run.job is not None else dataset.store.owner
    kind = SystemEvent.Kind.EDITED if was_ready else SystemEvent.Kind.COMPLETED
    dataset_event(dataset, kind, actor, f"{said} {'added' if was_ready else 'imported'}")
    if run.job is not None:
        notification_send(
            user=run.job.owner,
            title="Recordings added" if was_ready else "Dataset ready",
            text=f"{dataset.name}: {said}.",
            url=run.job.url,
            level="success",
        )
