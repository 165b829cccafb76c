"""Some signals of a filter, chosen in a figure or a table, as a text that lives in a URL.

``ids:12,15`` · ``class:oil_whirl`` · ``class:oil_whirl/severe`` · ``range:rms:0.1,0.2`` ·
``range:rms:0.1,0.2:oil_whirl`` · ``lasso:<projection>:x,y;x,y;x,y``. Class and severity ``none``
are those of signals without one.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from common.errors import Invalid, NotFound
from signals.filters.scope import Scope
from signals.filters.signal_filter import NO_SEVERITY
from signals.projections.services import projection_points
from vibration.features import FEATURE_NAMES

LASSO: Final = "lasso:"
MOST_IDS: Final = 500
MOST_VERTICES: Final = 60
HIGHEST_ID: Final = 2**63 - 1
_CODE: Final = re.compile("[a-z0-9_]{1,60}")
_UNREADABLE: Final = "The selection in the address cannot be read; clear it and select again."

FloatArray = npt.NDArray[np.floating]


def narrowed(user: Any, scope: Scope, text: str) -> Scope:
    """Return the part of a scope that a selection names.

    Raises
    ------
    Invalid
        Where the text is no selection.
    NotFound
        Where the projection that was drawn upon is no longer there.
    """
    kind, _, rest = text.partition(":")
    if kind not in _KINDS:
        raise Invalid(_UNREADABLE)
    return replace(scope, within=_KINDS[kind](user, rest), within_key=text)


def inside(points: FloatArray, polygon: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which points, (n, 2), lie inside a polygon, (m, 2), by the even–odd rule."""
    x, y = points[:, 0], points[:, 1]
    found = np.zeros(len(points), dtype=bool)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        found ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def _ids(user: Any, text: str) -> Q:
    parts = text.split(",")
    if len(parts) > MOST_IDS:
        raise Invalid(f"At most {MOST_IDS} single signals are selected; narrow the filter instead.")
    if not all(re.fullmatch("[0-9]{1,19}", part) for part in parts):
        raise Invalid(_UNREADABLE)
    return Q(pk__in=[int(part) for part in parts if int(part) <= HIGHEST_ID])


def _class(user: Any, text: str) -> Q:
    code, _, severity = text.partition("/")
    return _of_class(code) & (_of("severity", severity) if severity else Q())


def _range(user: Any, text: str) -> Q:
    feature, _, rest = text.partition(":")
    ends, _, code = rest.partition(":")
    if feature not in FEATURE_NAMES:
        raise Invalid(_UNREADABLE)
    low, high = _numbers(ends, 2)
    span = Q(**{f"{feature}__gte": low, f"{feature}__lte": high})
    return span & _of_class(code) if code else span


def read_lasso(text: str) -> tuple[str, FloatArray]:
    """Return the key of the projection that was drawn upon, and the corners, (m, 2)."""
    key, _, rest = text.removeprefix(LASSO).partition(":")
    vertices = rest.split(";")
    if not 3 <= len(vertices) <= MOST_VERTICES:
        raise Invalid(_UNREADABLE)
    return key[:64], np.array([_numbers(vertex, 2) for vertex in vertices])


def _lasso(user: Any, text: str) -> Q:
    key, polygon = read_lasso(text)
    projected = projection_points(user, key)
    if projected is None:
        raise NotFound("The projection that was drawn upon is not there any more; compute it.")
    chosen = inside(projected.points, polygon)
    return Q(pk__in=projected.pks[chosen].tolist())


_KINDS: Final[dict[str, Callable[[Any, str], Q]]] = {
    "ids": _ids,
    "class": _class,
    "range": _range,
    "lasso": _lasso,
}


def _of_class(code: str) -> Q:
    return _of("fault_class", code)


def _of(column: str, code: str) -> Q:
    if not _CODE.fullmatch(code):
        raise Invalid(_UNREADABLE)
    none = Q(**{f"{column}__isnull": True})
    return none if code == NO_SEVERITY else Q(**{f"{column}__code": code})


def _numbers(text: str, n: int) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        raise Invalid(_UNREADABLE) from None
    if len(values) != n or not all(math.isfinite(value) for value in values):
        raise Invalid(_UNREADABLE)
    return values
