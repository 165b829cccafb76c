"""Receive the file of a recording, and read it."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, Final

from django.conf import settings
from django.core.files import File

from common.errors import Invalid, Unavailable
from common.text.names import name_shown
from vibration.errors import VibrationError
from vibration.formats import SUFFIXES, Reading, sandbox

FILE: Final = "file"
_NAME_CHARACTERS: Final = 200
_CHUNK_BYTES: Final = 1 << 20
# The samples are kept as 4 bytes each: whole numbers of 1 byte grow, and compressed ones.
_MOST_GROWTH: Final = 4


@dataclass(frozen=True, eq=False)
class Received:
    """A recording, and the file it was read from."""

    recording: Reading
    file_name: str
    size_bytes: int
    sha256: str


def recording_receive(*, file: "File[bytes]", file_name: str) -> Received:
    """Read a recording out of a file that a person sends; nothing of the file stays behind.

    Raises
    ------
    Invalid
        Where the file is too large, or cannot be read as vibration data.
    """
    name = name_shown(PurePosixPath(file_name).name)[-_NAME_CHARACTERS:] or "recording"
    size_prove(file.size, name=name)
    try:
        with NamedTemporaryFile(suffix=PurePosixPath(name).suffix[:10]) as copy:
            sha256 = _copy(file, copy)
            most_bytes = _MOST_GROWTH * settings.UPLOAD_MAX_BYTES
            recording = sandbox.read(copy.name, name=name, kept_bytes=2 * most_bytes)
    except VibrationError as error:
        raise _refused(f"{error} {_hint(str(error))}".strip()) from error
    except OSError as error:
        raise Unavailable(
            f"The portal cannot keep the file while it reads it ({error.strerror}). "
            "Tell an administrator."
        ) from error
    _samples_prove(recording, name)
    return Received(recording, name, file.size, sha256)


def size_prove(size_bytes: int, *, name: str = "The file") -> None:
    """Refuse what is larger than the limit, saying both sizes."""
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise _refused(
            f"{name} has {_megabytes(size_bytes)} MB; at most {limit_mb()} MB can be uploaded. "
            "Cut the recording shorter, or keep fewer of its channels."
        )


def limit_mb() -> int:
    """Return the size of the largest file in MB."""
    return int(settings.UPLOAD_MAX_BYTES) // 1_000_000


def printable(text: str) -> str:
    """Return a name from a file without what cannot be shown, or kept in a row."""
    return "".join(character for character in text if character.isprintable()).strip()


def _copy(file: "File[bytes]", copy: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks(_CHUNK_BYTES):
        digest.update(chunk)
        copy.write(chunk)
    copy.flush()
    return digest.hexdigest()


def _samples_prove(recording: Reading, name: str) -> None:
    size_bytes = 4 * sum(channel.samples.size for channel in recording.channels)
    most_bytes = _MOST_GROWTH * settings.UPLOAD_MAX_BYTES
    if size_bytes > most_bytes:
        raise _refused(
            f"{name} unpacks to {_megabytes(size_bytes)} MB of samples; at most "
            f"{_megabytes(most_bytes)} MB can be kept. Cut the recording shorter."
        )


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={FILE: [sentence]})


def _hint(sentence: str) -> str:
    """Name the formats, where the sentence does not name them already."""
    if SUFFIXES[0] in sentence and SUFFIXES[-1] in sentence:
        return ""
    *most, last = SUFFIXES
    return f"Recordings in {', '.join(most)} and {last} files are read."


def _megabytes(size_bytes: int) -> str:
    """Write a size so that one just above the limit reads as larger than it."""
    digits = 1 if size_bytes % 1_000_000 >= 50_000 or size_bytes % 1_000_000 == 0 else 6
    return f"{size_bytes / 1e6:.{digits}f}".removesuffix(".0")
