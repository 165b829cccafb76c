"""Tell open pages that an experiment changed."""

from datasets.services.hints import dataset_audience
from experiments.models import Experiment
from monitoring.notices.hints import hint_send, user_group


def experiment_hint(experiment: Experiment) -> None:
    """Hint to all who may see it: whoever sees its dataset."""
    groups = dict.fromkeys((user_group(experiment.owner_id), *dataset_audience(experiment.dataset)))
    hint_send(groups=groups, type="experiment", id=experiment.pk)
