"""Tables of two drivetrain rigs, as their makers published them.

References
----------
S. Shao, S. McAleer, R. Yan, P. Baldi, IEEE Trans. Ind. Inform. 15 (2019), SEU (Southeast U.).
C. Zhao, E. Zio, W. Shen, Reliab. Eng. Syst. Saf. 245 (2024): HUSTbearing, Huazhong University.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.formats.files import SourceFile
from vibration.formats.layouts.known import Known, by_publication
from vibration.formats.recording import LeftOut, Origin, Source
from vibration.formats.series import Series, Stated
from vibration.formats.text.table import Table

_SEU_NAME: Final = re.compile(
    r"^(ball|comb|health|inner|outer|chipped|miss|root|surface)_(20_0|30_2)$", re.I
)
_SEU_LABELS: Final = {
    "ball": "rolling_element", "comb": "rolling_combined", "health": "healthy",
    "inner": "inner_race", "outer": "outer_race", "chipped": "gear tooth chipped",
    "miss": "gear tooth missing", "root": "gear root crack", "surface": "gear surface wear",
}  # fmt: skip
_SEU_COLUMNS: Final = (
    ("motor", ""), ("planetary gearbox x", ""), ("planetary gearbox y", ""),
    ("planetary gearbox z", ""), ("motor torque", "torque"), ("parallel gearbox x", ""),
    ("parallel gearbox y", ""), ("parallel gearbox z", ""),
)  # fmt: skip
_SEU_FEWEST: Final = 100_000
_HUST_NAME: Final = re.compile(r"^(?:0\.5X_)?([HIOBC])_(\d{2})Hz$", re.I)
_HUST_LABELS: Final = {
    "H": "healthy", "I": "inner_race", "O": "outer_race", "B": "rolling_element",
    "C": "rolling_combined",
}  # fmt: skip
_HUST_FEWEST: Final = 262_000

Columns = Sequence[npt.NDArray[np.float64]]


def seu(titles: Sequence[str], columns: Columns, table: Table, file: SourceFile) -> Known | None:
    """Return the eight channels of a file of the gearbox data of Southeast University.

    Their rate is in no file and in no publication of the data: it is asked.

    Parameters
    ----------
    titles : sequence of str
        Of the columns.
    columns : sequence of ndarray, (N,)
    table : Table
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Known or None

    Examples
    --------
    >>> from pathlib import Path
    >>> from vibration.formats.text.dialect import Dialect
    >>> table = Table([], Dialect(",", "."), [], n_rows=1_048_560)
    >>> file = SourceFile(Path("x"), "ball_20_0.csv")
    >>> known = seu([], [np.zeros(16)] * 8, table, file)
    >>> known.stated.label, known.stated.speeds[0].value
    ('rolling_element', 1200.0)
    """
    found = _SEU_NAME.match(file.stem)
    if found is None or len(columns) != len(_SEU_COLUMNS) or table.n_rows < _SEU_FEWEST:
        return None
    state, setting = found.group(1).lower(), found.group(2)
    series = tuple(
        Series(title, values, kind=kind, is_sure=True)
        for (title, kind), values in zip(_SEU_COLUMNS, columns, strict=True)
    )
    hertz, volt = setting.split("_")
    facts = Stated(
        speeds=(by_publication(60.0 * float(hertz), "SEU: the file's name, in Hz"),),
        label=_SEU_LABELS[state],
        facts={"load": f"{volt} V"},
        origins={"label": Origin(Source.KNOWN_LAYOUT, "SEU: the file's name")},
    )
    return Known("csv/seu", series, facts)


def spectraquest(
    titles: Sequence[str], columns: Columns, table: Table, file: SourceFile
) -> Known | None:
    """Return the three axes of a file of the bearing data of Huazhong University (HUSTbearing).

    Parameters
    ----------
    titles : sequence of str
        Of the columns.
    columns : sequence of ndarray, (N,)
        Time, a speed that means nothing, and the three axes.
    table : Table
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Known or None

    Examples
    --------
    >>> from pathlib import Path
    >>> from vibration.formats.text.dialect import Dialect
    >>> table = Table([], Dialect("\t", "."), [], n_rows=262_144)
    >>> file = SourceFile(Path("x"), "0.5X_B_65Hz.xls")
    >>> known = spectraquest([], [np.zeros(16)] * 5, table, file)
    >>> known.stated.label, known.stated.rates[0].value
    ('rolling_element', 25600.0)
    """
    found = _HUST_NAME.match(file.stem)
    if found is None or len(columns) != 5 or table.n_rows < _HUST_FEWEST:
        return None
    named = [Series("time", columns[0], unit="s", leads=True)]
    named += [
        Series(axis, values, is_sure=True) for axis, values in zip("XYZ", columns[2:], strict=True)
    ]
    facts = Stated(
        rates=(by_publication(25600.0, "HUSTbearing"),),
        speeds=(by_publication(60.0 * float(found.group(2)), "HUSTbearing: the file's name"),),
        label=_HUST_LABELS[found.group(1).upper()],
        origins={"label": Origin(Source.KNOWN_LAYOUT, "HUSTbearing: the file's name")},
    )
    left_out = (LeftOut("column 2", "a speed that the rig does not measure"),)
    return Known("csv/hust", tuple(named), facts, left_out)
