"""Delete a dataset: into the trash first, for good after a while or when its owner says so.

In the trash nobody sees it anywhere but in the owner's list of it; nothing of it has gone, so a
reader or job that uses it ends well.
"""

import logging
from contextlib import suppress
from copy import copy
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.database import after_commit
from common.errors import Invalid
from common.storage import folder_discard
from datasets.models import Dataset
from datasets.selectors import name_is_taken, name_suggestion
from datasets.services.creation import name_taken
from datasets.services.events import dataset_event
from datasets.services.files import final_folder, import_folder
from datasets.services.hints import dataset_audience, dataset_hint
from datasets.services.management import may_manage_or_refuse
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import SystemEvent
from monitoring.notices.hints import hint_send
from signals.models import SignalStore
from signals.services.records import cached_results_forget
from signals.services.removal import leftovers_forget, store_remove
from signals.waveforms.references import references_forget

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 50  # datasets that one turn of the reconciler removes


def dataset_delete(*, user: Any, dataset: Dataset) -> bool:
    """Put a dataset into the trash and cancel its job; its cached results go at once.

    Its name is free from now on. An import that has not become a dataset goes for good: its files
    are in its draft, which can be changed again.

    Returns
    -------
    bool
        Whether it can be restored.
    """
    may_manage_or_refuse(user, dataset, "delete")
    with transaction.atomic():
        if dataset.job is not None:
            with suppress(Invalid):  # it has ended
                job_cancel_request(user=user, job=dataset.job)
        locked = _locked(dataset.pk)
        if locked is None or locked.trashed_at is not None:
            return locked is not None  # somebody else was first
        if locked.is_recorded and locked.status != Dataset.Status.READY:
            _remove(locked, user)
            return False
        before = dataset_audience(locked)
        _set(locked, timezone.now())
        dataset_event(locked, SystemEvent.Kind.DELETED, user, "into the trash")
        after_commit(_after_delete, locked, before)
        return True


def dataset_restore(*, user: Any, dataset: Dataset) -> Dataset:
    """Take a dataset out of the trash; under a free name where its own has been given away."""
    may_manage_or_refuse(user, dataset, "restore")
    try:
        with transaction.atomic():
            locked = _locked(dataset.pk)
            if locked is None or locked.trashed_at is None:
                raise Invalid("This dataset is not in the trash.")
            before = locked.name
            if name_is_taken(before):
                locked.name = name_suggestion(before)
            _set(locked, None)
            detail = "" if locked.name == before else f"was {before}, a name taken meanwhile"
            dataset_event(locked, SystemEvent.Kind.RESTORED, user, detail)
            after_commit(dataset_hint, locked)
    except IntegrityError as error:  # taken this very moment
        if "dataset_name_once" not in str(error):
            raise
        raise name_taken(dataset.name) from error
    return locked


def dataset_purge(*, user: Any, dataset: Dataset) -> int:
    """Remove a dataset that is in the trash for good; return how many bytes this frees.

    The rows of few signals go in the same transaction and the files after its commit; those of many
    are removed by a job. Files whose rows are gone are swept, should the process die in between.

    Parameters
    ----------
    user : Any
        Its owner, a superuser, or None where its time is over.
    """
    if user is not None:
        may_manage_or_refuse(user, dataset, "delete")
    with transaction.atomic():
        locked = _locked(dataset.pk)
        if locked is None:
            return 0  # somebody else was first
        if locked.trashed_at is None:
            raise Invalid("Only what is in the trash is deleted for good.")
        _remove(locked, user)
    return locked.store.size_bytes


def trash_prune(*, now: datetime) -> int:
    """Remove for good what has been in the trash for as long as things are kept there."""
    over = Dataset.objects.filter(trashed_at__lt=now - timedelta(days=settings.TRASH_DAYS))
    n_removed = 0
    for dataset in over.select_related("store__owner").order_by("trashed_at")[:_AT_ONCE]:
        dataset_purge(user=None, dataset=dataset)
        logger.info("Removed dataset %d from the trash", dataset.pk)
        n_removed += 1
    return n_removed


def _remove(dataset: Dataset, user: Any) -> None:
    store, recipe, pk = dataset.store, dataset.recipe, dataset.pk
    remembered = copy(store)  # the row loses its id with its deletion
    audience = dataset_audience(dataset)
    dataset_event(dataset, SystemEvent.Kind.REMOVED, user)
    dataset.delete()
    if recipe is not None:
        recipe.delete()
    job = store_remove(store=store, user=user or store.owner, title=f"Delete {dataset.name}")
    if job is None:
        after_commit(_after_purge, pk, remembered)
    after_commit(hint_send, groups=audience, type="dataset", id=pk)


def _locked(pk: int) -> Dataset | None:
    rows = Dataset.objects.select_related("store", "recipe").select_for_update(of=["self", "store"])
    return rows.filter(pk=pk).first()


def _set(dataset: Dataset, trashed_at: datetime | None) -> None:
    dataset.trashed_at = trashed_at
    dataset.save(update_fields=["trashed_at", "name"])
    SignalStore.objects.filter(pk=dataset.store_id).update(is_trashed=trashed_at is not None)


def _after_delete(dataset: Dataset, audience: list[str]) -> None:
    cached_results_forget(store_id=dataset.store_id)
    references_forget(store_id=dataset.store_id)
    dataset_hint(dataset, also=audience)


def _after_purge(pk: int, store: SignalStore) -> None:
    leftovers_forget(store)
    folder_discard(import_folder(pk))
    final_folder(pk).discard()  # of an attempt that had published without its rows
