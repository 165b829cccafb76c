"""From an answered draft to a dataset, or to more of one."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse

from common.database import retried
from common.errors import Invalid
from datasets.imports.facts import file_planned
from datasets.imports.paths import draft_sent
from datasets.imports.plan import ImportPlan, PlannedFile, PlannedSpecimen
from datasets.imports.selectors import SHOWN, Stage, draft_get, files_of, stage_of
from datasets.imports.services.drafts import bytes_free, draft_lock
from datasets.kinds import IMPORT
from datasets.models import Dataset, ImportDraft
from datasets.services.import_parts import part_import
from datasets.services.importing import (
    dataset_import_add,
    dataset_import_create,
    dataset_import_run,
)
from monitoring.jobs.lifecycle import JobLost, job_create, job_enqueue
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from vibration.importing.planning import with_runs


def import_start(*, user: Any, draft: ImportDraft) -> Dataset:
    """Make the dataset of a draft, and have a job fill it; or have one add to its dataset.

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
        dataset, is_new = locked.dataset, locked.dataset is None
        if dataset is None:
            dataset = dataset_import_create(owner=user, plan=plan)
        else:
            dataset_import_add(user=user, dataset=dataset, plan=plan)
        job = job_create(
            owner=user,
            kind=IMPORT,
            title=f"Import {dataset.name}" if is_new else f"Add to {dataset.name}",
            url=reverse("datasets:detail", args=[dataset.pk]),
            total=len(plan.files),
        )
        if is_new:  # it follows its job; one that is ready stays so while more is added
            dataset.job = job
            dataset.save(update_fields=["job"])
        locked.dataset, locked.job = dataset, job
        locked.save(update_fields=["dataset", "job"])
        job_enqueue(job)
    return dataset


def import_run(*, run: JobRun) -> None:
    """Carry out the plan of the draft of the run's job; then free the bytes that were sent."""
    dataset, draft = retried(partial(_of_run, run))
    plan = retried(partial(plan_of, draft))
    outcome = dataset_import_run(run=run, dataset=dataset, plan=plan)
    reasons = {each.name: each.reason for each in outcome.left_out}
    if reasons:
        retried(partial(_reasons_keep, draft, reasons))
    bytes_free(draft.owner_id, draft.pk)


def import_part_run(*, run: JobRun) -> None:
    """Carry out a part of the plan of a draft."""
    part_import(run=run, plan_of=_plan_of_job)


def plan_of(draft: ImportDraft) -> ImportPlan:
    """Return what a draft is to become."""
    files = files_of(draft).filter(SHOWN["ready"]).prefetch_related("channels")
    planned = [file_planned(file) for file in files]
    return ImportPlan(
        name=draft.name,
        description=draft.description,
        licence=draft.licence,
        citation=draft.citation,
        segment_samples=draft.segment_samples,
        overlap=draft.overlap_percent / 100,
        keep_originals=draft.keeps_originals,
        files=tuple(map(_placed, planned, with_runs(planned))),
        specimens=tuple(
            PlannedSpecimen(name=each.name, bearing_id=each.bearing_id)
            for each in draft.specimens.all()
        ),
        sent=draft_sent(draft.owner_id, draft.pk),
    )


def _placed(said: PlannedFile, told: PlannedFile) -> PlannedFile:
    """Return a file with its place in a run: what a person says of specimen and run holds."""
    if not said.specimen:
        return said
    run = said.run or told.run
    return replace(said, run=run, position=told.position if run == told.run else None)


def _plan_of_job(job: Job) -> ImportPlan:
    draft = ImportDraft.objects.filter(job=job).first()
    if draft is None:
        raise JobLost
    return plan_of(draft)


def _of_run(run: JobRun) -> tuple[Dataset, ImportDraft]:
    draft = ImportDraft.objects.select_related("dataset__store").filter(job=run.job).first()
    if draft is None or draft.dataset is None:
        raise JobLost
    return draft.dataset, draft


@transaction.atomic
def _reasons_keep(draft: ImportDraft, reasons: dict[str, str]) -> None:
    """Note at each file why it was left out after all."""
    for file in draft.files.filter(path__in=reasons):
        file.status = file.Status.REFUSED
        file.reason = reasons[file.path][:500]
        file.save(update_fields=["status", "reason"])
