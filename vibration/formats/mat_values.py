"""Small things inside MATLAB variables."""

from typing import Any

import numpy as np


def scalar(value: Any) -> float | None:
    """Return a variable that is one real number, else None."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiu":
        return float(value.reshape(-1)[0])
    return None


def array(value: Any) -> np.ndarray[Any, Any] | None:
    """Return a variable that is an array, else None."""
    return value if isinstance(value, np.ndarray) else None
