"""MATLAB variables as they are handed on: arrays, texts, structs, lists, and what is only named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Unread:
    """A variable of a kind that holds no signal, with the words for it."""

    kind: str


# A struct is a dict; a cell array or an array of structs is a list.
Value = Array | str | dict[str, Any] | list[Any] | Unread
Keep = Callable[[int], None]


class DamagedMatError(ValueError):
    """A length, a type or a number of the file does not fit the rest."""


def scalar(value: Any) -> float | None:
    """Return a variable that is one real number, else None.

    Parameters
    ----------
    value : object
        A variable.

    Returns
    -------
    float or None

    Examples
    --------
    >>> scalar(np.array([[5.0]]))
    5.0
    >>> scalar("text") is None
    True
    """
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiu":
        return float(value.reshape(-1)[0])
    return None


def array(value: Any) -> Array | None:
    """Return a variable that is an array of more than one real number, else None.

    Parameters
    ----------
    value : object
        A variable.

    Returns
    -------
    ndarray or None

    Examples
    --------
    >>> array(np.ones((2, 1))).shape
    (2, 1)
    >>> array(np.array([[5.0]])) is None
    True
    """
    if isinstance(value, np.ndarray) and value.size > 1 and value.dtype.kind in "fiu":
        return value
    return None


def described(value: Any) -> str:
    """Return the words for a variable's kind.

    Parameters
    ----------
    value : object
        A variable.

    Returns
    -------
    str

    Examples
    --------
    >>> described(np.ones(3)), described({}), described("text")
    ('an array', 'a struct', 'text')
    """
    if isinstance(value, Unread):
        return value.kind
    if isinstance(value, np.ndarray):
        kinds = {"c": "complex numbers", "b": "logicals"}
        if value.size == 0:
            return "an empty array"
        return kinds.get(value.dtype.kind, "a number" if value.size == 1 else "an array")
    if isinstance(value, list):
        return "a cell array"
    return "text" if isinstance(value, str) else "a struct"
