"""A reading on its way out of the child: JSON for the facts, raw numbers for the samples.

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
    output.write(b"\0" * (-output.tell() % _ALIGNED))
    kind = "<f4" if values.dtype == np.float32 else "<f8"
    place = {"at": output.tell(), "n": int(values.size), "type": kind}
    output.write(np.ascontiguousarray(values, dtype=kind).data.cast("B"))
    return place


def _origins_out(origins: Any) -> dict[str, Any]:
    return {key: asdict(origin) for key, origin in origins.items()}


def unpacked(content: dict[str, Any], output: Path) -> Reading:
    """Return the reading that a child described, its samples mapped from the file it wrote.

    Parameters
    ----------
    content : dict
        As `packed` returned it.
    output : Path
        The file that the samples are in.

    Returns
    -------
    Reading
        Its samples are read-only.

    Raises
    ------
    ValueError, KeyError, TypeError
        For what no reading is.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "samples"
    ...     with path.open("wb") as output:
    ...         content = packed(Reading.of_channels("csv", [Channel("DE", np.ones(8))]), output)
    ...     unpacked(content, path).channels[0].samples.sum()
    np.float64(8.0)
    """
    size = output.stat().st_size
    with output.open("rb") as file:
        samples = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    return Reading(
        format=str(content["format"]),
        recordings=tuple(_recording_in(each, samples) for each in content["recordings"]),
        questions=tuple(
            Question(q["about"], q["sentence"], q["proposal"], tuple(q["channels"]))
            for q in content["questions"]
        ),
        left_out=tuple(LeftOut(each["name"], each["reason"]) for each in content["left_out"]),
    )


def _recording_in(content: dict[str, Any], samples: mmap.mmap | bytes) -> Recording:
    began = content["recorded_at"]
    return Recording(
        channels=tuple(_channel_in(each, samples) for each in content["channels"]),
        name=str(content["name"]),
        label=content["label"],
        recorded_at=datetime.fromisoformat(began) if began else None,
        facts=dict(content["facts"]),
        origins=_origins_in(content["origins"]),
    )


def _channel_in(content: dict[str, Any], samples: mmap.mmap | bytes) -> Channel:
    times = content["times_s"]
    return Channel(
        name=str(content["name"]),
        samples=_array_in(content["samples"], samples),
        fs_hz=content["fs_hz"],
        unit=content["unit"],
        rpm=content["rpm"],
        is_vibration=bool(content["is_vibration"]),
        kind=str(content["kind"]),
        origins=_origins_in(content["origins"]),
        rates=tuple(
            Statement(float(each["value"]), _origin_in(each["origin"])) for each in content["rates"]
        ),
        times_s=None if times is None else _array_in(times, samples),
    )


def _array_in(place: dict[str, Any], samples: mmap.mmap | bytes) -> Any:
    kind, at, n = place["type"], int(place["at"]), int(place["n"])
    if kind not in _TYPES or at < 0 or n < 0:
        raise ValueError("an array of unknown kind")
    # refuses by itself what reaches beyond the file
    return np.frombuffer(samples, dtype=kind, count=n, offset=at)


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
