"""Units of columns: in their titles, and what whole numbers without one are."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.words import unit_in_name
from vibration.quantities import find_unit

_COUNTS_RANGE: Final = 16
_LONGEST_UNIT: Final = 10
_WRITTEN_BARE: Final = frozenset(
    {"mg", "m/s²", "mm/s²", "mm/s", "in/s", "in/s²", "µm", "mil", "mV", "°C", "rpm", "deg/s", "g"}
)


def unit_of_title(title: str) -> str | None:
    """Return the unit in a title: in brackets at its end, or known and after its last mark.

    Parameters
    ----------
    title : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> unit_of_title("DE [g]"), unit_of_title("acc_mV"), unit_of_title("Channel A")
    ('g', 'mV', None)
    """
    bracketed = unit_in_name(title)
    if bracketed is not None:
        found = find_unit(bracketed)
        if found is not None:
            return found.name
        # In square brackets, or with a stroke or a power, it is a unit that nobody knows here.
        is_unit = title.rstrip().endswith("]") or any(mark in bracketed for mark in "/^²")
        is_unit = is_unit and any(c.isalpha() for c in bracketed) and " " not in bracketed
        return bracketed if is_unit and len(bracketed) <= _LONGEST_UNIT else None
    for mark in (" in ", ", ", "/", "_", " "):
        if mark in title.strip():
            last = title.strip().rsplit(mark, 1)[1]
            found = find_unit(last)
            # A single letter after a blank is a name more often than a unit: "Channel A".
            if found is not None and (mark not in ("_", " ") or found.name in _WRITTEN_BARE):
                return found.name
    return None


def written_unit(unit: str) -> str:
    """Return a unit as it is written here; one that is not known, as it stands.

    Parameters
    ----------
    unit : str

    Returns
    -------
    str

    Examples
    --------
    >>> written_unit("m/s^2"), written_unit(" rad/s ")
    ('m/s²', 'rad/s')
    """
    found = find_unit(unit)
    return found.name if found is not None else unit.strip()


def are_counts(values: npt.NDArray[Any]) -> bool:
    """Tell whether numbers are those of a converter: whole, and over a range.

    Parameters
    ----------
    values : ndarray, (N,)

    Returns
    -------
    bool

    Examples
    --------
    >>> are_counts(np.arange(100.0)), are_counts(np.linspace(0, 1, 100))
    (True, False)
    """
    if values.dtype.kind in "iu":
        return True
    sample = values[: 1 << 14]
    with np.errstate(invalid="ignore"):
        is_whole = bool(np.all(sample == np.floor(sample)))
    return is_whole and len(sample) > 0 and float(np.ptp(sample)) >= _COUNTS_RANGE
