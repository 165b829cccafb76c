"""Tell open pages that a dataset changed."""

from datasets.models import Dataset
from monitoring.notices.hints import SHARED_GROUP, SUPERUSERS_GROUP, hint_send, user_group
from signals.models import SignalStore


def dataset_hint(dataset: Dataset, *, to_everybody: bool = False) -> None:
    """Hint to all who may see it, or just could: owner and superusers, or everybody."""
    groups = [user_group(dataset.store.owner_id), SUPERUSERS_GROUP]
    if to_everybody or dataset.store.visibility == SignalStore.Visibility.SHARED:
        groups = [SHARED_GROUP]
    hint_send(groups=groups, type="dataset", id=dataset.pk)
