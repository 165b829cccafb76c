"""Reads of drafts: each belongs to its owner alone, for everybody else it does not exist."""

from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from common.errors import NotFound
from common.roles import is_engineer
from datasets.models import Dataset, ImportDraft, ImportFile

_STATUS = ImportFile.Status


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
    if draft.dataset is not None:
        is_ready = draft.dataset.status == Dataset.Status.READY
        return Stage.IMPORTED if is_ready else Stage.IMPORTING
    if draft.job is not None and draft.job.is_active:
        return Stage.READING
    n_files, n_missing = draft.n_files, draft.n_coming + draft.n_unread  # type: ignore[attr-defined]
    return Stage.COLLECTING if n_missing or not n_files else Stage.OPEN
