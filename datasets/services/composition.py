"""Put a dataset together from others: files first, then all its rows in one transaction."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from common.database import among, retried
from common.errors import Expected, Invalid, NotFound, Unavailable
from common.refused import what_helps
from common.storage import folder_discard, folder_make
from common.text import counted
from datasets.exports.parts import FilePart, file_parts
from datasets.models import Dataset, DatasetSource
from datasets.scope import scope_of_part
from datasets.selectors import ORIGINALS, dataset_get, original_path
from datasets.services.counting import class_counts_refresh
from datasets.services.events import dataset_event
from datasets.services.files import attempt_folder, final_folder
from datasets.services.generation import pyramids_fill, references_fill
from monitoring.jobs.lifecycle import JobLost, job_complete
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send
from signals.errors import told_as
from signals.models import Shard, Signal, SignalStore, Version
from signals.services.copying import Copied, signals_copy
from signals.services.versions import version_write
from vibration.exports.parts import write_part
from vibration.store import SIGNALS_FILE, StoreReader, read_metadata


@dataclass(frozen=True)
class _Read:
    """A source as the person who asked sees it now, and its files."""

    row: DatasetSource
    dataset: Dataset
    parts: list[FilePart]

    @property
    def n_signals(self) -> int:
        return sum(len(each.part.rows) for each in self.parts)


def dataset_compose(*, run: JobRun) -> None:
    """Put the dataset of the run's job together from its sources and show it as ready.

    Each file of a source becomes a file of the dataset, so that it lives on when a source goes.
    Until the last transaction commits nobody sees any of it.
    """
    dataset = retried(partial(_dataset_of, run))
    sources = retried(partial(_sources_of, run, dataset))
    folder = attempt_folder(dataset.pk, run.job.attempt)
    run.log(f"Copying {counted(sum(each.n_signals for each in sources), 'signal')}.")
    try:
        folder_discard(folder)
        folder_make(folder)
        with told_as(Expected):
            copied, shards = _files_copy(run, sources, folder)
            _originals_copy(run, sources, folder)
        run.check()
        if final_folder(dataset.pk).path is None:  # an upload takes its time; no row is locked
            final_folder(dataset.pk).put_folder(folder)
        retried(partial(_show, run, dataset.pk, folder, copied, shards))
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the dataset was written ({error.strerror}); "
            f"nothing was kept. {what_helps(error)}"
        ) from error
    finally:
        folder_discard(folder)
    references_fill(dataset_id=dataset.pk)
    pyramids_fill(dataset_id=dataset.pk)


def _dataset_of(run: JobRun) -> Dataset:
    dataset = Dataset.objects.select_related("store").filter(job=run.job).first()
    if dataset is None:
        raise JobLost
    return dataset


def _sources_of(run: JobRun, dataset: Dataset) -> list[_Read]:
    """Read the sources under the rights of who asked; what has gone since is said."""
    found = []
    for row in dataset.sources.order_by("position"):
        try:
            source = dataset_get(run.job.owner, row.source_id or 0)
        except NotFound as error:
            raise Invalid(
                f"{row.name} is not there any more, so nothing of it can be had."
            ) from error
        if source.status != Dataset.Status.READY:
            raise Invalid(f"{row.name} is not ready.")
        row.version = source.store.version
        row.save(update_fields=["version"])
        scope = scope_of_part(run.job.owner, source.pk, row.query)
        found.append(_Read(row, source, file_parts(source, scope)))
    return found


def _files_copy(
    run: JobRun, sources: list[_Read], folder: Path
) -> tuple[list[Copied], list[Shard]]:
    """Write a file for each file of the sources; return the new rows and what the files hold."""
    copied: list[Copied] = []
    shards: list[Shard] = []
    first_row, total = 0, sum(each.n_signals for each in sources)
    for source in sources:
        rows: dict[int, int] = {}
        for each in source.parts:
            target = folder / str(len(shards) + 1)
            ids = each.part.columns["id"].tolist()
            own = {
                key: values
                for key, values in each.part.columns.items()
                if key not in ("id", "row", "label")
            }
            with each.file.parent.local() as here:
                write_part(
                    here, target, replace(each.part, columns=own), step=_from(run, first_row, total)
                )
            shards.append(_shard(target, len(shards) + 1, first_row))
            rows |= {pk: first_row + place for place, pk in enumerate(ids)}
            first_row += len(ids)
        copied.append(Copied(source.dataset.store, source.dataset.name, rows))
    return copied, shards


def _from(run: JobRun, before: int, total: int) -> Callable[[int], None]:
    def step(n_done: int) -> None:
        run.progress(before + n_done, total)
        run.check()

    return step


def _shard(target: Path, number: int, first_row: int) -> Shard:
    facts = read_metadata(target)["files"][SIGNALS_FILE]
    with StoreReader(target) as reader:
        return Shard(
            number=number,
            first_row=first_row,
            n_rows=reader.n,
            fs_hz=reader.fs_hz,
            n_samples=reader.n_samples,
            unit=reader.unit,
            size_bytes=facts["bytes"],
            sha256=facts["sha256"],
        )


def _originals_copy(run: JobRun, sources: list[_Read], folder: Path) -> None:
    """Copy the files that were brought, of those recordings that are meant."""
    originals = folder / ORIGINALS
    for source in sources:
        pks = [pk for each in source.parts for pk in each.part.columns["id"].tolist()]
        used = Signal.objects.filter(pk__in=among(pks), recording__has_original=True)
        meant = used.order_by().values("recording")
        for recording in source.dataset.store.recordings.filter(pk__in=meant):
            folder_make(originals)
            target = originals / recording.sha256
            if not target.exists():
                with (
                    original_path(source.dataset, recording).open() as there,
                    target.open("wb") as here,
                ):
                    shutil.copyfileobj(there, here)
            run.check()


@transaction.atomic
def _show(
    run: JobRun, dataset_id: int, folder: Path, copied: list[Copied], shards: list[Shard]
) -> None:
    if Job.objects.filter(
        pk=run.job.pk, status=Job.Status.COMPLETED, attempt=run.job.attempt
    ).exists():
        return  # the commit arrived, only its answer was lost
    with connection.cursor() as cursor:  # a million rows take longer than a page may
        cursor.execute("SET LOCAL statement_timeout = 0")
    job_complete(run.job)  # locks the row: from here on this attempt alone may publish
    found = Dataset.objects.select_related("store").select_for_update(of=["self"])
    dataset = found.filter(pk=dataset_id).first()
    if dataset is None:
        raise JobLost
    final = final_folder(dataset_id)
    if folder.exists():
        final.put_folder(folder)
    elif not final.exists():
        raise Unavailable("The copied files disappeared; nothing was kept. Try again.")
    _rows_write(dataset, copied, shards)
    said = f"{counted(dataset.store.n_signals, 'signal')} copied"
    dataset_event(dataset, SystemEvent.Kind.COMPLETED, run.job.owner, said)
    notification_send(
        user=run.job.owner,
        title="Dataset ready",
        text=f"{dataset.name}: {said}.",
        url=run.job.url,
        level="success",
    )


def _rows_write(dataset: Dataset, copied: list[Copied], shards: list[Shard]) -> None:
    store: SignalStore = dataset.store
    for shard in shards:
        shard.pk, shard.store = None, store
    Shard.objects.bulk_create(shards)
    store.folder = str(final_folder(dataset.pk))
    store.n_shards = len(shards)
    store.n_signals = signals_copy(store=store, sources=copied)
    kept = sum(size for _, size in (final_folder(dataset.pk) / ORIGINALS).files())
    store.size_bytes = sum(shard.size_bytes for shard in shards) + kept
    store.sha256 = hashlib.sha256("".join(each.sha256 for each in shards).encode()).hexdigest()
    store.full_clean()
    store.save()
    rows = list(dataset.sources.order_by("position"))
    said = "; ".join(str(row) for row in rows)
    version_write(
        store=store,
        user=store.owner,
        act=Version.Act.MADE,
        reason=f"From {said}"[: Version._meta.get_field("reason").max_length],
        n_added=store.n_signals,
    )
    class_counts_refresh({store.pk})
    if any(row.source and row.source.is_recorded for row in rows):
        dataset.origin = Dataset.Origin.RECORDED
    dataset.status = Dataset.Status.READY
    dataset.ready_at = timezone.now()
    dataset.save(update_fields=["status", "ready_at", "origin"])
