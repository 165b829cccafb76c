"""Drafts come and go: made, given files, deleted by their owner or by time."""

import logging
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from common.database import after_commit, person_lock
from common.errors import Invalid, NotAllowed, NotFound, Unavailable
from common.roles import is_engineer, may_manage
from common.storage import Stored, folder_discard, folder_make, stored, work_folder
from common.text import size, thousands
from datasets.imports.paths import (
    FOLDER,
    UPLOADS,
    draft_folder,
    draft_sent,
    name_of,
    path_clean,
    stored_name,
)
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.kinds import IMPORT
from datasets.models import Dataset, ImportDraft, ImportFile
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import Job

logger = logging.getLogger(__name__)

KEPT: Final = timedelta(days=14)
MOST_DRAFTS: Final = 20
MOST_FILES: Final = 20_000
MOST_FILE_BYTES: Final = 1 << 50
_MARGIN_BYTES: Final = 256 << 20
_AT_ONCE: Final = 100
_STATUS: Final = ImportFile.Status
# A folder appears before its first row is committed.
_ORPHAN_AFTER_S: Final = 3600.0


@dataclass(frozen=True)
class Offered:
    """A file that a browser would send."""

    path: str
    size_bytes: int


def draft_create(*, owner: Any, dataset: Dataset | None = None) -> ImportDraft:
    """Make an empty draft, of a new dataset or of more for one that was imported."""
    if not is_engineer(owner):
        raise NotAllowed("Importing needs the engineer role; ask an administrator for it.")
    if dataset is not None:
        _extensible_prove(owner, dataset)
    now = timezone.now()
    with transaction.atomic():
        _lock(owner)
        if ImportDraft.objects.filter(owner=owner).count() >= MOST_DRAFTS:
            raise Invalid(
                f"You have {MOST_DRAFTS} imports, as many as one person may keep. "
                "Finish or delete one, then try again."
            )
        draft = ImportDraft(owner=owner, dataset=dataset, created_at=now, expires_at=now + KEPT)
        draft.full_clean()
        draft.save()
    folder_make(draft_folder(draft.owner_id, draft.pk))
    return draft


def offer(files: Iterable[Any]) -> list[Offered]:
    """Return what a browser offers, its names made safe; refused where it makes no sense."""
    offered = []
    for each in files:
        size_bytes = each.get("size") if isinstance(each, dict) else None
        is_number = isinstance(size_bytes, int) and not isinstance(size_bytes, bool)
        if size_bytes is None or not is_number or not 0 <= size_bytes <= MOST_FILE_BYTES:
            raise Invalid("Each file has a name and a size in bytes, at most 2^50.")
        offered.append(Offered(path_clean(each.get("path")), size_bytes))
    return offered


def files_offer(*, user: Any, draft: ImportDraft, files: Sequence[Offered]) -> list[ImportFile]:
    """Make room for files before anything of them is sent; return their rows in order.

    A file that the draft knows goes on where it stopped. One of the same name and another size
    takes the place of what had not come whole.

    Raises
    ------
    Invalid
        Where files, batch or person would have more than may be.
    Unavailable
        Where the disk cannot hold them.
    """
    if not files:
        raise Invalid("Choose at least one file.")
    with transaction.atomic():
        _lock(user)
        draft = _editable(user, draft)
        known = {row.path: row for row in draft.files.all()}
        unfinished: dict[tuple[str, int], list[ImportFile]] = {}
        for row in known.values():
            if row.status == _STATUS.COMING:
                unfinished.setdefault((name_of(row.path), row.size_bytes), []).append(row)
        rows: list[ImportFile] = []
        fresh: list[ImportFile] = []
        replaced: list[int] = []
        for each in files:
            found = known.get(each.path) or _moved(each, unfinished)
            if found is not None and found.size_bytes != each.size_bytes:
                if found.status != _STATUS.COMING or found.pk is None:
                    raise Invalid(
                        f"{each.path} is in this import already, with another content. "
                        "Remove that one first, or rename this one."
                    )
                replaced.append(found.pk)
                found = None
            if found is None:
                found = ImportFile(
                    draft=draft,
                    path=each.path,
                    stored=stored_name(each.path),
                    size_bytes=each.size_bytes,
                    status=_STATUS.COMING if each.size_bytes else _STATUS.RECEIVED,
                )
                fresh.append(found)
                known[found.path] = found
            rows.append(found)
        ImportFile.objects.filter(pk__in=replaced).delete()
        _room_prove(draft, fresh)
        ImportFile.objects.bulk_create(fresh)
        draft.expires_at = timezone.now() + KEPT
        draft.save(update_fields=["expires_at"])
    folder_make(draft_folder(draft.owner_id, draft.pk))
    return rows


def file_remove(*, user: Any, file: ImportFile) -> None:
    """Take one file out of a draft."""
    with transaction.atomic():
        draft = _editable(user, file.draft)
        file.delete()
        after_commit(_forget, draft.owner_id, draft.pk, file.stored)


def draft_delete(*, user: Any, draft: ImportDraft) -> None:
    """Delete a draft with everything that was sent for it; what it became stays."""
    seen = draft_get(user, draft.pk)
    if stage_of(seen) == Stage.IMPORTING and seen.job is not None and seen.job.is_active:
        raise Invalid("This import is under way. Cancel it first, then delete it.")
    _remove(draft)


def drafts_prune(*, now: datetime) -> int:
    """Delete the drafts whose time is over, the oldest first; return how many they were."""
    expired = ImportDraft.objects.filter(expires_at__lte=now).order_by("expires_at")
    waiting = expired.exclude(job__kind=IMPORT, job__status__in=Job.ACTIVE)
    return sum(_remove(draft) for draft in waiting[:_AT_ONCE])


def drafts_sweep() -> None:
    """Remove what killed processes left, folders of no draft, and bytes that are a dataset now."""
    parent = work_folder(UPLOADS)
    found: dict[int, list[Path | Stored]] = {}
    for path in parent.glob(f"*/{FOLDER}/*"):
        if ".trash-" in path.name:
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.isdecimal() and path.is_dir():
            found.setdefault(int(path.name), []).append(path)
    if stored(UPLOADS).path is None:
        for owner in stored(UPLOADS).names():
            folder = stored(UPLOADS, owner, FOLDER)
            for name in filter(str.isdecimal, folder.names()):
                found.setdefault(int(name), []).append(folder / name)
    drafts = ImportDraft.objects.filter(pk__in=found)
    imported = Q(job__kind=IMPORT, job__status=Job.Status.COMPLETED)
    done = set(drafts.filter(imported).values_list("pk", flat=True))
    known = set(drafts.values_list("pk", flat=True))
    for pk in found.keys() - (known - done):
        for place in found[pk]:
            if _is_old(place):
                logger.info("Removed the folder of import %d", pk)
                folder_discard(place) if isinstance(place, Path) else place.discard()


def draft_lock(draft: ImportDraft) -> ImportDraft:
    """Return the draft locked until the transaction ends."""
    locked = ImportDraft.objects.select_for_update(of=["self"]).filter(pk=draft.pk).first()
    if locked is None:
        raise NotFound("There is no such import.")
    return locked


def _extensible_prove(owner: Any, dataset: Dataset) -> None:
    if not may_manage(owner, dataset.store.owner_id):
        raise NotAllowed("Only its owner may add recordings to this dataset.")
    if not dataset.is_recorded:
        raise Invalid("This dataset was generated from a recipe; import into another one.")
    if dataset.status != Dataset.Status.READY:
        raise Invalid("This dataset is not ready yet; add to it when it is.")


def _editable(user: Any, draft: ImportDraft) -> ImportDraft:
    locked = draft_lock(draft)
    stage = stage_of(draft_get(user, locked.pk))
    if stage == Stage.READING:
        raise Invalid("The files are being read. Wait until that ends, or cancel it.")
    if stage in (Stage.IMPORTING, Stage.IMPORTED):
        raise Invalid("This import has become a dataset; begin another one for more files.")
    return locked


def _moved(each: Offered, unfinished: dict[tuple[str, int], list[ImportFile]]) -> ImportFile | None:
    """Return the one unfinished file that this may be, chosen again without its folder."""
    found = unfinished.get((name_of(each.path), each.size_bytes), [])
    return found[0] if len(found) == 1 and "/" not in each.path else None


def _room_prove(draft: ImportDraft, fresh: Sequence[ImportFile]) -> None:
    fresh_bytes = sum(file.size_bytes for file in fresh)
    n_files = draft.files.count() + len(fresh)
    if n_files > MOST_FILES:
        raise Invalid(
            f"These would be {thousands(n_files)} files; an import holds at most "
            f"{thousands(MOST_FILES)}. Divide them among several."
        )
    batch_bytes = fresh_bytes + _bytes_of(ImportFile.objects.filter(draft=draft))
    if batch_bytes > settings.IMPORT_MAX_BYTES:
        raise Invalid(
            f"These files have {size(batch_bytes)} together, more than the "
            f"{size(settings.IMPORT_MAX_BYTES)} that an import holds. Divide them among several."
        )
    own_bytes = fresh_bytes + _bytes_of(ImportFile.objects.filter(draft__owner=draft.owner_id))
    if own_bytes > settings.IMPORT_QUOTA_BYTES:
        raise Invalid(
            f"Your imports would hold {size(own_bytes)}; one person may have "
            f"{size(settings.IMPORT_QUOTA_BYTES)} waiting. Finish or delete one first."
        )
    space_prove(draft, fresh_bytes)


def space_prove(draft: ImportDraft, more_bytes: int) -> None:
    """Refuse what the disk cannot hold beside what it holds."""
    folder = draft_folder(draft.owner_id, draft.pk)
    try:
        folder_make(folder)
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        raise Unavailable(
            f"The portal's storage cannot be used ({error.strerror}). Tell an administrator."
        ) from error
    if free_bytes < more_bytes + _MARGIN_BYTES:
        raise Unavailable(
            f"These files need {size(more_bytes)} and {size(max(0, free_bytes - _MARGIN_BYTES))} "
            "are free. Send fewer, or tell an administrator."
        )


def _bytes_of(files: Any) -> int:
    return int(files.aggregate(total=Sum("size_bytes"))["total"] or 0)


def _lock(owner: Any) -> None:
    # Of two requests at once the second counts what the first has made.
    person_lock(owner.pk)


@transaction.atomic
def _remove(draft: ImportDraft) -> int:
    locked = ImportDraft.objects.select_for_update(of=["self"]).filter(pk=draft.pk).first()
    if locked is None:
        return 0  # somebody else was first
    if locked.job is not None and locked.job.is_active:
        job_cancel_request(user=locked.owner, job=locked.job)
    owner_id, pk = locked.owner_id, locked.pk
    locked.delete()
    after_commit(bytes_free, owner_id, pk)
    return 1


def bytes_free(owner_id: int, draft_id: int) -> None:
    """Remove what was sent for a draft, wherever it lies."""
    folder_discard(draft_folder(owner_id, draft_id))
    with suppress(OSError):  # the sweep tries again
        draft_sent(owner_id, draft_id).discard()


def _forget(owner_id: int, draft_id: int, name: str) -> None:
    (draft_folder(owner_id, draft_id) / name).unlink(missing_ok=True)
    with suppress(OSError):
        (draft_sent(owner_id, draft_id) / name).discard()


def _is_old(place: Path | Stored) -> bool:
    try:
        changed_s = place.stat().st_mtime if isinstance(place, Path) else place.changed_s()
    except FileNotFoundError:
        return False
    return time.time() - changed_s > _ORPHAN_AFTER_S
