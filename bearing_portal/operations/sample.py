"""The dataset that a new portal begins with."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model

from common.roles import ENGINEER
from common.text import counted
from datasets.management.waiting import dataset_await
from datasets.models import Dataset
from datasets.pages.estimates import estimate_of
from datasets.selectors import recipe_of
from datasets.services import dataset_create, dataset_retry
from monitoring.accounts.people import person_create
from monitoring.models import SystemEvent
from vibration.simulation import Recipe

NAME = "Sample dataset"
PER_CLASS = 10
SYSTEM_ACCOUNT = "portal"


def sample_seed(*, again: bool, say: Callable[[str], object] = lambda words: None) -> str:
    """Make the sample in this process, without a worker; return what happened.

    What takes a while is said beforehand to `say`.

    A sample that a person deleted or cancelled comes back only `again`.
    """
    dataset = (
        Dataset.objects.kept()
        .select_related("store__owner", "job")
        .filter(name__iexact=NAME)
        .first()
    )
    if dataset is None:
        if not again and _was_deleted():
            return "was deleted earlier; --sample makes it again"
        dataset = _create()
    elif dataset.status == Dataset.Status.READY:
        return "is there"
    elif dataset.status == Dataset.Status.CANCELLED and not again:
        return "was cancelled earlier; --sample makes it again"
    elif dataset.status in (Dataset.Status.FAILED, Dataset.Status.CANCELLED):
        dataset_retry(user=dataset.store.owner, dataset=dataset)
    foreseen_s = estimate_of(recipe_of(dataset)).duration_s
    say(f"Generating the sample dataset of {dataset.n_planned} signals, about {foreseen_s:.0f} s.")
    ready = dataset_await(dataset, here=True)
    return f"is ready: {counted(ready.store.n_signals, 'signal')}"


def _was_deleted() -> bool:
    deleted = SystemEvent.Kind.DELETED
    return SystemEvent.objects.filter(kind=deleted, subject__iexact=NAME).exists()


def _create() -> Dataset:
    return dataset_create(
        owner=_owner(),
        name=NAME,
        description="Ten records of each class with augmented copies, to look around with.",
        recipe=Recipe(per_class=PER_CLASS),
        visibility="shared",
    )


def _owner() -> Any:
    """Return the first superuser, or an account that nobody can log in to."""
    users = get_user_model().objects
    superuser = users.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if superuser is not None:
        return superuser
    account = users.filter(username=SYSTEM_ACCOUNT).first()
    return account or person_create(username=SYSTEM_ACCOUNT, password=None, role=ENGINEER)
