"""Keep one file: read it in a limited child, cut its channels, measure them, write them down."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError, VibrationError
from vibration.features import FEATURE_NAMES, MIN_FEATURE_SAMPLES, extract
from vibration.formats import Channel, Reading, sandbox
from vibration.formats.answers import with_rate
from vibration.formats.blocks import blocks as blocks_of
from vibration.formats.blocks import let_go
from vibration.formats.room import room_of
from vibration.importing.kept import Block, Part, Samples, write_kept
from vibration.importing.plan import PlannedChannel, PlannedFile
from vibration.importing.speeds import TachoSpeeds
from vibration.store import whole_file

MOST_FEATURE_SAMPLES: Final = 1 << 22  # 370 MB of memory while they are computed
MOST_BLOCKS: Final = 1_000_000
MOST_SAMPLES: Final = (1 << 30) - 1  # 4 GiB, what HDF5 keeps in one piece
_COPY_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """How recordings are cut.

    Attributes
    ----------
    segment_samples : int or None
        Length of the segments; None keeps whole records.
    overlap : float
        Share of a segment that the next one repeats, from 0 to below 1.
    """

    segment_samples: int | None = None
    overlap: float = 0.0

    def starts(self, n_samples: int) -> list[int]:
        """Return where the segments of a record begin; what is left over at its end is not kept."""
        length = self.segment_samples
        if length is None:
            return [0]
        step = max(1, round(length * (1.0 - self.overlap)))
        return list(range(0, n_samples - length + 1, step))


def kept_name(planned: PlannedFile, cutting: Cutting) -> str:
    """Return the name under which a file is kept: another plan for it has another name.

    Parameters
    ----------
    planned : PlannedFile
        The file.
    cutting : Cutting
        How it is cut.

    Returns
    -------
    str
        Of letters and digits.

    Examples
    --------
    >>> one = PlannedFile(path=Path("a"), name="a", sha256="00", format="csv")
    >>> kept_name(one, Cutting()) == kept_name(one, Cutting(segment_samples=100))
    False
    """
    decides = [
        planned.sha256,
        asdict(cutting),
        [asdict(each) for each in planned.channels],
        planned.pulses_per_turn,
    ]
    digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    return f"{planned.sha256[:32]}-{digest[:24]}"


def keep_file(planned: PlannedFile, cutting: Cutting, target: Path, original: Path | None) -> None:
    """Write what the plan keeps of a file, and a copy of the file itself where it is wanted.

    Parameters
    ----------
    planned : PlannedFile
        The file and its channels.
    cutting : Cutting
        Whole records, or segments.
    target : Path
        Where the channels go; it appears whole.
    original : Path or None
        Where the copy of the file goes; None keeps no copy.

    Raises
    ------
    FormatError
        In one sentence: why nothing is kept of this file.
    StorageFullError
        Where the disk is full.

    Examples
    --------
    >>> import hashlib, tempfile
    >>> channel = PlannedChannel(recording=0, channel=0, name="x", fs_hz=8000.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path, target = Path(folder) / "a.npy", Path(folder) / "a.kept"
    ...     np.save(path, np.sin(np.arange(4096)))
    ...     digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ...     planned = PlannedFile(
    ...         path=path, name="a.npy", sha256=digest, format="npy", channels=(channel,)
    ...     )
    ...     keep_file(planned, Cutting(segment_samples=2048), target, None)
    ...     target.is_file()
    True
    """
    title = PurePosixPath(planned.name).name
    size_bytes = _hashed(planned, original)
    reading = sandbox.read(
        planned.path,
        name=None if planned.path.name == title else title,
        folders=() if planned.path.name == title else PurePosixPath(planned.name).parts[:-1],
        room=target.parent,
    )
    with room_of(None):
        channels = [_channel(reading, each, title) for each in planned.channels]
    blocks, starts, notes = _blocks(channels, cutting, planned, title)

    def measured(block: Block) -> tuple[Iterable[Samples], npt.NDArray[np.float64]]:
        first = starts[block]
        piece = channels[block.channel].samples[first : first + block.n_samples]
        channel = planned.channels[block.channel]
        if piece.size > MOST_FEATURE_SAMPLES:
            return _single_parts(piece, channel, title), np.full(len(FEATURE_NAMES), np.nan)
        return _measured(piece, channel, block.rpm, title)

    write_kept(
        target,
        parts=_parts(reading, planned),
        blocks=blocks,
        notes=notes,
        size_bytes=size_bytes,
        measured=measured,
    )


def _hashed(planned: PlannedFile, original: Path | None) -> int:
    """Prove that the file is still the one that was planned, and copy it on the way."""
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with planned.path.open("rb") as file:
            if original is None or original.is_file():
                while block := file.read(_COPY_BYTES):
                    digest.update(block)
                    size_bytes += len(block)
            else:
                with whole_file(original) as partial, partial.open("wb") as copy:
                    while block := file.read(_COPY_BYTES):
                        digest.update(block)
                        size_bytes += copy.write(block)
                    _prove_same(planned, digest.hexdigest())
    except OSError as error:
        raise FormatError(f"{planned.name} cannot be opened ({error.strerror}).") from error
    _prove_same(planned, digest.hexdigest())
    return size_bytes


def _prove_same(planned: PlannedFile, found: str) -> None:
    if planned.sha256 != found:
        raise FormatError(f"{planned.name} has changed since it was looked at; import it again.")


def _channel(reading: Reading, wanted: PlannedChannel, title: str) -> Channel:
    try:
        channel = reading.recordings[wanted.recording].channels[wanted.channel]
    except IndexError as error:
        raise FormatError(
            f"{title} has no channel {wanted.name} any more; look at it once more."
        ) from error
    if channel.times_s is not None:
        channel = with_rate(channel, wanted.fs_hz)
    return channel


def _blocks(
    channels: list[Channel], cutting: Cutting, planned: PlannedFile, title: str
) -> tuple[list[Block], dict[Block, int], list[str]]:
    starts: dict[Block, int] = {}
    speeds = TachoSpeeds(planned, channels)
    notes = list(speeds.notes)
    for number, channel in enumerate(channels):
        n_samples = int(channel.samples.size)
        length = cutting.segment_samples or n_samples
        found = cutting.starts(n_samples)
        if length > MOST_SAMPLES:
            raise FormatError(
                f"{channel.name} of {title} has {n_samples} samples, more than one signal holds; "
                "import it in segments."
            )
        if not found or length < 1:
            notes.append(
                f"{channel.name} of {title} has {n_samples} samples, fewer than a segment of "
                f"{length}; it is left out."
            )
        if len(found) + len(starts) > MOST_BLOCKS:
            raise FormatError(f"{title} falls into more than {MOST_BLOCKS} segments; cut longer.")
        for segment, start in enumerate(found, start=1):
            said = planned.channels[number]
            rpm = None
            if said.is_vibration and said.rpm is None:
                ends_s = (start / said.fs_hz, (start + length) / said.fs_hz)
                rpm = speeds.rpm(said.recording, *ends_s)
            block = Block(number, segment if cutting.segment_samples else None, length, rpm)
            starts[block] = start
        if found and length > MOST_FEATURE_SAMPLES and planned.channels[number].is_vibration:
            notes.append(
                f"{channel.name} of {title} has {n_samples} samples, too many for features; "
                "import it in segments to have them."
            )
    if not starts:
        raise FormatError(notes[-1] if notes else f"Nothing of {title} is to be kept.")
    return list(starts), starts, notes


def _measured(
    piece: npt.NDArray[Any], planned: PlannedChannel, rpm: float | None, title: str
) -> tuple[list[Samples], npt.NDArray[np.float64]]:
    samples = _single(piece, planned, title)
    features = np.full(len(FEATURE_NAMES), np.nan)
    if planned.is_vibration and samples.size >= MIN_FEATURE_SAMPLES:
        rpm = planned.rpm or rpm
        features = extract(samples, planned.fs_hz, rpm / 60 if rpm else None)
    let_go(piece)
    return [samples], features


def _single_parts(
    piece: npt.NDArray[Any], planned: PlannedChannel, title: str
) -> Iterator[Samples]:
    for _, part in blocks_of(piece):
        yield _single(part, planned, title)


def _single(part: npt.NDArray[Any], planned: PlannedChannel, title: str) -> Samples:
    with np.errstate(over="ignore"):  # said below, in words
        samples = np.ascontiguousarray(part, dtype=np.float32)
    if not np.isfinite(samples).all():
        raise FormatError(
            f"{planned.name} of {title} has values beyond 3.4e38, the largest that can be kept. "
            "Scale it down."
        )
    return samples


def _parts(reading: Reading, planned: PlannedFile) -> list[Part]:
    numbers = sorted({each.recording for each in planned.channels})
    if any(number >= len(reading.recordings) for number in numbers):
        raise VibrationError(f"{planned.name} holds fewer recordings than were planned.")
    found = [(number, reading.recordings[number]) for number in numbers]
    return [
        Part(number, each.name, each.recorded_at.isoformat() if each.recorded_at else None)
        for number, each in found
    ]
