"""In which bearing a dataset was measured."""

from typing import Any

from django.db import transaction

from common.database import after_commit
from datasets.models import Dataset
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_hint
from monitoring.models import SystemEvent
from signals.models import Bearing, Specimen
from signals.services.bearings import bearing_attach, specimen_bearing_choose
from signals.services.feature_groups import features_request, may_measure, why_not
from vibration.features.orders import GROUP


@transaction.atomic
def dataset_bearing_choose(*, user: Any, dataset: Dataset, bearing: Bearing | None) -> None:
    """Choose the bearing of all the dataset's signals that name none of their own."""
    if bearing_attach(user=user, store=dataset.store, bearing=bearing):
        after_commit(dataset_hint, dataset)


@transaction.atomic
def dataset_specimen_choose(
    *, user: Any, dataset: Dataset, specimen: Specimen, bearing: Bearing | None, url: str = ""
) -> None:
    """Choose the type of a specimen; a job then measures its bearing orders with that geometry."""
    before = specimen.bearing
    if not specimen_bearing_choose(user=user, specimen=specimen, bearing=bearing):
        return
    said = f"{before or 'type unknown'} → {bearing or 'type unknown'}"
    detail = f"specimen {specimen.name}: {said}"[:200]
    dataset_event(dataset, SystemEvent.Kind.EDITED, user, detail)
    if may_measure(user, dataset.store) and not why_not(dataset.store, GROUP):
        features_request(user=user, store=dataset.store, group=GROUP, url=url)
    after_commit(dataset_hint, dataset)
