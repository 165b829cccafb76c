"""The file that a reader is given: where it lies, what it is called, how much may be kept of it."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from vibration.errors import FormatError
from vibration.formats.facts import is_usual_rate

KEPT_BYTES: Final = 4 << 30
# Text of noise in its last digit packs to a sixteenth, of one live channel beside three silent
# ones to a fourteenth; what packs better than to a fiftieth unpacks to hours of nothing.
MAX_RATIO: Final = 50
FREE_BYTES: Final = 32 << 20
_RATE_IN_NAME: Final = re.compile(
    r"(?<![\d.])(\d+(?:[.,]\d+)?)\s*_?(k?)(hz|sps|s/s)?(?![a-z\d])", re.I
)
_FOLDERS_READ: Final = 3


@dataclass(frozen=True)
class SourceFile:
    """A file to read.

    Attributes
    ----------
    path : Path
        Where its bytes lie.
    name : str
        What it is called where its path does not say, as for an upload.
    folders : tuple of str
        The folders above it, the nearest last: some data sets say there what no file says.
    kept_bytes : int
        The samples that may be kept of it; counted before they are unpacked.
    has_neighbours : bool
        Whether side-cars may be looked for beside it.
    packed_bytes : int or None
        How large it was brought, where the path is an unpacked copy.
    """

    path: Path
    name: str
    folders: tuple[str, ...] = ()
    kept_bytes: int = KEPT_BYTES
    has_neighbours: bool = False
    packed_bytes: int | None = None

    @property
    def stem(self) -> str:
        """Return the name without `.gz` and its last suffix."""
        name = PurePosixPath(self.name).name
        return PurePosixPath(name.removesuffix(".gz").removesuffix(".GZ")).stem

    @property
    def suffix(self) -> str:
        """Return the suffix in lower case, `.gz` taken off."""
        name = PurePosixPath(self.name).name.lower().removesuffix(".gz")
        return PurePosixPath(name).suffix

    @property
    def places(self) -> tuple[str, ...]:
        """Return the nearest folders and the stem, the nearest first."""
        return (self.stem, *reversed(self.folders[-_FOLDERS_READ:]))

    def prove_kept(self, n_bytes: int) -> None:
        """Refuse a file of which too much would be kept.

        Raises
        ------
        FormatError
            Where more than `kept_bytes` would be.
        """
        if n_bytes > self.kept_bytes:
            raise FormatError(
                f"{self.name} unpacks to {_megabytes(n_bytes)} MB of samples; at most "
                f"{_megabytes(self.kept_bytes)} MB can be kept. Cut the recording shorter."
            )

    def prove_unpacked(
        self, n_bytes: int, read_bytes: int | None = None, *, most: int = MAX_RATIO
    ) -> None:
        """Refuse a file that unpacks to more than any recording does, while it is counted.

        Parameters
        ----------
        n_bytes : int
            What it was unpacked to, or says that it unpacks to.
        read_bytes : int, optional
            What that was unpacked from; by default the whole file.
        most : int
            How many times that it may be.

        Raises
        ------
        FormatError
            Where it is more than `most` times what the file takes, and more than a little.
        """
        if n_bytes <= FREE_BYTES:
            return
        if n_bytes > most * (read_bytes or self.packed_bytes or self.path.stat().st_size):
            raise FormatError(
                f"{self.name} unpacks to more than {most} times its size, as a recording does "
                "only where nothing moves; if it is one, save it without compression."
            )

    def rate_hint(self) -> tuple[float, str] | None:
        """Return a rate that the file's name or a folder speaks of: to propose, never to use."""
        for place in self.places:
            for found in _RATE_IN_NAME.finditer(place):
                digits, kilo, unit = found.groups()
                if not (kilo or (unit and len(digits) > 3)):
                    continue
                fs_hz = float(digits.replace(",", ".")) * (1000.0 if kilo else 1.0)
                if is_usual_rate(fs_hz) and fs_hz >= 500:
                    return fs_hz, f"The name {place!r} speaks of {fs_hz:g} Hz."
        return None


def _megabytes(n_bytes: int) -> str:
    digits = 1 if n_bytes % 1_000_000 >= 50_000 or n_bytes % 1_000_000 == 0 else 6
    return f"{n_bytes / 1e6:.{digits}f}".removesuffix(".0")
