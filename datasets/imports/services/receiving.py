"""Take in the bytes of a draft's files, chunk by chunk, so that any of them can be sent again.

The row says how much has come; bytes beyond it are what a killed process wrote last, and are
written over. A chunk counts once its row is committed.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

from django.db import transaction

from common.errors import Expected, Invalid, NotFound, Unavailable
from common.refused import what_helps
from common.storage import folder_make
from datasets.imports.paths import draft_folder
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.models import ImportFile

CHUNK_BYTES: Final = 4 << 20
CHECKSUMS: Final = ("sha256", "sha1")
_READ_BYTES: Final = 256 << 10


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Conflict(Expected):
    """The chunk does not begin where the file ends."""


class Damaged(Expected):
    """The chunk does not have its checksum."""


@dataclass(frozen=True)
class Checksum:
    """What a chunk's bytes amount to, as its sender says."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> "Checksum | None":
        """Read the header of a chunk: `sha256 <Base64>`; None where there is none."""
        if not header:
            return None
        algorithm, _, text = header.partition(" ")
        if algorithm not in CHECKSUMS:
            raise Invalid(f"Checksums are {' or '.join(CHECKSUMS)}.")
        try:
            return cls(algorithm, base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError) as error:
            raise Invalid("The checksum is no Base64.") from error


def chunk_receive(
    *, file: ImportFile, offset: int, n_bytes: int, stream: Stream, checksum: Checksum | None
) -> ImportFile:
    """Write one chunk at `offset` of a file; return its row.

    Raises
    ------
    Conflict
        Where the file does not end at `offset`, as when a chunk comes twice.
    Damaged
        Where the chunk has another checksum: nothing of it counts.
    Invalid
        Where it is larger than a chunk or than what is missing, and where the import has become a
        dataset.
    Unavailable
        Where the disk fails.
    """
    if not 0 <= n_bytes <= CHUNK_BYTES:
        raise Invalid(f"A chunk has at most {CHUNK_BYTES} bytes.")
    with transaction.atomic():
        row = ImportFile.objects.select_for_update(of=["self"]).filter(pk=file.pk).first()
        if row is None:
            raise NotFound("There is no such file in your imports.")
        if row.received_bytes != offset:
            raise Conflict(f"{row.path} has {row.received_bytes} bytes, not {offset}.")
        if offset + n_bytes > row.size_bytes:
            raise Invalid(f"{row.path} was said to have {row.size_bytes} bytes; this is more.")
        stage = stage_of(draft_get(file.draft.owner, file.draft_id))
        if stage in (Stage.IMPORTING, Stage.IMPORTED):
            raise Invalid("This import has become a dataset; begin another one for more files.")
        path = draft_folder(file.draft.owner_id, file.draft_id) / row.stored
        is_last = offset + n_bytes == row.size_bytes
        with _told(), _opened(path, offset) as out:
            _copy(stream, out, n_bytes, checksum)
            if is_last:
                out.flush()
                os.fsync(out.fileno())
        row.received_bytes = offset + n_bytes
        if is_last and row.status == ImportFile.Status.COMING:
            row.status = ImportFile.Status.RECEIVED
        row.save(update_fields=["received_bytes", "status"])
    return row


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the file was written ({error.strerror}). "
            f"{what_helps(error)} It goes on where it stopped."
        ) from error


@contextmanager
def _opened(path: Path, offset: int) -> Iterator[IO[bytes]]:
    """Open a file at `offset`, cut off what lies beyond."""
    folder_make(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as out:
        if os.fstat(descriptor).st_size < offset:
            raise Conflict(f"{path.name} lost bytes on the disk; remove it and send it again.")
        out.truncate(offset)
        out.seek(offset)
        yield out


def _copy(stream: Stream, out: IO[bytes], n_bytes: int, checksum: Checksum | None) -> None:
    digest: Any = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    missing = n_bytes
    while missing and (block := stream.read(min(missing, _READ_BYTES))):
        out.write(block)
        missing -= len(block)
        if digest is not None:
            digest.update(block)
    if missing:
        raise Damaged("The chunk ended early; it is sent again.")
    if checksum is not None and digest.digest() != checksum.digest:
        raise Damaged("The chunk was damaged on its way; it is sent again.")
