"""What an owner does with a dataset: cancel, retry, share, delete."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.database import after_commit
from common.errors import Invalid, NotAllowed
from common.roles import may_manage
from common.storage import folder_discard
from datasets.models import Dataset
from datasets.services.creation import name_and_description, name_taken
from datasets.services.files import final_folder, import_folder
from datasets.services.hints import dataset_hint
from monitoring.events import event_record
from monitoring.jobs.lifecycle import job_cancel_request, job_retry
from monitoring.models import Job, SystemEvent
from signals.models import SignalStore
from signals.services.removal import leftovers_forget, store_remove


def dataset_cancel(*, user: Any, dataset: Dataset) -> None:
    """Cancel a dataset that waits or is being generated."""
    _may_manage_or_refuse(user, dataset, "cancel")
    if dataset.job is None:
        raise Invalid("Nothing is running for this dataset.")
    with transaction.atomic():
        job_cancel_request(user=user, job=dataset.job)
        event_record(kind=SystemEvent.Kind.CANCELLED, actor=user, subject=dataset.name)


def dataset_retry(*, user: Any, dataset: Dataset) -> None:
    """Queue a failed or cancelled dataset again, from the same recipe."""
    _may_manage_or_refuse(user, dataset, "retry")
    if dataset.job is None:
        raise Invalid("There is nothing to try again for this dataset.")
    job_retry(user=user, job=dataset.job)


def dataset_share(*, user: Any, dataset: Dataset, visibility: str) -> None:
    """Make a dataset private or shared."""
    _may_manage_or_refuse(user, dataset, "share")
    if visibility not in SignalStore.Visibility.values:
        raise Invalid("A dataset is private or shared.")
    was_shared = dataset.store.visibility == SignalStore.Visibility.SHARED
    with transaction.atomic():
        SignalStore.objects.filter(pk=dataset.store_id).update(visibility=visibility)
        event_record(
            kind=SystemEvent.Kind.SHARED, actor=user, subject=dataset.name, detail=visibility
        )
        dataset.store.visibility = visibility
        after_commit(dataset_hint, dataset, to_everybody=was_shared)


def dataset_describe(*, user: Any, dataset: Dataset, name: str, description: str) -> None:
    """Give a dataset another name and description."""
    _may_manage_or_refuse(user, dataset, "rename")
    before = dataset.name
    dataset.name, dataset.description = name_and_description(name, description)
    try:
        with transaction.atomic():
            dataset.full_clean(exclude=["store", "recipe", "job"], validate_constraints=False)
            dataset.save(update_fields=["name", "description"])
            detail = f"was {before}" if before != dataset.name else "description"
            event_record(
                kind=SystemEvent.Kind.EDITED, actor=user, subject=dataset.name, detail=detail
            )
            after_commit(dataset_hint, dataset)
    except ValidationError as error:
        fields = {key: list(sentences) for key, sentences in error.message_dict.items()}
        raise Invalid("Check the marked fields.", field_errors=fields) from error
    except IntegrityError as error:
        if "dataset_name_once" not in str(error):
            raise
        raise name_taken(dataset.name) from error


def dataset_delete(*, user: Any, dataset: Dataset) -> None:
    """Remove a dataset with its signals, files and cached results; cancel its job first.

    It vanishes at once. The rows of few signals go in the same transaction and the files after its
    commit; those of many are removed by a job. Files whose rows are gone are swept, should the
    process die in between.
    """
    _may_manage_or_refuse(user, dataset, "delete")
    with transaction.atomic():
        if dataset.job is not None:
            _cancel_quietly(user, dataset.job)
        locked = Dataset.objects.select_for_update(of=["self"]).filter(pk=dataset.pk).first()
        if locked is None:
            return  # somebody else was first
        was_shared = locked.store.visibility == SignalStore.Visibility.SHARED
        store, recipe = locked.store, locked.recipe
        locked.delete()
        if recipe is not None:
            recipe.delete()
        job = store_remove(store=store, user=user, title=f"Delete {locked.name}")
        event_record(kind=SystemEvent.Kind.DELETED, actor=user, subject=locked.name)
        if job is None:
            after_commit(_after_delete, dataset)
        else:
            after_commit(dataset_hint, dataset, to_everybody=was_shared)


def _cancel_quietly(user: Any, job: Job) -> None:
    with suppress(Invalid):  # it has ended
        job_cancel_request(user=user, job=job)


def _after_delete(dataset: Dataset) -> None:
    leftovers_forget(dataset.store)
    folder_discard(import_folder(dataset.pk))
    final_folder(dataset.pk).discard()  # of an attempt that had published without its rows
    dataset_hint(dataset)


def _may_manage_or_refuse(user: Any, dataset: Dataset, verb: str) -> None:
    if not may_manage(user, dataset.store.owner_id):
        raise NotAllowed(f"Only its owner may {verb} this dataset.")
