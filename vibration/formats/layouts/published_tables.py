"""Published data sets written as plain tables: what their makers documented and no file states.

Each is recognised by its structure (columns, clocks, rows, how its files are called), and what is
taken from the publication is called so.

References
----------
H. Qiu et al., J. Sound Vib. 289 (2006), and J. Lee et al., IMS, University of Cincinnati.
P. Nectoux et al., "PRONOSTIA", IEEE PHM 2012. B. Wang et al., IEEE Trans. Reliab. 69 (2020).
F. Ribeiro, MAFAULDA, SMT/COPPE/UFRJ. K. Li, JNU bearing data set. M. Sehri et al., UORED-VAFCLS,
Data in Brief 49 (2023).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.formats.facts import agree
from vibration.formats.files import SourceFile
from vibration.formats.layouts.known import Known, by_publication
from vibration.formats.layouts.published_drivetrains import seu, spectraquest
from vibration.formats.recording import LeftOut, Origin, Source
from vibration.formats.series import Series, Stated
from vibration.formats.text.table import Table

_IMS_NAME: Final = re.compile(r"^\d{4}(\.\d{2}){5}$")
_FEMTO_FOLDER: Final = re.compile(r"^Bearing([123])_\d$", re.I)
_FEMTO_RPM: Final = {"1": 1800.0, "2": 1650.0, "3": 1500.0}
_XJTU_FOLDER: Final = re.compile(r"^(\d+(?:\.\d+)?)Hz(\d+)kN$", re.I)
_HERTZ_NAME: Final = re.compile(r"^\d{1,2}(\.\d+)?$")
_JNU_NAME: Final = re.compile(r"^(ib|ob|tb|n)(600|800|1000)_\d")
_UORED_NAME: Final = re.compile(r"^[HIOBC]_\d{1,2}_[0-2]$")
_JNU_LABELS: Final = {
    "ib": "inner_race",
    "ob": "outer_race",
    "tb": "rolling_element",
    "n": "healthy",
}
_UORED_LABELS: Final = {
    "H": "healthy", "I": "inner_race", "O": "outer_race", "B": "rolling_element", "C": "cage",
}  # fmt: skip
_Columns = list[npt.NDArray[np.float64]]
_MOST_ROWS: Final = 1 << 22  # no published file is longer


def published_table(titles: list[str], table: Table, file: SourceFile) -> Known | None:
    r"""Return the columns of a known layout, None for any other table.

    Parameters
    ----------
    titles : list of str
        Of the columns; empty where there are none.
    table : Table
        With its columns.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Known or None

    Examples
    --------
    >>> from pathlib import Path
    >>> from vibration.formats.text.dialect import Dialect
    >>> from vibration.formats.text.table import Column
    >>> columns = {place: Column(np.zeros(20480)) for place in range(4)}
    >>> table = Table([], Dialect("\t", "."), [], columns=columns, n_rows=20480)
    >>> known = published_table([], table, SourceFile(Path("x"), "2004.02.12.10.32.39"))
    >>> known.form, known.stated.rates[0].value
    ('csv/ims', 20000.0)
    """
    columns = [table.columns[index].values for index in sorted(table.columns)]
    is_clocked = any(column.is_clock for column in table.columns.values())
    if is_clocked or not columns or table.n_rows > _MOST_ROWS:
        return None
    for layout in _LAYOUTS:
        known = layout(titles, columns, table, file)
        if known is not None:
            return known
    return None


def _femto(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    width = len(columns)
    if titles or width not in (5, 6):
        return None
    seconds = _clock_seconds(columns[:4], 10.0 if width == 5 else 1e6)
    if seconds is None:
        return None
    left_out = tuple(LeftOut(f"column {n}", "the clock of the samples") for n in range(1, 5))
    fs_hz = 10.0 if width == 5 else 25600.0
    own_hz = (len(seconds) - 1) / float(np.ptp(seconds))
    rates = (by_publication(fs_hz, "FEMTO-ST"),) if agree(own_hz, fs_hz) else ()
    speed = next(
        (_FEMTO_RPM[m.group(1)] for f in file.folders[-1:] if (m := _FEMTO_FOLDER.match(f))), None
    )
    facts = Stated(
        rates=rates,
        speeds=() if speed is None else (by_publication(speed, "FEMTO-ST, by the folder"),),
        rate_hint=None if rates else (own_hz, f"Its clock columns step by {1 / own_hz:.3g} s."),
    )
    if width == 5:
        names = ((4, "temperature", "°C", "temperature"),)
    else:
        names = ((4, "horizontal", "g", ""), (5, "vertical", "g", ""))  # type: ignore[assignment]
    series = tuple(
        Series(
            title,
            columns[index],
            unit=unit,
            unit_words="FEMTO-ST",
            unit_source=Source.KNOWN_LAYOUT,
            kind=kind,
            is_sure=True,
        )
        for index, title, unit, kind in names
    )
    return Known("csv/femto", series, facts, left_out)


def _clock_seconds(columns: _Columns, parts_per_second: float) -> npt.NDArray[np.float64] | None:
    """Return the times of hour, minute, second and part columns, None where they are none."""
    clock = np.stack(columns, axis=1)
    limits = np.array([24, 60, 60, parts_per_second])
    if not (np.all(clock >= 0) and np.all(clock < limits)):
        return None
    if not np.array_equal(clock[:, :3], np.floor(clock[:, :3])):
        return None
    seconds: npt.NDArray[np.float64] = clock @ [3600.0, 60.0, 1.0, 1.0 / parts_per_second]
    # The parts are rounded to five digits: two samples may share one, none goes back.
    steps = np.diff(seconds)
    grows = len(steps) > 0 and np.all(steps >= 0) and np.count_nonzero(steps) > 0.5 * len(steps)
    return seconds if grows and float(np.ptp(seconds)) < 3600.0 else None


def _ims(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    name = file.name.rsplit("/", 1)[-1]
    is_table = table.dialect.separator in ("\t", None) and len(columns) in (4, 8)
    if titles or not is_table or not _IMS_NAME.match(name):
        return None
    try:
        began = datetime.strptime(name, "%Y.%m.%d.%H.%M.%S")
    except ValueError:
        return None
    names = [f"bearing {n}" for n in range(1, 5)]
    if len(columns) == 8:
        names = [f"{each} {axis}" for each in names for axis in "xy"]
    facts = Stated(
        rates=(by_publication(20000.0, "IMS"),),
        speeds=(by_publication(2000.0, "IMS"),),
        recorded_at=began,
        origins={"recorded_at": Origin(Source.KNOWN_LAYOUT, "IMS: the file's name")},
    )
    series = tuple(Series(n, v, is_sure=True) for n, v in zip(names, columns, strict=True))
    return Known("csv/ims", series, facts)


def _xjtu(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    if len(columns) != 2 or [t.lower() for t in titles] != [
        "horizontal_vibration_signals",
        "vertical_vibration_signals",
    ]:
        return None
    speeds = [
        by_publication(60.0 * float(m.group(1)), f"XJTU-SY, folder {folder}")
        for folder in file.folders
        if (m := _XJTU_FOLDER.match(folder))
    ]
    series = tuple(
        Series(
            title, values, unit="g", unit_words="XJTU-SY", unit_source=Source.KNOWN_LAYOUT,
            is_sure=True,
        )
        for title, values in zip(titles, columns, strict=True)
    )  # fmt: skip
    facts = Stated(rates=(by_publication(25600.0, "XJTU-SY"),), speeds=tuple(speeds[-1:]))
    return Known("csv/xjtu", series, facts)


def _mafaulda(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    if titles or len(columns) != 8 or table.n_rows != 250_000 or table.dialect.separator != ",":
        return None
    speeds = ()
    if _HERTZ_NAME.match(file.stem):
        words = "MAFAULDA: the file's name, in Hz"
        speeds = (by_publication(60.0 * float(file.stem), words),)  # type: ignore[assignment]
    names = [("tachometer", "tacho")]
    names += [
        (f"{end} {axis}", "")
        for end in ("underhang", "overhang")
        for axis in ("axial", "radial", "tangential")
    ]
    names += [("microphone", "sound pressure")]
    series = tuple(
        Series(title, values, kind=kind, is_sure=True)
        for (title, kind), values in zip(names, columns, strict=True)
    )
    facts = Stated(rates=(by_publication(50000.0, "MAFAULDA"),), speeds=speeds)
    return Known("csv/mafaulda", series, facts)


def _jnu(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    found = _JNU_NAME.match(file.stem)
    if titles or len(columns) != 1 or table.n_rows < 400_000 or found is None:
        return None
    facts = Stated(
        rates=(by_publication(50000.0, "JNU"),),
        speeds=(by_publication(float(found.group(2)), "JNU: the file's name"),),
        label=_JNU_LABELS[found.group(1)],
        origins={"label": Origin(Source.KNOWN_LAYOUT, "JNU: the file's name")},
    )
    return Known("csv/jnu", (Series("vibration", columns[0], is_sure=True),), facts)


def _uored(titles: list[str], columns: _Columns, table: Table, file: SourceFile) -> Known | None:
    if len(columns) != 5 or table.n_rows != 420_000 or not _UORED_NAME.match(file.stem):
        return None
    return uored(columns, "csv/uored", file)


def uored(columns: _Columns, form: str, file: SourceFile) -> Known:
    """Return the five channels of a UORED-VAFCLS file.

    Parameters
    ----------
    columns : list of ndarray, (N,)
        Five.
    form : str
        The layout's name.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Known

    Examples
    --------
    >>> from pathlib import Path
    >>> known = uored([np.zeros(16)] * 5, "csv/uored", SourceFile(Path("H_1_0.csv"), "H_1_0.csv"))
    >>> known.stated.label, known.stated.rates[0].value
    ('healthy', 42000.0)
    """
    names = (
        ("accelerometer", ""), ("microphone", "sound pressure"), ("load", "force"),
        ("hall effect sensor", "tacho"), ("temperature difference", "temperature"),
    )  # fmt: skip
    series = tuple(
        Series(title, values, kind=kind, is_sure=True)
        for (title, kind), values in zip(names, columns, strict=True)
    )
    facts = Stated(
        rates=(by_publication(42000.0, "UORED-VAFCLS"),),
        label=_UORED_LABELS[file.stem[0]],
        origins={"label": Origin(Source.KNOWN_LAYOUT, "UORED-VAFCLS: the file's name")},
    )
    return Known(form, series, facts)


_LAYOUTS: Final[tuple[Callable[[list[str], _Columns, Table, SourceFile], Known | None], ...]] = (
    _femto,
    _ims,
    _xjtu,
    _mafaulda,
    _jnu,
    _uored,
    seu,
    spectraquest,
)
