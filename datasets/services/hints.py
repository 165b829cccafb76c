"""Tell open pages that a dataset changed."""

from collections.abc import Iterable

from datasets.models import Dataset
from monitoring.models import Job
from monitoring.notices.hints import SHARED_GROUP, SUPERUSERS_GROUP, hint_send, user_group
from signals.models import SignalStore
from signals.selectors import store_readers


def dataset_audience(dataset: Dataset) -> list[str]:
    """Return the groups of sockets of all who may see a dataset that is not in the trash."""
    if dataset.store.visibility == SignalStore.Visibility.SHARED:
        return [SHARED_GROUP]
    readers = {dataset.store.owner_id, *store_readers(dataset.store)}
    return [*(user_group(pk) for pk in readers), SUPERUSERS_GROUP]


def job_audience(job: Job) -> list[str]:
    """Return who is told how far a dataset's job is."""
    dataset = Dataset.objects.kept().select_related("store").filter(job=job.pk).first()
    return [] if dataset is None else dataset_audience(dataset)


def dataset_hint(dataset: Dataset, *, also: Iterable[str] = ()) -> None:
    """Hint to all who may see it, and to `also`: those who just could."""
    groups = dict.fromkeys((*dataset_audience(dataset), *also))
    hint_send(groups=groups, type="dataset", id=dataset.pk)
