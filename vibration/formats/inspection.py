"""What files would become: read, weighed against what a person says, and described for JSON.

The dry run of an import: no database, no service, nothing written but what a zip unpacks for a
moment.
"""

import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from vibration.errors import FormatError, VibrationError
from vibration.formats.answers import contradicts, waits_with
from vibration.formats.archives import is_zip, opened_zip, unpacked
from vibration.formats.recording import Channel, Reading, Recording, Source
from vibration.formats.sandbox import read
from vibration.formats.sayings import Said, Sayings
from vibration.quantities import unit_of

__all__ = ["Inspection", "Said", "files_below"]

_HASH_BYTES: Final = 1 << 20

# Facts of `vibration.formats.said_values` that stand in the description only where they are said.
_BESIDE: Final = (
    "severity", "bearing", "run", "load", "pulses_per_turn", "fault_size_mm", "fault_location",
)  # fmt: skip


@dataclass
class Inspection:
    """Inspects files one after the other, and notices the same content twice.

    Attributes
    ----------
    said : Said
        Its tables and its pattern are read, and refused, when the inspection is made.
    reader : callable
    only : tuple of str
        The channels that the last described file was asked for; all where it is empty.
    sayings : Sayings
    """

    said: Said = field(default_factory=Said)
    reader: Callable[[Path], Reading] = read
    only: tuple[str, ...] = field(init=False, default=())
    sayings: Sayings = field(init=False)
    _seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sayings = Sayings(self.said)

    def of_paths(self, paths: Iterable[str | os.PathLike[str]]) -> Iterator[dict[str, Any]]:
        """Give a description for each file among files, folders and zip archives, as they come.

        Parameters
        ----------
        paths : iterable of path-like

        Yields
        ------
        dict
            ``file``, ``accepted``, ``format``, ``reason``, ``questions``, ``channels``,
            ``left_out``, ``label``, ``specimen``, ``recorded_at``; JSON can hold it.
        """
        for each in paths:
            path = Path(each)
            if path.is_dir():
                for inner in files_below(path):
                    yield from self._of_file(inner, str(inner))
            else:
                yield from self._of_file(path, str(each))

    def _of_file(self, path: Path, shown: str) -> Iterator[dict[str, Any]]:
        if self.sayings.is_table(path):
            return
        if path.is_file() and is_zip(path):
            yield from self._of_zip(path, shown)
        else:
            yield self.of_file(path, shown)

    def _of_zip(self, path: Path, shown: str) -> Iterator[dict[str, Any]]:
        try:
            with (
                opened_zip(path, path.name) as (archive, entries, left_out),
                tempfile.TemporaryDirectory(prefix="unpacked-") as folder,
            ):
                for each in left_out:
                    yield _refused(f"{shown}/{each.name}", f"It is left out: {each.reason}.")
                # Side-cars first: they speak for the recordings beside them.
                entries.sort(key=lambda entry: not entry.name.lower().endswith(".json"))
                for entry in entries:
                    name = f"{shown}/{entry.name}"
                    try:
                        inner = unpacked(archive, entry, Path(folder), shown)
                    except FormatError as error:
                        yield _refused(name, str(error))
                        continue
                    yield self.of_file(inner, name)
                    if not entry.name.lower().endswith(".json"):
                        inner.unlink()
        except FormatError as error:
            yield _refused(shown, str(error))

    def of_file(self, path: Path, shown: str) -> dict[str, Any]:
        """Return the description of one file."""
        try:
            self._prove_new(path, shown)
            facts = self.sayings.of(path, shown)
            reading = self.reader(path)
            self._prove_rate(reading, facts)
            recordings = self._chosen(reading, facts)
        except (VibrationError, OSError) as error:
            said = (
                f"{path.name} cannot be opened ({error.strerror})."
                if (isinstance(error, OSError))
                else str(error)
            )
            return _refused(shown, said)
        answered = facts.get("fs_hz", self.said.fs_hz) is not None
        first = recordings[0]
        began = facts.get("recorded_at") or first.recorded_at
        return {
            "file": shown,
            "accepted": True,
            "format": reading.format,
            "reason": None,
            "questions": [
                {"about": q.about, "proposal": q.proposal, "sentence": q.sentence}
                for q in reading.questions
                if not (answered and q.about in ("fs_hz", "times"))
            ],
            "channels": [
                self._described(channel, recording, reading, facts)
                for recording in recordings
                for channel in recording.channels
            ],
            "left_out": [{"name": e.name, "reason": e.reason} for e in reading.left_out],
            "label": facts.get("label") or first.label,
            "specimen": facts.get("specimen"),
            "recorded_at": began.isoformat() if began else None,
        } | {name: facts[name] for name in _BESIDE if name in facts}

    def _prove_new(self, path: Path, shown: str) -> None:
        if not path.is_file():
            return  # the reader says so
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_HASH_BYTES):
                digest.update(block)
        first = self._seen.setdefault(digest.hexdigest(), shown)
        if first != shown:
            raise FormatError(f"{path.name} has the same content as {first}; it is read once.")

    def _prove_rate(self, reading: Reading, facts: Mapping[str, Any]) -> None:
        fs_hz = facts.get("fs_hz", self.said.fs_hz)
        if fs_hz is None:
            return
        if not (math.isfinite(fs_hz) and fs_hz > 0):
            raise FormatError(f"The sampling rate must be a positive number of Hz, not {fs_hz:g}.")
        told = "the table or pattern says" if "fs_hz" in facts else "--fs says"
        for channel in reading.channels:
            against = contradicts(channel, fs_hz) if channel.is_measurable else ""
            if against:
                raise FormatError(
                    f"{against}, which contradicts the {fs_hz:g} Hz that {told}; leave that out."
                )

    def _chosen(self, reading: Reading, facts: Mapping[str, Any]) -> list[Recording]:
        self.only = wanted = facts.get("channel") or self.said.channels
        if not wanted:
            return list(reading.recordings)
        if "channel" in facts and len(wanted) == len(reading.channels) == 1:
            self.only = ()  # one channel, and what it measured: it is called so
            (recording,) = reading.recordings
            named = replace(recording.channels[0], name=wanted[0])
            return [replace(recording, channels=(named,))]
        kept = []
        for recording in reading.recordings:
            channels = tuple(c for c in recording.channels if c.name in wanted)
            if channels:
                kept.append(replace(recording, channels=channels))
        if not kept:
            reading.channel(wanted[0])  # says which there are
        return kept

    def _described(
        self, channel: Channel, recording: Recording, reading: Reading, facts: Mapping[str, Any]
    ) -> dict[str, Any]:
        said = {
            name: facts.get(name, getattr(self.said, name)) for name in ("fs_hz", "rpm", "unit")
        }
        fs_hz, fs_source = channel.fs_hz, channel.source_of("fs_hz")
        if fs_hz is None and said["fs_hz"] is not None and waits_with(channel, reading):
            fs_hz, fs_source = said["fs_hz"], Source.PERSON.value
        rpm, rpm_source = channel.rpm, channel.source_of("rpm")
        if said["rpm"] is not None and channel.is_measurable:
            rpm, rpm_source = said["rpm"], Source.PERSON.value
        unit, quantity = channel.unit, channel.quantity
        if unit is None and said["unit"] and channel.is_vibration:
            known = unit_of(said["unit"])
            unit, quantity = known.name, known.quantity.name
        return {
            "recording": recording.name,
            "name": channel.name,
            "fs_hz": fs_hz,
            "fs_source": fs_source,
            "rpm": rpm,
            "rpm_source": rpm_source,
            "n_samples": int(channel.samples.size),
            "unit": unit,
            "quantity": quantity,
            "vibration": channel.is_vibration,
        }


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder in their names' order; hidden ones and links are not read.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("b.csv", "a.csv", ".hidden"):
    ...         _ = (Path(folder) / name).write_text("")
    ...     [path.name for path in files_below(Path(folder))]
    ['a.csv', 'b.csv']
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        paths = (Path(parent) / name for name in sorted(names) if not name.startswith("."))
        found += [path for path in paths if path.is_file() and not path.is_symlink()]
    return found


def _refused(shown: str, reason: str) -> dict[str, Any]:
    return {
        "file": shown,
        "accepted": False,
        "format": None,
        "reason": reason,
        "questions": [],
        "channels": [],
        "left_out": [],
        "label": None,
        "specimen": None,
        "recorded_at": None,
    }
