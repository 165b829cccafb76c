"""What files would become: read, weighed against what a person says, and described for JSON.

The dry run of an import: no database, no service, nothing written but what a zip unpacks for a
moment.
"""

import csv
import hashlib
import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vibration.errors import FormatError, VibrationError
from vibration.formats.answers import contradicts, waits_with
from vibration.formats.archives import is_zip, opened_zip, unpacked
from vibration.formats.recording import Channel, Reading, Recording, Source
from vibration.formats.sandbox import read
from vibration.formats.words import words_of
from vibration.quantities import unit_of

FOLDER: Final = "folder"
NAME: Final = "name"
_HASH_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Said:
    """What a person says of all files.

    Attributes
    ----------
    fs_hz, rpm, unit
        For what the files do not state; a rate may not differ from a file's by more than 1 %, a
        speed takes the place of the file's.
    channels : tuple of str
        The channels to keep; all where it is empty.
    label_from, specimen_from : str
        ``folder``, ``name`` or the path of a CSV file with the columns file and label or specimen.
    """

    fs_hz: float | None = None
    rpm: float | None = None
    unit: str | None = None
    channels: tuple[str, ...] = ()
    label_from: str = ""
    specimen_from: str = ""


@dataclass
class Inspection:
    """Inspects files one after the other, and notices the same content twice."""

    said: Said = field(default_factory=Said)
    reader: Callable[[Path], Reading] = read
    _seen: dict[str, str] = field(default_factory=dict)
    _tables: dict[str, dict[str, str]] = field(default_factory=dict)

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
            reading = self.reader(path)
            self._prove_said(reading)
            recordings = self._chosen(reading)
        except (VibrationError, OSError) as error:
            said = (
                f"{path.name} cannot be opened ({error.strerror})."
                if (isinstance(error, OSError))
                else str(error)
            )
            return _refused(shown, said)
        answered = self.said.fs_hz is not None
        first = recordings[0]
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
                self._described(channel, recording, reading)
                for recording in recordings
                for channel in recording.channels
            ],
            "left_out": [{"name": e.name, "reason": e.reason} for e in reading.left_out],
            "label": self._from(self.said.label_from, path, shown, "label") or first.label,
            "specimen": self._from(self.said.specimen_from, path, shown, "specimen"),
            "recorded_at": first.recorded_at.isoformat() if first.recorded_at else None,
        }

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

    def _prove_said(self, reading: Reading) -> None:
        fs_hz = self.said.fs_hz
        if fs_hz is None:
            return
        if not (math.isfinite(fs_hz) and fs_hz > 0):
            raise FormatError(f"The sampling rate must be a positive number of Hz, not {fs_hz:g}.")
        for channel in reading.channels:
            against = contradicts(channel, fs_hz) if channel.is_measurable else ""
            if against:
                raise FormatError(f"{against}, which contradicts --fs {fs_hz:g}; leave --fs out.")

    def _chosen(self, reading: Reading) -> list[Recording]:
        wanted = self.said.channels
        if not wanted:
            return list(reading.recordings)
        kept = []
        for recording in reading.recordings:
            channels = tuple(c for c in recording.channels if c.name in wanted)
            if channels:
                kept.append(Recording(channels, recording.name, recording.label,
                                      recording.recorded_at))  # fmt: skip
        if not kept:
            reading.channel(wanted[0])  # says which there are
        return kept

    def _described(
        self, channel: Channel, recording: Recording, reading: Reading
    ) -> dict[str, Any]:
        said = self.said
        fs_hz, fs_source = channel.fs_hz, channel.source_of("fs_hz")
        if fs_hz is None and said.fs_hz is not None and waits_with(channel, reading):
            fs_hz, fs_source = said.fs_hz, Source.PERSON.value
        rpm, rpm_source = channel.rpm, channel.source_of("rpm")
        if said.rpm is not None and channel.is_measurable:
            rpm, rpm_source = said.rpm, Source.PERSON.value
        unit, quantity = channel.unit, channel.quantity
        if unit is None and said.unit and channel.is_vibration:
            known = unit_of(said.unit)
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

    def _from(self, where: str, path: Path, shown: str, column: str) -> str | None:
        if where == FOLDER:
            return Path(shown).parent.name or path.absolute().parent.name
        if where == NAME:
            return path.name.removesuffix(".gz").rpartition(".")[0] or path.name
        if not where:
            return None
        if where not in self._tables:
            self._tables[where] = table_of(Path(where), column)
        table = self._tables[where]
        return table.get(shown, table.get(Path(shown).name, table.get(Path(shown).stem)))


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


def table_of(path: Path, column: str) -> dict[str, str]:
    r"""Return file to label or specimen from a CSV file with these columns.

    Parameters
    ----------
    path : Path
        A CSV file whose first row names its columns.
    column : str
        ``label`` or ``specimen``.

    Returns
    -------
    dict of str to str

    Raises
    ------
    FormatError
        Where it cannot be read, or lacks a column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "labels.csv"
    ...     _ = path.write_text("File,Label\n1.csv,healthy\n")
    ...     table_of(path, "label")
    {'1.csv': 'healthy'}
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: Sequence[Mapping[str, str | None]] = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(
            f"{path.name} cannot be read as a CSV file of files and labels."
        ) from error
    names = {"".join(words_of(key)): key for key in (rows[0] if rows else {}) if key}
    if "file" not in names or column not in names:
        raise FormatError(f"{path.name} needs the columns file and {column}, with a row for each.")
    return {(row[names["file"]] or "").strip(): (row[names[column]] or "").strip() for row in rows}


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
