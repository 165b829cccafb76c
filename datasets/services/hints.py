"""Tell open pages that a dataset changed."""

from datasets.models import Dataset
from monitoring.notices.hints import SHARED_GROUP, hint_send, user_group
from signals.models import SignalStore


def dataset_hint(dataset: Dataset, *, to_everybody: bool = False) -> None:
    """Hint to the owner, and to everybody where the dataset is, or just was, shared."""
    groups = [user_group(dataset.store.owner_id)]
    if to_everybody or dataset.store.visibility == SignalStore.Visibility.SHARED:
        groups.append(SHARED_GROUP)
    hint_send(groups=groups, type="dataset", id=dataset.pk)
