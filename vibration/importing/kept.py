"""What is kept of one file, on its way into a dataset: facts, features and samples in one file.

Eight bytes of length, so much JSON, then the features of all blocks (float64) and their samples
(float32), block after block. It appears whole, so that an import goes on where it was killed.
"""

import json
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.features import FEATURE_NAMES
from vibration.store import whole_file, write_at

_HEAD: Final = struct.Struct("<8sQ")
_MAGIC: Final = b"BPKEPT01"
_MOST_HEADER_BYTES: Final = 64 << 20
PART_SAMPLES: Final = 1 << 20

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Part:
    """One recording of a file: its number and name there, and when it began (ISO 8601)."""

    number: int
    name: str
    recorded_at: str | None


@dataclass(frozen=True)
class Block:
    """One signal: so many samples of one channel.

    Attributes
    ----------
    channel : int
        Number among the channels of the plan.
    segment : int or None
        Number in its recording, from 1; None where it is the whole of it.
    n_samples : int
        Its length.
    rpm : float or None
        Mean speed by the tacho beside it, where nothing else states one.
    """

    channel: int
    segment: int | None
    n_samples: int
    rpm: float | None = None


class KeptFile:
    """What was kept of one file, read from the disk.

    Parameters
    ----------
    path : Path
        As `keep_file` wrote it.

    Attributes
    ----------
    parts : tuple of Part
        The recordings that something was kept of.
    blocks : tuple of Block
        In the order of channels and segments.
    notes : tuple of str
        What a person should know, in sentences.
    size_bytes : int
        Of the original file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            magic, length = _HEAD.unpack(file.read(_HEAD.size))
            if magic != _MAGIC or length > _MOST_HEADER_BYTES:
                raise VibrationError(f"{path.name} is not what an import keeps.")
            content = json.loads(file.read(length))
        self.parts = tuple(Part(**each) for each in content["parts"])
        self.blocks = tuple(Block(*each) for each in content["blocks"])
        self.notes = tuple(content["notes"])
        self.size_bytes = int(content["size_bytes"])
        self._features_at = _HEAD.size + length
        self._samples_at = self._features_at + 8 * len(self.blocks) * len(FEATURE_NAMES)

    @cached_property
    def features(self) -> npt.NDArray[np.float64]:
        """Features of the blocks, (n, 36), NaN where they are not defined."""
        count = len(self.blocks) * len(FEATURE_NAMES)
        values = np.fromfile(self.path, "<f8", count=count, offset=self._features_at)
        return values.reshape(-1, len(FEATURE_NAMES))

    def samples(self, number: int) -> Iterator[Samples]:
        """Give the samples of one block, by its number among the blocks, in parts."""
        first = int(self._before[number])
        last = first + self.blocks[number].n_samples
        for begin in range(first, last, PART_SAMPLES):
            count = min(PART_SAMPLES, last - begin)
            yield np.fromfile(self.path, "<f4", count=count, offset=self._samples_at + 4 * begin)

    @cached_property
    def _before(self) -> npt.NDArray[np.int64]:
        sizes = np.array([0, *(block.n_samples for block in self.blocks)], np.int64)
        return np.cumsum(sizes)


def write_kept(
    path: Path,
    *,
    parts: list[Part],
    blocks: list[Block],
    notes: list[str],
    size_bytes: int,
    measured: Callable[[Block], tuple[Iterable[Samples], npt.NDArray[np.float64]]],
) -> None:
    """Write what is kept of one file; it appears whole or not at all.

    Parameters
    ----------
    path : Path
        Where to.
    parts, blocks, notes, size_bytes
        As `KeptFile` gives them back.
    measured : callable
        Returns the samples of a block in parts, and its features (36,); called once for each, in
        order.

    Examples
    --------
    >>> import tempfile
    >>> values = [np.zeros(4, np.float32)], np.zeros(36)
    >>> facts = {"parts": [], "notes": [], "size_bytes": 0}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "one.kept"
    ...     write_kept(path, blocks=[Block(0, None, 4)], measured=lambda block: values, **facts)
    ...     list(KeptFile(path).samples(0))
    [array([0., 0., 0., 0.], dtype=float32)]
    """
    content: dict[str, Any] = {
        "parts": [asdict(part) for part in parts],
        "blocks": [list(astuple(block)) for block in blocks],
        "notes": notes,
        "size_bytes": size_bytes,
    }
    header = json.dumps(content).encode()
    features = np.empty((len(blocks), len(FEATURE_NAMES)), dtype="<f8")
    with whole_file(path) as partial, partial.open("r+b") as file:
        file.write(_HEAD.pack(_MAGIC, len(header)) + header)
        file.flush()
        features_at = file.tell()
        at = features_at + features.nbytes
        for number, block in enumerate(blocks):
            parts_of_it, features[number] = measured(block)
            for part in parts_of_it:
                write_at(file.fileno(), np.ascontiguousarray(part, dtype="<f4"), at)
                at += 4 * len(part)
        write_at(file.fileno(), features, features_at)
