"""Published MATLAB files that only their names, with the shape of their arrays, tell apart.

References
----------
HIT-SM, Harbin. A. P. Daga et al., MSSP 120 (2019), DIRG Torino. H. Huang, N. Baddour, Data in Brief
21 (2018), Ottawa. M. Sehri et al., Data in Brief 49 (2023), UORED-VAFCLS. N. D. Thuan, H. S. Hong,
BMC Res. Notes 16 (2023), HUST bearing (Hanoi).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from vibration.formats.assemble import assemble
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.layouts.known import by_publication
from vibration.formats.layouts.published_tables import uored
from vibration.formats.matlab.values import array, described, scalar
from vibration.formats.recording import LeftOut, Origin, Question, Reading, Source, positive
from vibration.formats.samples import split_channels
from vibration.formats.series import Series, Stated

_HIT_NAME: Final = re.compile(r"^(?:Normal|IR\d?|OR\d?|BF?\d?|B\d|C\d?)_(\d{3,4})$", re.I)
_HIT_SAMPLES: Final = 262_144
_DIRG_NAME: Final = re.compile(r"^C\d[AB]_(\d{2,3})_(\d{1,4})_\d$", re.I)
_OTTAWA_NAME: Final = re.compile(r"^([HIOBC])-[ABCD]-[1-3]$", re.I)
_UORED_NAME: Final = re.compile(r"^[HIOBC]_\d{1,2}_[0-2]$")
_HUST_NAME: Final = re.compile(r"^(N|I|O|B|IB|IO|OB)([4-8])0([024])$", re.I)
_HUST_LABELS: Final = {
    "N": "healthy", "I": "inner_race", "O": "outer_race", "B": "rolling_element",
}  # fmt: skip
_HUST_FEWEST: Final = 400_000
_OTTAWA_LABELS: Final = {
    "H": "healthy", "I": "inner_race", "O": "outer_race", "B": "rolling_element",
    "C": "rolling_combined",
}  # fmt: skip


def by_name(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    """Return what is known by the file's name together with the shape of its arrays.

    Parameters
    ----------
    variables : mapping
        By name.
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading or None

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> file = SourceFile(Path("IB502.mat"), "IB502.mat")
    >>> variables = {"data": np.sin(np.arange(64.0)), "fs": np.array([[51200.0]])}
    >>> reading = by_name(variables, file)
    >>> reading.format, reading.recordings[0].label, reading.recordings[0].facts["load"]
    ('mat/hust', 'rolling_combined', '200 W')
    """
    hust = _hust(variables, file)
    if hust is not None:
        return hust
    arrays = {key: values for key in variables if (values := array(variables[key])) is not None}
    if len(arrays) == 1:
        key, values = next(iter(arrays.items()))
        return _hit(key, values, file) or _dirg(key, values, file) or _uored(values, file)
    return _ottawa(arrays, file)


def _hit(key: str, values: Any, file: SourceFile) -> Reading | None:
    found = _HIT_NAME.match(file.stem)
    if found is None or values.size != _HIT_SAMPLES or max(values.shape) != values.size:
        return None
    stated_facts = Stated(
        rates=(by_publication(51200.0, "HIT-SM"),),
        speeds=(by_publication(float(found.group(1)), "HIT-SM: the file's name"),),
    )
    series = [Series(key, values.reshape(-1), kind="", is_sure=True)]
    return assemble("mat/hit-sm", series, stated_facts, name=file.name)


def _dirg(key: str, values: Any, file: SourceFile) -> Reading | None:
    found = _DIRG_NAME.match(file.stem)
    if found is None or values.ndim != 2 or 6 not in values.shape:
        return None
    columns = [column for _, column in split_channels(values, key)]
    names = [f"{place} {axis}" for place in ("A1", "A2") for axis in "xyz"]
    series = [
        Series(
            name, column, unit="m/s²", unit_words="DIRG", unit_source=Source.KNOWN_LAYOUT,
            is_sure=True,
        )
        for name, column in zip(names, columns, strict=True)
    ]  # fmt: skip
    facts = Stated(
        rates=(by_publication(51200.0, "DIRG Torino"),),
        speeds=(by_publication(60.0 * float(found.group(1)), "DIRG: the file's name, in Hz"),),
    )
    return assemble("mat/dirg", series, facts, name=file.name)


def _uored(values: Any, file: SourceFile) -> Reading | None:
    if not _UORED_NAME.match(file.stem) or sorted(values.shape) != [5, 420_000]:
        return None
    columns = [column for _, column in split_channels(values, "signal")]
    known = uored(columns, "mat/uored", file)
    return assemble(known.form, known.series, known.stated, name=file.name)


def _ottawa(arrays: Mapping[str, Any], file: SourceFile) -> Reading | None:
    found = _OTTAWA_NAME.match(file.stem)
    if found is None or {*arrays} != {"Channel_1", "Channel_2"}:
        return None
    facts = Stated(
        rates=(by_publication(200_000.0, "Ottawa 2018"),),
        label=_OTTAWA_LABELS[found.group(1).upper()],
        origins={"label": Origin(Source.KNOWN_LAYOUT, "Ottawa: the file's name")},
    )
    series = [
        Series("Channel_1", arrays["Channel_1"].reshape(-1), kind="", is_sure=True),
        Series("Channel_2", arrays["Channel_2"].reshape(-1), kind="tacho", is_sure=True),
    ]
    reading = assemble("mat/ottawa", series, facts, name=file.name)
    pulses = Question(
        "pulses_per_turn",
        "Channel_2 is the encoder: how many pulses does it give per turn? Ottawa's gives 1024.",
        1024,
        ("Channel_2",),
    )
    return Reading(reading.format, reading.recordings, (pulses,), reading.left_out)


def _hust(variables: Mapping[str, Any], file: SourceFile) -> Reading | None:
    """Read a ball bearing of Hanoi (HUST): the rate is published where the file lacks it."""
    found = _HUST_NAME.match(file.stem)
    data = array(variables.get("data"))
    if found is None or data is None or max(data.shape) != data.size:
        return None
    fault, load = found.group(1).upper(), found.group(3)
    fs_hz = scalar(variables.get("fs"))
    if fs_hz is None and data.size < _HUST_FEWEST:
        return None
    rate = by_publication(51200.0, "HUST bearing")
    if fs_hz is not None:
        rate = stated(positive(fs_hz, "sampling rate"), f"variable fs = {fs_hz:g}")
    facts = Stated(
        rates=(rate,),
        label=_HUST_LABELS.get(fault, "rolling_combined"),
        facts={"load": f"{load}00 W" if load != "0" else "0 W", "bearing": f"620{found.group(2)}"},
        origins={"label": Origin(Source.KNOWN_LAYOUT, "HUST bearing: the file's name")},
    )
    left_out = [LeftOut(k, described(v)) for k, v in variables.items() if k not in ("data", "fs")]
    series = [Series("data", data.reshape(-1), kind="", is_sure=True)]
    return assemble("mat/hust", series, facts, name=file.name, left_out=left_out)
