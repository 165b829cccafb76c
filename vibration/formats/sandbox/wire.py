"""A reading on its way out of the child: JSON for the facts, raw numbers in files for the samples.

Samples that the reading laid into a file of its own stay there; the others are written into one.
Nothing that comes out of the child is unpickled or trusted: types, sizes and places are checked.
"""

import json
import mmap
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import blocks, map_of
from vibration.formats.recording import (
    Channel,
    LeftOut,
    Origin,
    Question,
    Reading,
    Recording,
    Source,
    Statement,
)
from vibration.formats.room import SampleMap, samples_path

_TYPES: Final = ("<f4", "<f8")
_ALIGNED: Final = 64


def packed(reading: Reading, output: IO[bytes]) -> dict[str, Any]:
    """Write the samples to a file, and return the rest as what JSON can hold.

    Parameters
    ----------
    reading : Reading
    output : binary file
        Open for writing.

    Returns
    -------
    dict

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> output = io.BytesIO()
    >>> content = packed(Reading.of_channels("csv", [Channel("DE", np.zeros(8))]), output)
    >>> content["format"], len(output.getvalue())
    ('csv', 64)
    """
    return {
        "format": reading.format,
        "questions": [asdict(question) for question in reading.questions],
        "left_out": [asdict(each) for each in reading.left_out],
        "recordings": [
            {
                "name": each.name,
                "label": each.label,
                "recorded_at": each.recorded_at and each.recorded_at.isoformat(),
                "facts": {key: str(value) for key, value in each.facts.items()},
                "origins": _origins_out(each.origins),
                "channels": [_channel_out(channel, output) for channel in each.channels],
            }
            for each in reading.recordings
        ],
    }


def _channel_out(channel: Channel, output: IO[bytes]) -> dict[str, Any]:
    times = channel.times_s
    return {
        "name": channel.name,
        "samples": _array_out(channel.samples, output),
        "fs_hz": channel.fs_hz,
        "unit": channel.unit,
        "rpm": channel.rpm,
        "is_vibration": channel.is_vibration,
        "kind": channel.kind,
        "origins": _origins_out(channel.origins),
        "rates": [{"value": each.value, "origin": asdict(each.origin)} for each in channel.rates],
        "times_s": None if times is None else _array_out(times, output),
    }


def _array_out(values: npt.NDArray[Any], output: IO[bytes]) -> dict[str, Any]:
    kind = "<f4" if values.dtype == np.float32 else "<f8"
    place = {"file": 0, "at": 0, "n": int(values.size), "type": kind}
    mapping = map_of(values)
    is_there = isinstance(mapping, SampleMap) and mapping.number is not None
    if is_there and values.dtype == kind and values.flags.c_contiguous:
        begin = np.frombuffer(mapping, np.uint8).ctypes.data  # type: ignore[arg-type]
        at = values.ctypes.data - begin
        return place | {"file": mapping.number, "at": at}  # type: ignore[union-attr]
    output.write(b"\0" * (-output.tell() % _ALIGNED))
    place["at"] = output.tell()
    for _, part in blocks(values):
        output.write(np.ascontiguousarray(part, dtype=kind).data.cast("B"))
    return place


def _origins_out(origins: Any) -> dict[str, Any]:
    return {key: asdict(origin) for key, origin in origins.items()}


def unpacked(content: dict[str, Any], folder: Path) -> Reading:
    """Return the reading that a child described, its samples mapped from the files it wrote.

    Parameters
    ----------
    content : dict
        As `packed` returned it.
    folder : Path
        Where the files lie: that of `packed` under the number 0.

    Returns
    -------
    Reading
        Its samples are read-only.

    Raises
    ------
    ValueError, KeyError, TypeError, OSError
        For what no reading is.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> with TemporaryDirectory() as folder:
    ...     with samples_path(Path(folder), 0).open("wb") as output:
    ...         content = packed(Reading.of_channels("csv", [Channel("DE", np.ones(8))]), output)
    ...     unpacked(content, Path(folder)).channels[0].samples.sum()
    np.float64(8.0)
    """
    files = _Files(folder)
    return Reading(
        format=str(content["format"]),
        recordings=tuple(_recording_in(each, files) for each in content["recordings"]),
        questions=tuple(
            Question(q["about"], q["sentence"], q["proposal"], tuple(q["channels"]))
            for q in content["questions"]
        ),
        left_out=tuple(LeftOut(each["name"], each["reason"]) for each in content["left_out"]),
    )


class _Files:
    """The files of samples of one reading, each mapped once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maps: dict[int, mmap.mmap] = {}

    def array(self, place: dict[str, Any]) -> Any:
        """Return the array at a place."""
        kind, at, n = place["type"], int(place["at"]), int(place["n"])
        if kind not in _TYPES or at < 0 or n < 0:
            raise ValueError("an array of unknown kind")
        if not n:
            return np.empty(0, kind)
        number = int(place["file"])
        if number not in self._maps:
            with samples_path(self._folder, number).open("rb") as file:
                self._maps[number] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # refuses by itself what reaches beyond the file
        return np.frombuffer(self._maps[number], dtype=kind, count=n, offset=at)


def _recording_in(content: dict[str, Any], files: _Files) -> Recording:
    began = content["recorded_at"]
    return Recording(
        channels=tuple(_channel_in(each, files) for each in content["channels"]),
        name=str(content["name"]),
        label=content["label"],
        recorded_at=datetime.fromisoformat(began) if began else None,
        facts=dict(content["facts"]),
        origins=_origins_in(content["origins"]),
    )


def _channel_in(content: dict[str, Any], files: _Files) -> Channel:
    times = content["times_s"]
    return Channel(
        name=str(content["name"]),
        samples=files.array(content["samples"]),
        fs_hz=content["fs_hz"],
        unit=content["unit"],
        rpm=content["rpm"],
        is_vibration=bool(content["is_vibration"]),
        kind=str(content["kind"]),
        origins=_origins_in(content["origins"]),
        rates=tuple(
            Statement(float(each["value"]), _origin_in(each["origin"])) for each in content["rates"]
        ),
        times_s=None if times is None else files.array(times),
    )


def _origins_in(content: dict[str, Any]) -> dict[str, Origin]:
    return {str(key): _origin_in(origin) for key, origin in content.items()}


def _origin_in(content: dict[str, Any]) -> Origin:
    return Origin(Source(content["source"]), str(content["words"]))


def line_of(content: dict[str, Any]) -> bytes:
    r"""Return a message as one line.

    Parameters
    ----------
    content : dict
        What JSON can hold.

    Returns
    -------
    bytes

    Examples
    --------
    >>> line_of({"ready": True})
    b'{"ready": true}\n'
    """
    return json.dumps(content).encode() + b"\n"
