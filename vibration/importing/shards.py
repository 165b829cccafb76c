"""From what was kept of each file to the files of a dataset: a shard for each shape."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from vibration.features import FEATURE_NAMES
from vibration.importing.kept import Block, KeptFile
from vibration.importing.plan import PlannedChannel, PlannedFile
from vibration.store import (
    INDEX_KINDS,
    SIGNALS_FILE,
    Kind,
    StoreWriter,
    create_store,
    read_metadata,
)
from vibration.store.layout import TEXT_BYTES

UNIT_CHARACTERS: Final = 10
UNKNOWN_UNIT: Final = "unknown"
_KINDS: Final[dict[str, Kind]] = {
    **INDEX_KINDS,
    "channel": "text",
    "recording": "text",
    "segment": "number",
    "specimen": "text",
    "run": "text",
    "position": "number",
    "recorded_at": "text",
}

Shape = tuple[float, int, str]
Entry = tuple[PlannedFile, Path]


@dataclass(frozen=True, kw_only=True)
class ShardFacts:
    """One file of samples that was written.

    Attributes
    ----------
    number : int
        Name of its folder.
    first_row, n_rows : int
        Its rows among those of all shards.
    fs_hz, n_samples, unit
        What its records share.
    size_bytes, sha256
        Of the file.
    """

    number: int
    first_row: int
    n_rows: int
    fs_hz: float
    n_samples: int
    unit: str
    size_bytes: int
    sha256: str

    @property
    def shape(self) -> Shape:
        """Rate, length and unit."""
        return self.fs_hz, self.n_samples, self.unit


def shape_of(channel: PlannedChannel, block: Block) -> Shape:
    """Return rate, length and unit of a block: blocks that agree in these share a shard.

    Parameters
    ----------
    channel : PlannedChannel
        That it was cut from.
    block : Block

    Returns
    -------
    (float, int, str)

    Examples
    --------
    >>> channel = PlannedChannel(recording=0, channel=0, name="x", fs_hz=8.0)
    >>> shape_of(channel, Block(0, None, 4))
    (8.0, 4, 'unknown')
    """
    unit = channel.unit.strip()[:UNIT_CHARACTERS] or UNKNOWN_UNIT
    return float(channel.fs_hz), block.n_samples, unit


def write_shards(
    entries: Sequence[Entry],
    folder: Path,
    *,
    first_number: int = 1,
    first_row: int = 0,
    check: Callable[[], None] = lambda: None,
) -> list[ShardFacts]:
    """Write the shards of an import; the same files in the same order give the same bytes.

    Parameters
    ----------
    entries : sequence of (PlannedFile, Path)
        The plan of each file, and where it was kept.
    folder : Path
        Receives a folder for each shard, each whole.
    first_number, first_row : int
        Of the first shard: others may be there already.
    check : callable
        Called now and then; what it raises ends the work.

    Returns
    -------
    list of ShardFacts
        In the order of their numbers.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_shards([], Path(folder))
    []
    """
    places = _places(entries)
    written: list[ShardFacts] = []
    for number, (shape, found) in enumerate(places.items(), start=first_number):
        fs_hz, n_samples, unit = shape
        n_rows = sum(len(blocks) for _, blocks in found)
        target = folder / str(number)
        with create_store(
            target,
            n=n_rows,
            n_samples=n_samples,
            fs_hz=fs_hz,
            unit=unit,
            feature_names=FEATURE_NAMES,
            kinds=_KINDS,
            recipe={"import": {"files": len(found)}},
        ) as writer:
            row = 0
            for place, blocks in found:
                row = _write_file(writer, entries[place], blocks, row)
                check()
        facts = read_metadata(target)["files"][SIGNALS_FILE]
        written.append(
            ShardFacts(
                number=number,
                first_row=first_row,
                n_rows=n_rows,
                fs_hz=fs_hz,
                n_samples=n_samples,
                unit=unit,
                size_bytes=facts["bytes"],
                sha256=facts["sha256"],
            )
        )
        first_row += n_rows
    return written


def _places(entries: Iterable[Entry]) -> dict[Shape, list[tuple[int, list[int]]]]:
    """Return for each shape which blocks of which files have it, in the files' order."""
    places: dict[Shape, list[tuple[int, list[int]]]] = {}
    for place, (planned, path) in enumerate(entries):
        here: dict[Shape, list[int]] = {}
        for number, block in enumerate(KeptFile(path).blocks):
            here.setdefault(shape_of(planned.channels[block.channel], block), []).append(number)
        for shape, blocks in here.items():
            places.setdefault(shape, []).append((place, blocks))
    return places


def _write_file(writer: StoreWriter, entry: Entry, blocks: list[int], row: int) -> int:
    planned, path = entry
    kept = KeptFile(path)
    shared = {
        "class": planned.label,
        "severity": planned.severity,
        "recording": _cut(PurePosixPath(planned.name).name),
        "specimen": _cut(planned.specimen),
        "run": _cut(planned.run),
        "position": planned.position,
        "recorded_at": planned.recorded_at.isoformat() if planned.recorded_at else "",
    }
    for number in blocks:
        block = kept.blocks[number]
        channel = planned.channels[block.channel]
        own = {"channel": _cut(channel.name), "segment": block.segment, "rpm": channel.rpm}
        columns = dict.fromkeys(_KINDS) | shared | own
        writer.write_parts(row, kept.samples(number))
        writer.write_row(row, kept.features[number], columns)
        row += 1
    return row


def _cut(text: str) -> str:
    return text.encode()[:TEXT_BYTES].decode(errors="ignore")
