"""The lines of a text file: encoding told from its bytes, lengths bounded, numbers kept."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from vibration.errors import FormatError
from vibration.formats.files import SourceFile

MAX_LINE_BYTES: Final = 1 << 25
MAX_TEXT_BYTES: Final = 2 << 30
_SAMPLE_BYTES: Final = 1 << 16
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS: Final = bytes({*range(32)} - {9, 10, 11, 12, 13, 26, 27})
_HIGH_BYTES: Final = re.compile(rb"[\x80-\xff]+")
_FEWEST_HIGH_BYTES: Final = 8
_GZIP: Final = b"\x1f\x8b"
_QUOTED: Final = 60


@dataclass(frozen=True)
class Line:
    """One line of a file with its number."""

    number: int
    text: str

    def quoted(self, name: str) -> str:
        """Return the start of a refusal: the line's number, the file and its own words."""
        return f"Line {self.number} of {name} ({self.text.strip()[:_QUOTED]!r})"


class TextLines:
    """The lines of an open text, one by one or in blocks, and the number of the last one read.

    `left_off` is the separator and the number of the first fields to leave off in blocks: some
    instruments write their key lines in columns of their own, to the left of the samples.
    """

    def __init__(self, text: IO[str], read_share: Callable[[], float] = lambda: 1.0) -> None:
        self._text, self._read_share = text, read_share
        self.number = 0
        self.left_off: tuple[str, int] | None = None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for line in self._text:
            self.number += 1
            yield self.number, line.rstrip("\r\n\x1a")

    def expected(self, n_rows: int) -> int:
        """Return how many rows the whole file will have, about, after so many of them."""
        return int(1.1 * n_rows / max(self._read_share(), 1e-3))

    def block(self, characters: int = 1 << 23) -> list[str]:
        """Return the next lines, of about that many characters; none at the end."""
        lines = self._text.readlines(characters)
        self.number += len(lines)
        if self.left_off is None:
            return lines
        separator, n = self.left_off
        return [line.split(separator, n)[-1] for line in lines]


class _Guarded(io.RawIOBase):
    """Bytes on their way to a text: a line without an end, or too much in all, is refused."""

    def __init__(self, inner: IO[bytes], file: SourceFile, read_bytes: Callable[[], int]) -> None:
        self._inner, self._file, self._name = inner, file, file.name
        self._read_bytes = read_bytes
        self._total = self._in_line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        content = self._inner.read(len(buffer))
        n = len(content)
        buffer[:n] = content
        self._total += n
        last = content.rfind(b"\n")
        self._in_line = self._in_line + n if last < 0 else n - last
        if self._in_line > MAX_LINE_BYTES:
            raise FormatError(
                f"{self._name} has a line longer than {MAX_LINE_BYTES >> 20} million bytes; "
                "write one sample a line."
            )
        self._file.prove_unpacked(self._total, self._read_bytes())
        if self._total > MAX_TEXT_BYTES:
            raise FormatError(f"{self._name} holds more than 2 GiB of text; use a binary format.")
        return n


@contextmanager
def opened_text(file: SourceFile) -> Iterator[TextLines]:
    """Open a text file, packed by gzip or not, in the encoding that its first bytes show.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Yields
    ------
    TextLines

    Raises
    ------
    FormatError
        Where the file is no text, is damaged gzip, unpacks to too much, or a line is too long.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("packed.csv.gz") as file, opened_text(file) as lines:
    ...     next(iter(lines))
    (1, 'Time (s),DE (g),FE (g)')
    """
    name = file.name
    with file.path.open("rb") as opened:
        is_gzip = opened.read(2) == _GZIP
        opened.seek(0)
        unpacked = gzip.GzipFile(fileobj=opened) if is_gzip else opened
        binary = io.BufferedReader(_Guarded(unpacked, file, opened.tell), _SAMPLE_BYTES)  # type: ignore[arg-type]
        try:
            encoding = encoding_of(binary.peek(_SAMPLE_BYTES)[:_SAMPLE_BYTES])
            if encoding is None:
                raise FormatError(f"{name} is not a text file, and of no other kind that is read.")
            with io.TextIOWrapper(binary, encoding=encoding, errors="replace") as text:
                size = max(1, file.path.stat().st_size)
                yield TextLines(text, lambda: opened.tell() / size)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise FormatError(
                f"{name} is damaged gzip, or was cut short; copy it once more."
            ) from error


def encoding_of(sample: bytes) -> str | None:
    """Return the encoding of a text by its first bytes, None for what is no text.

    A byte-order mark decides; else UTF-16 shows in its zero bytes; else UTF-8 where it is valid,
    GB 2312 where all that is no ASCII stands in pairs of it, and Latin-1 for the rest: only titles
    can differ then, digits are the same.

    Parameters
    ----------
    sample : bytes
        The first of the file.

    Returns
    -------
    str or None

    Examples
    --------
    >>> encoding_of(b"t;x"), encoding_of("°C".encode("latin-1")), encoding_of("t".encode("utf-16"))
    ('utf-8', 'latin-1', 'utf-16')
    """
    marked = next((encoding for mark, encoding in _BOMS if sample.startswith(mark)), None)
    if marked is not None:
        return marked
    if b"\0" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = max(8, len(sample) // 2)
        if min(even, odd) <= 0.05 * half and max(even, odd) >= 0.6 * half:
            return "utf-16-le" if odd > even else "utf-16-be"
        return None
    if len(sample.translate(None, _CONTROLS)) < 0.998 * len(sample):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "gb18030" if _is_gb2312(sample) else "latin-1"
    return "utf-8"


def _is_gb2312(sample: bytes) -> bool:
    """Tell Chinese text: Latin letters with marks do not come in pairs alone."""
    runs = _HIGH_BYTES.findall(sample)
    if len(runs) < 2 or any(len(run) % 2 for run in runs[:-1]):
        return False
    try:
        "".join(run.decode("gb2312") for run in runs[:-1])
    except UnicodeDecodeError:
        return False
    return sum(map(len, runs)) >= _FEWEST_HIGH_BYTES
