"""A dataset follows the versions of its store."""

from collections.abc import Sequence

from common.database import after_commit
from datasets.models import Dataset
from datasets.services.counting import class_counts_refresh
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_hint
from datasets.versioning.versions import change_words
from monitoring.models import SystemEvent
from signals.models import Version


def versions_follow(versions: Sequence[Version]) -> None:
    """Count the classes again, write the event, and have open pages read the dataset again."""
    class_counts_refresh({version.store_id for version in versions})
    stores = [version.store_id for version in versions]
    datasets = {row.store_id: row for row in Dataset.objects.filter(store__in=stores)}
    for version in versions:
        dataset = datasets.get(version.store_id)
        if dataset is None:
            continue
        kind = SystemEvent.Kind.RELABELLED if version.n_relabelled else SystemEvent.Kind.EDITED
        said = f"version {version.number}: {change_words(version)}. {version.reason}"[:200]
        dataset_event(dataset, kind, version.author, said)
        after_commit(dataset_hint, dataset)
