"""From what was found in files to what is kept of them, where nobody looks at each by hand."""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from vibration.formats import Channel, Reading, Source
from vibration.importing.plan import PlannedChannel, PlannedFile

# Published runs to failure: each folder holds one, in the order of time or of its numbers.
RUN_LAYOUTS: Final = ("csv/ims", "csv/femto", "csv/xjtu")
RUN: Final = "run"
_FEWEST_OF_A_RUN: Final = 3


def planned_file(
    description: Mapping[str, Any],
    reading: Reading,
    *,
    path: Path,
    name: str,
    sha256: str,
    only: Collection[str] = (),
) -> PlannedFile | None:
    """Plan a file as it was inspected: its vibration, and a tacho beside it.

    Parameters
    ----------
    description : mapping
        Of `Inspection`, with what a person said of all files.
    reading : Reading
        Of the same file.
    path : Path
        Where it lies.
    name, sha256 : str
        How it is called, and its checksum.
    only : collection of str
        Names of the channels to keep, as the inspection was told; all that measure vibration where
        it is empty.

    Returns
    -------
    PlannedFile or None
        None where no channel has a rate: the file waits for an answer.

    Examples
    --------
    >>> import numpy as np
    >>> channel = Channel("x", np.zeros(4, np.float32), fs_hz=8.0)
    >>> said = {"fs_hz": 8.0, "fs_source": "in the file", "rpm": None, "rpm_source": None}
    >>> description = {"format": "csv", "label": None, "specimen": None, "recorded_at": None}
    >>> description["channels"] = [{"name": "x", "unit": None, "vibration": True} | said]
    >>> reading = Reading.of_channels("csv", [channel])
    >>> planned_file(description, reading, path=Path("a"), name="a", sha256="").channels[0].fs_hz
    8.0
    """
    places = [
        (recording, number, channel)
        for recording, each in enumerate(reading.recordings)
        for number, channel in enumerate(each.channels)
        if not only or channel.name in only
    ]
    found = list(zip(places, description["channels"], strict=True))
    kept = [
        _channel(*place, said)
        for place, said in found
        if said["fs_hz"] is not None and _is_wanted(place[2], reading, only)
    ]
    if not any(not channel.is_tacho for channel in kept):
        return None
    began = description["recorded_at"]
    facts = reading.recordings[places[0][0]].facts
    return PlannedFile(
        path=path,
        name=name,
        sha256=sha256,
        format=description["format"],
        label=description["label"] or "",
        specimen=description["specimen"] or "",
        severity=description.get("severity", ""),
        run=description.get("run", ""),
        recorded_at=datetime.fromisoformat(began) if began else None,
        load=description.get("load") or str(facts.get("load", ""))[:60],
        fault_size_mm=description.get("fault_size_mm"),
        fault_location=description.get("fault_location", ""),
        fault_source=_by_person(description, "fault_size_mm", "fault_location"),
        pulses_per_turn=description.get("pulses_per_turn"),
        pulses_source=_by_person(description, "pulses_per_turn"),
        channels=tuple(kept),
    )


def with_runs(files: Iterable[PlannedFile]) -> tuple[PlannedFile, ...]:
    """Return files with specimen, run and position where their layout or their times tell them.

    A folder of a published run to failure is one run of one specimen. Files of a specimen that was
    named are a run where each has a time of its own.

    Parameters
    ----------
    files : iterable of PlannedFile
        Of one import.

    Returns
    -------
    tuple of PlannedFile
        In the same order.

    Examples
    --------
    >>> files = [
    ...     PlannedFile(path=Path(n), name=f"B1/{n}.csv", sha256="", format="csv/xjtu")
    ...     for n in ("2", "10")
    ... ]
    >>> [(each.specimen, each.position) for each in with_runs(files)]
    [('B1', 2), ('B1', 10)]
    """
    given = [
        replace(each, specimen=each.specimen or PurePosixPath(each.name).parent.name, run=RUN)
        if each.format in RUN_LAYOUTS and PurePosixPath(each.name).parent.name
        else each
        for each in files
    ]
    of_specimen: dict[str, list[int]] = {}
    for place, each in enumerate(given):
        of_specimen.setdefault(each.specimen, []).append(place)
    for specimen, places in of_specimen.items():
        if not specimen:
            continue
        members = [given[place] for place in places]
        times = {each.recorded_at for each in members}
        timed = None not in times and len(times) == len(members) >= _FEWEST_OF_A_RUN
        numbers = _numbers(members)
        for place, number in zip(places, numbers, strict=True):
            each = given[place]
            run = each.run or (RUN if timed else "")
            given[place] = replace(each, run=run, position=None if timed or not run else number)
    return tuple(given)


def _numbers(files: Sequence[PlannedFile]) -> list[int | None]:
    """Return the numbers that the files' names end with, where they tell them apart."""
    found = [re.search(r"(\d{1,9})$", PurePosixPath(each.name).stem) for each in files]
    numbers = [int(each.group(1)) for each in found if each]
    if len(set(numbers)) < len(files) or 0 in numbers:
        return [None] * len(files)
    return list(numbers)


def _by_person(description: Mapping[str, Any], *names: str) -> str:
    return Source.PERSON.value if any(name in description for name in names) else ""


def _is_wanted(channel: Channel, reading: Reading, only: Collection[str]) -> bool:
    if only or channel.kind == "tacho":
        return True
    if any(each.is_vibration for each in reading.channels):
        return channel.is_vibration
    return channel.is_measurable


def _channel(
    recording: int, number: int, channel: Channel, said: Mapping[str, Any]
) -> PlannedChannel:
    is_given = channel.unit is None and said["unit"] is not None
    rpm = said["rpm"]
    return PlannedChannel(
        recording=recording,
        channel=number,
        name=said["name"][:60] or f"channel {number + 1}",
        fs_hz=float(said["fs_hz"]),
        fs_source=said["fs_source"] or "",
        rpm=float(rpm) if rpm is not None and math.isfinite(rpm) and rpm > 0 else None,
        rpm_source=said["rpm_source"] or "",
        unit=said["unit"] or "",
        unit_source=Source.PERSON.value if is_given else channel.source_of("unit") or "",
        n_samples=int(channel.samples.size),
        is_vibration=channel.is_measurable,
        is_tacho=channel.kind == "tacho",
    )
