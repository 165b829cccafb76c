"""Remove a store with many signals: it vanishes at once, a job removes its rows and files.

A store that belongs to nobody is on its way out: no selector returns it.
"""

from functools import partial
from typing import Any, Final

from django.db import transaction

from common.database import retried
from common.storage import stored
from monitoring.jobs.lifecycle import JobLost, job_complete, job_create, job_enqueue
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.kinds import REMOVE
from signals.models import SignalStore
from signals.services.attic import attic_empty
from signals.services.records import (
    cached_results_forget,
    history_forget,
    signals_delete,
    signals_delete_some,
)
from signals.waveforms.references import references_forget

AT_ONCE: Final = 5_000  # signals that go while somebody waits: under a second
_ATTEMPTS: Final = 5


def store_remove(*, store: SignalStore, user: Any, title: str) -> Job | None:
    """Remove a store; call it in a transaction, after what the store belongs to is gone.

    Returns
    -------
    Job or None
        The job that removes its rows and files; None where they were few enough to go with it.
    """
    attic_empty(store=store)
    if store.n_signals <= AT_ONCE:
        signals_delete(store=store)
        store.delete()
        return None
    job = job_create(
        owner=user, kind=REMOVE, title=title, total=store.n_signals, max_attempts=_ATTEMPTS
    )
    store.owner, store.visibility = None, SignalStore.Visibility.PRIVATE
    store.removed_by = job
    store.save(update_fields=["owner", "visibility", "removed_by"])
    job_enqueue(job)
    return job


def store_remove_rest(*, run: JobRun) -> None:
    """Remove what the run's job is about, a part at a time; a second attempt goes on from there."""
    store = retried(partial(_store_of, run))
    leftovers_forget(store)
    retried(partial(history_forget, store=store))
    total = max(run.job.progress_total, 1)
    n_gone = total - min(total, retried(store.signals.count))
    n, row = 1, 0
    while n:
        part = partial(signals_delete_some, store=store, from_row=row, at_most=AT_ONCE)
        n, row = retried(part)
        n_gone += n
        run.progress(min(n_gone, total), total)
        run.check()
    retried(partial(_finish, run, store.pk))


def leftovers_forget(store: SignalStore) -> None:
    """Remove the files and cached results of a store that nobody can see any more."""
    if store.folder:
        stored(store.folder).discard()
    references_forget(store_id=store.pk)
    cached_results_forget(store_id=store.pk)


def _store_of(run: JobRun) -> SignalStore:
    store = SignalStore.objects.filter(removed_by=run.job).first()
    if store is None:
        raise JobLost
    return store


@transaction.atomic
def _finish(run: JobRun, store_id: int) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    SignalStore.objects.filter(pk=store_id).delete()
