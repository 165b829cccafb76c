"""What happened to a dataset, written where its page finds it."""

from typing import Any

from datasets.models import Dataset
from monitoring.events import event_record
from signals.models import SignalStore


def dataset_event(dataset: Dataset, kind: str, actor: Any, detail: str = "") -> None:
    """Write down that `actor` (None: the system) did something to a dataset."""
    event_record(
        kind=kind,
        actor=actor,
        subject=dataset.name,
        detail=detail,
        about=SignalStore(pk=dataset.store_id).about,
    )
