"""Reads of drafts: each belongs to its owner alone, for everybody else it does not exist."""

from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from common.errors import NotFound
from common.roles import is_engineer
from datasets.kinds import IMPORT
from datasets.models import ImportChannel, ImportDraft, ImportFile
from monitoring.models import Job

_STATUS: Final = ImportFile.Status


class Stage(StrEnum):
    """How far a draft is."""

    COLLECTING = "collecting"
    READING = "reading"
    OPEN = "open"
    IMPORTING = "importing"
    IMPORTED = "imported"


def drafts_of(user: Any) -> QuerySet[ImportDraft]:
    """Return the drafts of a person, with how many files they hold and how large these are."""
    if not is_engineer(user):
        return ImportDraft.objects.none()
    return (
        ImportDraft.objects.filter(owner=user.pk)
        .select_related("job", "dataset__job")
        .annotate(
            n_files=Count("files"),
            n_coming=Count("files", filter=Q(files__status=_STATUS.COMING)),
            n_unread=Count("files", filter=Q(files__status=_STATUS.RECEIVED)),
            n_bytes=Coalesce(Sum("files__size_bytes"), 0),
        )
    )


def draft_get(user: Any, pk: int) -> ImportDraft:
    """Return one draft of `user`."""
    draft = drafts_of(user).filter(pk=pk).first()
    if draft is None:
        raise NotFound("There is no such import.")
    return draft


def import_file_get(user: Any, pk: int) -> ImportFile:
    """Return one file of a draft of `user`."""
    file = None
    if is_engineer(user):
        found = ImportFile.objects.filter(pk=pk, draft__owner=user.pk)
        file = found.select_related("draft").first()
    if file is None:
        raise NotFound("There is no such file in your imports.")
    return file


def stage_of(draft: ImportDraft) -> Stage:
    """Return how far a draft of `drafts_of` is; its rows say it, nothing else keeps it."""
    job = draft.job
    if job is not None and job.kind == IMPORT:
        if job.status == Job.Status.COMPLETED:
            return Stage.IMPORTED
        is_made = draft.dataset is not None and draft.dataset.job_id == job.pk
        if job.is_active or is_made:
            return Stage.IMPORTING
    if job is not None and job.is_active:
        return Stage.READING
    n_files, n_missing = draft.n_files, draft.n_coming + draft.n_unread  # type: ignore[attr-defined]
    return Stage.COLLECTING if n_missing or not n_files else Stage.OPEN


def files_of(draft: ImportDraft) -> QuerySet[ImportFile]:
    """Return the files of a draft; `waits` says whether one lacks the rate of a kept channel."""
    kept = ImportChannel.objects.filter(file=OuterRef("pk"), is_kept=True)
    return (
        ImportFile.objects.filter(draft=draft)
        .annotate(
            waits=Exists(kept.filter(fs_hz=None)) & Q(fs_hz=None),
            keeps=Exists(kept),
        )
        .select_related("fault_class", "severity", "draft")
        .order_by("path")
    )


SHOWN: dict[str, Q] = {
    "all": Q(status__in=[_STATUS.READ, _STATUS.REFUSED, _STATUS.BESIDE]),
    "open": Q(status=_STATUS.READ, is_left_out=False, keeps=True, waits=True),
    "ready": Q(status=_STATUS.READ, is_left_out=False, keeps=True, waits=False),
    "out": Q(status__in=[_STATUS.REFUSED, _STATUS.BESIDE])
    | Q(status=_STATUS.READ) & (Q(is_left_out=True) | Q(keeps=False)),
}


def counts_of(draft: ImportDraft) -> dict[str, int]:
    """Return how many files are open, ready and left out."""
    wanted = {name: Count("pk", filter=condition) for name, condition in SHOWN.items()}
    return files_of(draft).order_by().aggregate(**wanted)
