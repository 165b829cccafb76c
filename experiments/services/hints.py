"""Tell open pages that an experiment changed."""

from experiments.models import Experiment
from monitoring.notices.hints import SHARED_GROUP, SUPERUSERS_GROUP, hint_send, user_group
from signals.models import SignalStore


def experiment_hint(experiment: Experiment) -> None:
    """Hint to all who may see it."""
    store = experiment.dataset.store
    groups = [user_group(experiment.owner_id), user_group(store.owner_id), SUPERUSERS_GROUP]
    if store.visibility == SignalStore.Visibility.SHARED:
        groups = [SHARED_GROUP]
    hint_send(groups=groups, type="experiment", id=experiment.pk)
