"""Tables whose cells hold whole waveforms: a recording a row, the other cells say what of."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.recording import LeftOut, Reading
from vibration.formats.series import Series, Stated
from vibration.formats.words import kind_of_name, words_of

MIN_CELL: Final = 16
_BETWEEN: Final = re.compile(r"[\s,;]+")
_NAMES: Final = frozenset({"id", "name", "file", "recording", "record", "index", "filename", "key"})


@dataclass(frozen=True, eq=False)
class Row:
    """One row: arrays in some of its cells, single values in the others."""

    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    values: Mapping[str, str | float] = field(default_factory=dict)


def numbers_in_cell(text: str) -> npt.NDArray[np.float64] | None:
    """Return the numbers of a cell such as ``[0.1, -0.2 …]``, None where it holds others.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    ndarray, (N,), or None

    Examples
    --------
    >>> numbers_in_cell("[0.1, -0.2 3]").tolist()
    [0.1, -0.2, 3.0]
    >>> numbers_in_cell("pump 3") is None
    True
    """
    bare = text.strip().strip("[]()").strip()
    try:
        return np.array([float(part) for part in _BETWEEN.split(bare) if part], dtype=np.float64)
    except ValueError:
        return None


def cells_reading(rows: Iterable[Row], file: SourceFile, form: str = "table/cells") -> Reading:
    """Return a recording for each row with waveforms.

    Parameters
    ----------
    rows : iterable of Row
    file : SourceFile
    form : str
        The layout's name.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        Where no row holds a waveform.

    Examples
    --------
    >>> from pathlib import Path
    >>> file = SourceFile(Path("rig.parquet"), "rig.parquet")
    >>> rows = [Row({"signal": np.sin(np.arange(64.0))}, {"id": "pump", "fs_hz": 1000.0})]
    >>> reading = cells_reading(rows, file)
    >>> reading.recordings[0].name, reading.channels[0].fs_hz
    ('pump', 1000.0)
    """
    readings: list[Reading] = []
    left_out: list[LeftOut] = []
    kept = 0
    for number, row in enumerate(rows, 1):
        long = {key: values for key, values in row.arrays.items() if values.size >= MIN_CELL}
        kept += sum(8 * values.size for values in long.values())
        file.prove_kept(kept)
        if not long:
            left_out.append(LeftOut(f"row {number}", "it holds no waveform"))
            continue
        name = _name(row, number)
        series = [Series(key, values, recording=name) for key, values in long.items()]
        try:
            readings.append(assemble(form, series, _stated(row, number), name=file.name))
        except FormatError as error:
            left_out.append(LeftOut(name, str(error)))
    if not readings:
        reason = left_out[0].reason if left_out else "it has no rows"
        raise FormatError(f"{file.name} holds no waveform in its cells: {reason.rstrip('.')}.")
    recordings = tuple(recording for each in readings for recording in each.recordings)
    questions = {(q.about, q.sentence): q for each in readings for q in each.questions}
    left_out += [each for reading in readings for each in reading.left_out]
    return Reading(form, recordings, tuple(questions.values()), tuple(left_out))


def _name(row: Row, number: int) -> str:
    for key, value in row.values.items():
        if words_of(key)[-1:] and words_of(key)[-1] in _NAMES and isinstance(value, str):
            return value
    return f"row {number}"


def _stated(row: Row, number: int) -> Stated:
    rates, speeds, label = [], [], None
    for key, value in row.values.items():
        pair = number_and_unit(value) if isinstance(value, str) else (float(value), "")
        where = f"row {number}: {key} {value}"
        if pair is not None:
            fs_hz, rpm = rate_of(key, *pair), speed_of(key, *pair)
            rates += [] if fs_hz is None else [stated(fs_hz, where)]
            speeds += [] if rpm is None else [stated(rpm, where)]
        if kind_of_name(key) == "label":
            label = str(value)
    return Stated(rates=tuple(rates), speeds=tuple(speeds), label=label)
