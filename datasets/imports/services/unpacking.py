"""Put the files of an archive in its place: entry by entry, then all their rows at once."""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from common.database import after_commit, retried
from common.errors import Invalid, Unavailable
from common.refused import what_helps
from common.storage import folder_make
from common.text.names import name_shown
from datasets.imports.paths import path_clean, stored_name
from datasets.imports.services.drafts import MOST_FILES, draft_lock, space_prove
from datasets.models import ImportDraft, ImportFile
from datasets.models.imports import LONGEST_PATH, LONGEST_REASON
from vibration.errors import FormatError
from vibration.formats.archives import Entry, is_zip, opened_zip, unpacked

UNPACKING: Final = "unpacking"
_STATUS: Final = ImportFile.Status


def zip_is_there(path: Path) -> bool:
    try:
        return is_zip(path)
    except OSError:
        return False


def archive_unpack(draft: ImportDraft, archive: ImportFile, folder: Path) -> None:
    """Put an archive's files in its place; one that cannot be read is refused as a whole."""
    place = folder / UNPACKING
    path = folder / archive.stored
    try:
        with opened_zip(path, archive.path, max_bytes=2 * settings.IMPORT_MAX_BYTES) as opened:
            zipped, entries, left_out = opened
            space_prove(draft, sum(entry.size_bytes for entry in entries))
            if draft.files.count() + len(entries) > MOST_FILES:
                raise FormatError(f"{archive.path} holds too many files; divide it.")
            folder_make(place)
            rows = [_unpacked(zipped, entry, archive, place, folder) for entry in entries]
    except FormatError as error:
        retried(partial(file_refuse, archive, str(error)))
        return
    finally:
        shutil.rmtree(place, ignore_errors=True)
    rows += [_left_out(archive, each.name, each.reason) for each in left_out]
    retried(partial(_unpacked_keep, draft, archive, _each_once(draft, rows), path))


def _unpacked(
    zipped: Any, entry: Entry, archive: ImportFile, place: Path, folder: Path
) -> ImportFile:
    row = _row_of(archive, entry.name)
    row.size_bytes = row.received_bytes = entry.size_bytes
    row.status = _STATUS.RECEIVED
    try:
        unpacked(zipped, entry, place, archive.path).rename(folder / row.stored)
    except FormatError as error:
        row.status, row.reason = _STATUS.REFUSED, words_cut(str(error), LONGEST_REASON)
    except OSError as error:
        raise Unavailable(
            f"The storage failed while {archive.path} was unpacked ({error.strerror}). "
            f"{what_helps(error)}"
        ) from error
    return row


def _left_out(archive: ImportFile, name: str, reason: str) -> ImportFile:
    row = _row_of(archive, name)
    row.status = _STATUS.REFUSED
    row.reason = words_cut(f"It is left out: {reason}.", LONGEST_REASON)
    return row


def _row_of(archive: ImportFile, name: str) -> ImportFile:
    stem = archive.path[: -len(".zip")] or "archive"
    try:
        path = path_clean(f"{stem}/{name}")
    except Invalid:
        path = path_clean(f"{stem}/{PurePosixPath(name).name[-60:] or 'entry'}"[-LONGEST_PATH:])
    return ImportFile(draft_id=archive.draft_id, path=path, stored=stored_name(path), size_bytes=0)


def _each_once(draft: ImportDraft, rows: Sequence[ImportFile]) -> list[ImportFile]:
    """Give each row a path of its own."""
    taken = set(draft.files.values_list("path", flat=True))
    for row in rows:
        path, number = row.path, 2
        while row.path in taken:
            row.path = f"{path[: LONGEST_PATH - 8]} ({number})"
            number += 1
        taken.add(row.path)
    return list(rows)


@transaction.atomic
def _unpacked_keep(
    draft: ImportDraft, archive: ImportFile, rows: list[ImportFile], path: Path
) -> None:
    draft_lock(draft)
    if not ImportFile.objects.filter(pk=archive.pk).exists():
        return  # the commit arrived, only its answer was lost
    ImportFile.objects.bulk_create(rows)
    archive.delete()
    after_commit(path.unlink, missing_ok=True)


def file_refuse(file: ImportFile, reason: str) -> None:
    file.status = _STATUS.REFUSED
    file.reason = words_cut(reason, LONGEST_REASON)
    file.save(update_fields=["status", "reason", "sha256"])


def words_cut(text: str, longest: int) -> str:
    return name_shown(text)[:longest]
