"""Generate a dataset: files first, then all its rows in one transaction."""

import logging
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from common.database import OUTAGES, retried
from common.errors import Expected, Unavailable
from common.refused import what_helps
from common.storage import Stored, folder_discard
from common.text import counted
from datasets.models import ClassCount, Dataset
from datasets.selectors import recipe_of
from datasets.services.creation import recipe_size_bytes
from datasets.services.events import dataset_event
from datasets.services.files import (
    attempt_folder,
    final_folder,
    n_workers,
    space_prove,
)
from datasets.services.generation_parts import GenerationWork, parts_wanted
from datasets.services.parts import is_cut, parts_folder, parts_forget, parts_make
from monitoring.jobs.kinds import Queue
from monitoring.jobs.lifecycle import JobCancelled, JobLost, job_complete
from monitoring.jobs.pulse import JobRun
from monitoring.jobs.queueing import workers_listening
from monitoring.models import SystemEvent
from monitoring.notices.services import notification_send
from signals.errors import told_as
from signals.models import Signal, SignalStore, Version
from signals.services.records import signals_insert
from signals.services.versions import version_write
from signals.waveforms.references import reference_build, references_missing
from signals.waveforms.sources import LONG_SAMPLES, pyramid_ensure, source_at
from vibration.errors import VibrationError
from vibration.generation import GenerationCancelled, generate, store_of
from vibration.simulation import Recipe
from vibration.store import SIGNALS_FILE, StoreReader, read_metadata

logger = logging.getLogger(__name__)


def dataset_generate(*, run: JobRun) -> None:
    """Generate the dataset of the run's job and show it as ready.

    Until the last transaction commits nobody sees any of it; a folder left without rows is
    replaced by the next attempt or swept.
    """
    dataset = retried(partial(_dataset_of, run))
    recipe = retried(partial(recipe_of, dataset))
    space_prove(recipe_size_bytes(recipe))
    folder = attempt_folder(dataset.pk, run.job.attempt)
    try:
        _files_make(run, dataset, recipe, folder)
        run.check()
        if final_folder(dataset.pk).path is None:
            # An upload takes its time, during which the job's row may not be locked. Every attempt
            # makes the same bytes, so that it does not matter whose these are.
            _publish(folder, final_folder(dataset.pk))
        retried(partial(_show, run, dataset.pk, folder))
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the dataset was written ({error.strerror}); "
            f"nothing was kept. {what_helps(error)}"
        ) from error
    except JobCancelled:
        parts_folder(dataset.pk).discard()
        raise
    finally:
        folder_discard(folder)
    parts_folder(dataset.pk).discard()
    references_fill(dataset_id=dataset.pk)
    pyramids_fill(dataset_id=dataset.pk)


def _files_make(run: JobRun, dataset: Dataset, recipe: Recipe, folder: Path) -> None:
    run.log(
        f"Generating {counted(recipe.n_records, 'signal')} with "
        f"{counted(n_workers(), 'process', 'processes')}."
    )
    was_cut = retried(partial(is_cut, run.job))
    try:
        if was_cut or parts_wanted(recipe, workers_listening(Queue.LONG)) > 1:
            with told_as(Expected), store_of(recipe, folder) as writer:
                parts_make(run=run, dataset=dataset, work=GenerationWork(recipe, writer))
        else:
            with told_as(Expected):
                generate(
                    recipe,
                    folder,
                    workers=n_workers(),
                    progress=run.progress,
                    cancelled=run.cancelled,
                )
    except GenerationCancelled:
        run.check()
        raise


def pyramids_fill(*, dataset_id: int) -> int:
    """Make the pyramids of a dataset's long records; return how many there are.

    As for `references_fill`, a failure is only logged: whoever looks first makes what is missing.
    """
    n_made = 0
    long = Signal.objects.filter(store__dataset=dataset_id, n_samples__gt=LONG_SAMPLES)
    try:
        for signal in long.select_related("store").iterator():
            with source_at(signal) as source:
                pyramid_ensure(source)
            n_made += 1
    except (Expected, OSError, *OUTAGES) as error:
        logger.warning("Pyramids of dataset %s: %s", dataset_id, error)
    return n_made


def references_fill(*, dataset_id: int) -> int:
    """Compute the expected spectra a dataset lacks; return how many were made.

    The dataset is ready by then, so a failure here is only logged: a missing one is made when
    somebody first looks at it.
    """
    n_made = 0
    try:
        store = SignalStore.objects.get(dataset=dataset_id)
        for fault_class_id in references_missing(store):
            reference_build(store=store, fault_class_id=fault_class_id)
            n_made += 1
    except (SignalStore.DoesNotExist, Expected, VibrationError, OSError, *OUTAGES) as error:
        logger.warning("Dataset %d has %d expected spectra: %s", dataset_id, n_made, error)
    return n_made


def _dataset_of(run: JobRun) -> Dataset:
    dataset = Dataset.objects.select_related("store", "recipe").filter(job=run.job).first()
    if dataset is None:
        raise JobLost
    return dataset


@transaction.atomic
def _show(run: JobRun, dataset_id: int, folder: Path) -> None:
    if _is_shown(run):
        return  # the commit arrived, only its answer was lost
    with connection.cursor() as cursor:  # a million rows take longer than a page may
        cursor.execute("SET LOCAL statement_timeout = 0")
    job_complete(run.job)  # locks the row: from here on this attempt alone may publish
    dataset = Dataset.objects.select_for_update(of=["self"]).filter(pk=dataset_id).first()
    if dataset is None:
        raise JobLost
    _publish(folder, final_folder(dataset_id))
    dataset_fill(dataset=dataset)
    parts_forget(dataset_id=dataset_id)
    sentence = counted(dataset.store.n_signals, "signal")
    dataset_event(dataset, SystemEvent.Kind.COMPLETED, run.job.owner, f"{sentence} generated")
    notification_send(
        user=run.job.owner,
        title="Dataset ready",
        text=f"{dataset.name}: {sentence}.",
        url=run.job.url,
        level="success",
    )


def _is_shown(run: JobRun) -> bool:
    completed = run.job.Status.COMPLETED
    attempt = run.job.attempt
    return Dataset.objects.filter(
        job_id=run.job.pk, job__status=completed, job__attempt=attempt
    ).exists()


def _publish(folder: Path, final: Stored) -> None:
    """Give the files their final name; a repeated transaction finds them there already."""
    if not folder.exists():
        if final.exists():
            return
        raise Unavailable("The generated files disappeared; nothing was kept. Try again.")
    final.put_folder(folder)


def dataset_fill(*, dataset: Dataset) -> None:
    """Write the rows of a dataset whose files lie in their place; call it in a transaction."""
    folder = final_folder(dataset.pk)
    store = dataset.store
    with StoreReader(folder) as reader:
        counts = signals_insert(store=store, reader=reader)
    facts = read_metadata(folder)["files"][SIGNALS_FILE]
    store.folder = str(folder)
    store.n_signals = sum(counts.values())
    store.size_bytes = facts["bytes"]
    store.sha256 = facts["sha256"]
    store.full_clean()
    store.save()
    version_write(store=store, user=store.owner, act=Version.Act.MADE, n_added=store.n_signals)
    ClassCount.objects.bulk_create(
        ClassCount(dataset=dataset, fault_class_id=pk, n_signals=n) for pk, n in counts.items()
    )
    dataset.status = Dataset.Status.READY
    dataset.ready_at = timezone.now()
    dataset.save(update_fields=["status", "ready_at"])
