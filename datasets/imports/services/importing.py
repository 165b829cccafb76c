"""From an answered draft to a dataset."""

from functools import partial
from typing import Any

from django.db import transaction

from common.database import retried
from common.errors import Invalid
from common.files import folder_discard
from datasets.imports.facts import file_planned
from datasets.imports.paths import draft_folder
from datasets.imports.plan import ImportPlan, PlannedSpecimen
from datasets.imports.selectors import SHOWN, Stage, draft_get, files_of, stage_of
from datasets.imports.services.drafts import draft_lock
from datasets.models import Dataset, ImportDraft
from datasets.services.importing import dataset_import_create, dataset_import_run
from monitoring.jobs.lifecycle import JobLost
from monitoring.jobs.pulse import JobRun


def import_start(*, user: Any, draft: ImportDraft) -> Dataset:
    """Make the dataset of a draft, and have a job fill it.

    Raises
    ------
    Invalid
        Where a file is still open, none is ready, or the name is taken.
    """
    with transaction.atomic():
        locked = draft_lock(draft)
        stage = stage_of(draft_get(user, locked.pk))
        if stage in (Stage.IMPORTING, Stage.IMPORTED):
            raise Invalid("This import has become a dataset already.")
        if stage == Stage.READING:
            raise Invalid("The files are being read. Wait until that ends, or cancel it.")
        if files_of(locked).filter(SHOWN["open"]).exists():
            raise Invalid("Some files are still open. Answer what they ask, or leave them out.")
        plan = plan_of(locked)
        if not plan.files:
            raise Invalid("No file is ready to be imported.")
        dataset = dataset_import_create(owner=user, plan=plan)
        locked.dataset = dataset
        locked.save(update_fields=["dataset"])
    return dataset


def import_run(*, run: JobRun) -> None:
    """Fill the dataset of the run's job from the draft it came of; then free the draft's bytes."""
    dataset, draft = retried(partial(_of_run, run))
    plan = retried(partial(plan_of, draft))
    dataset_import_run(run=run, dataset=dataset, plan=plan)
    folder_discard(draft_folder(draft.owner_id, draft.pk))


def plan_of(draft: ImportDraft) -> ImportPlan:
    """Return what a draft is to become."""
    files = files_of(draft).filter(SHOWN["ready"]).prefetch_related("channels")
    return ImportPlan(
        name=draft.name,
        description=draft.description,
        licence=draft.licence,
        citation=draft.citation,
        segment_samples=draft.segment_samples,
        overlap=draft.overlap_percent / 100,
        keep_originals=draft.keeps_originals,
        files=tuple(file_planned(file) for file in files),
        specimens=tuple(
            PlannedSpecimen(name=each.name, bearing_id=each.bearing_id)
            for each in draft.specimens.all()
        ),
    )


def _of_run(run: JobRun) -> tuple[Dataset, ImportDraft]:
    draft = (
        ImportDraft.objects.select_related("dataset__store").filter(dataset__job=run.job).first()
    )
    if draft is None or draft.dataset is None:
        raise JobLost
    return draft.dataset, draft
