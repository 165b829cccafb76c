"""In which bearing a dataset was measured."""

from typing import Any

from django.db import transaction

from common.database import after_commit
from datasets.models import Dataset
from datasets.services.hints import dataset_hint
from signals.models import Bearing
from signals.services.bearings import bearing_attach


@transaction.atomic
def dataset_bearing_choose(*, user: Any, dataset: Dataset, bearing: Bearing | None) -> None:
    """Choose the bearing of all the dataset's signals that name none of their own."""
    if bearing_attach(user=user, store=dataset.store, bearing=bearing):
        after_commit(dataset_hint, dataset)
