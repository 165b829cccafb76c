"""What an owner does with a dataset: cancel, retry, describe."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.database import after_commit
from common.errors import Invalid, NotAllowed
from common.roles import may_manage
from common.text.names import text_clean
from datasets.models import Dataset
from datasets.services.creation import name_and_description, name_taken
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_hint
from monitoring.jobs.lifecycle import job_cancel_request, job_retry
from monitoring.models import SystemEvent

_DESCRIBED: Final = ("name", "description", "licence", "citation")
_LONGEST: Final = {
    "licence": Dataset._meta.get_field("licence").max_length or 0,
    "citation": Dataset._meta.get_field("citation").max_length or 0,
}


def dataset_cancel(*, user: Any, dataset: Dataset) -> None:
    """Cancel a dataset that waits or is being generated."""
    may_manage_or_refuse(user, dataset, "cancel")
    if dataset.job is None:
        raise Invalid("Nothing is running for this dataset.")
    with transaction.atomic():
        job_cancel_request(user=user, job=dataset.job)
        dataset_event(dataset, SystemEvent.Kind.CANCELLED, user)


def dataset_retry(*, user: Any, dataset: Dataset) -> None:
    """Queue a failed or cancelled dataset again, from the same recipe."""
    may_manage_or_refuse(user, dataset, "retry")
    if dataset.job is None:
        raise Invalid("There is nothing to try again for this dataset.")
    job_retry(user=user, job=dataset.job)


def dataset_describe(
    *,
    user: Any,
    dataset: Dataset,
    name: str,
    description: str,
    licence: str | None = None,
    citation: str | None = None,
) -> None:
    """Give a dataset another name, description, licence and citation; None leaves the last two."""
    may_manage_or_refuse(user, dataset, "rename")
    before = {field: getattr(dataset, field) for field in _DESCRIBED}
    dataset.name, dataset.description = name_and_description(name, description)
    for field, text in (("licence", licence), ("citation", citation)):
        if text is not None:
            longest = _LONGEST[field]
            cleaned = text_clean(text, what=f"A {field}", longest=longest, field=field)
            setattr(dataset, field, cleaned)
    changed = [field for field in _DESCRIBED if getattr(dataset, field) != before[field]]
    if not changed:
        return
    try:
        with transaction.atomic():
            dataset.full_clean(exclude=["store", "recipe", "job"], validate_constraints=False)
            dataset.save(update_fields=changed)
            others = [field for field in changed if field != "name"]
            was = [f"was {before['name']}"] if "name" in changed else []
            detail = ", ".join(was + others)
            dataset_event(dataset, SystemEvent.Kind.EDITED, user, detail)
            after_commit(dataset_hint, dataset)
    except ValidationError as error:
        fields = {key: list(sentences) for key, sentences in error.message_dict.items()}
        raise Invalid("Check the marked fields.", field_errors=fields) from error
    except IntegrityError as error:
        if "dataset_name_once" not in str(error):
            raise
        raise name_taken(dataset.name) from error


def may_manage_or_refuse(user: Any, dataset: Dataset, verb: str) -> None:
    if not may_manage(user, dataset.store.owner_id):
        raise NotAllowed(f"Only its owner may {verb} this dataset.")
