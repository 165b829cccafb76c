"""Some signals of a filter, chosen in a figure or a table, as a text that lives in a URL.

``ids:12,15`` · ``class:oil_whirl`` · ``class:oil_whirl/severe`` · ``range:rms:0.1,0.2`` ·
``range:rms:0.1,0.2:oil_whirl`` · ``run:3:10,40;4:1,9`` · ``lasso:<projection>:x,y;x,y;x,y`` ·
``kept:<saved view>`` · ``said:<model>:oil_whirl`` · ``said:<model>:-abstains``. Of a
run the recordings from one number to another are meant. Class and severity ``none`` are those of
signals without one. What a lasso held is kept with a saved view, for the projection that it was
drawn upon goes. What a model said is a class, or a hyphen and the outcome.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from common.database import among
from common.errors import Invalid, NotFound
from signals.filters.scope import Scope, digest
from signals.filters.signal_filter import NO_SEVERITY
from signals.models import SavedView, Signal, SignalFeatures
from signals.projections.selectors import projection_points
from signals.selectors import stores_visible
from vibration.features import FEATURE_NAMES
from vibration.features.groups import place_of

LASSO: Final = "lasso:"
KEPT: Final = "kept:"
RUN: Final = "run:"
SAID: Final = "said:"
MOST_IDS: Final = 500
MOST_VERTICES: Final = 60
MOST_SPANS: Final = 100
HIGHEST_ID: Final = 2**63 - 1
_CODE: Final = re.compile("[a-z0-9_]{1,60}")
_SPAN: Final = re.compile("([0-9]{1,18}):([0-9]{1,9}),([0-9]{1,9})")
_SAID: Final = re.compile(
    "(?P<model>[0-9]{1,18}):(-(?P<outcome>[a-z]{1,10})|(?P<answer>[a-z0-9_]{1,60}))"
)
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
    within = _KINDS[kind](user, rest)
    # What a view keeps may be replaced: its number alone decides nothing.
    lasting = f"{text}:{_ids_kept(user, rest)}" if text.startswith(KEPT) else text
    lasting = "" if text.startswith(SAID) else lasting  # a model may be asked again
    return replace(scope, within=within, within_key=lasting)


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
    low, high = _numbers(ends, 2)
    of_group = place_of(feature)
    if of_group is not None:
        group, place = of_group
        span = Q(**{f"values__{place}__gte": low, f"values__{place}__lte": high})
        rows = SignalFeatures.objects.filter(span, group=group.code)
        span = Q(pk__in=rows.values("signal"))
    elif feature in FEATURE_NAMES:
        span = Q(**{f"{feature}__gte": low, f"{feature}__lte": high})
    else:
        raise Invalid(_UNREADABLE)
    return span & _of_class(code) if code else span


def read_spans(text: str) -> dict[int, list[tuple[int, int]]]:
    """Return the spans of recordings, by the id of their run, of a selection of runs."""
    spans: dict[int, list[tuple[int, int]]] = {}
    parts = text.removeprefix(RUN).split(";")
    if len(parts) > MOST_SPANS:
        raise Invalid(f"At most {MOST_SPANS} parts of runs are selected.")
    for part in parts:
        found = _SPAN.fullmatch(part)
        if found is None:
            raise Invalid(_UNREADABLE)
        run, low, high = map(int, found.groups())
        spans.setdefault(run, []).append((low, high))
    return spans


def _runs(user: Any, text: str) -> Q:
    inside = Q(pk__in=[])
    for run, parts in read_spans(text).items():
        for low, high in parts:
            place = {"recording__position__gte": low, "recording__position__lte": high}
            inside |= Q(recording__run=run, **place)
    return Q(pk__in=Signal.objects.filter(inside).order_by().values("pk"))


def read_lasso(text: str) -> tuple[str, FloatArray]:
    """Return the key of the projection that was drawn upon, and the corners, (m, 2)."""
    key, _, rest = text.removeprefix(LASSO).partition(":")
    vertices = rest.split(";")
    if not 3 <= len(vertices) <= MOST_VERTICES:
        raise Invalid(_UNREADABLE)
    return key[:64], np.array([_numbers(vertex, 2) for vertex in vertices])


def lasso_pks(user: Any, text: str) -> list[int]:
    """Return the ids of the signals inside a lasso.

    Raises
    ------
    Invalid
        Where the text is no lasso.
    NotFound
        Where the projection that was drawn upon is no longer there.
    """
    key, polygon = read_lasso(text)
    gone = NotFound("The projection that it was drawn upon is not there any more; draw again.")
    try:
        projected = projection_points(user, key)
    except NotFound as error:
        raise gone from error
    if projected is None:
        raise gone
    pks: list[int] = projected.pks[inside(projected.points, polygon)].tolist()
    return pks


def _lasso(user: Any, text: str) -> Q:
    return Q(pk__in=among(lasso_pks(user, text)))


def kept_view(user: Any, text: str) -> SavedView:
    """Return the saved view whose signals a selection of that kind means."""
    number = text.removeprefix(KEPT)
    if not re.fullmatch("[0-9]{1,18}", number):
        raise Invalid(_UNREADABLE)
    views = SavedView.objects.filter(pk=int(number))
    if not user.is_superuser:
        views = views.filter(Q(owner=user.pk) | Q(is_shared=True))
    view = views.first()
    if view is None:
        raise NotFound("The view that kept it is not there any more; select again.")
    return view


def _ids_kept(user: Any, text: str) -> str:
    links = SavedView.selected.through.objects.filter(savedview=kept_view(user, text))
    return digest(*map(str, links.order_by("signal").values_list("signal", flat=True)))


def _kept(user: Any, text: str) -> Q:
    links = SavedView.selected.through.objects.filter(savedview=kept_view(user, text))
    return Q(pk__in=links.values("signal"))


def _said(user: Any, text: str) -> Q:
    """Signals that a model, trained on a dataset that the person may see, gave an answer."""
    found = _SAID.fullmatch(text)
    if found is None:
        raise Invalid(_UNREADABLE)
    stores = stores_visible(user).order_by().values("pk")
    of_model = {
        "predictions__experiment": int(found["model"]),
        "predictions__experiment__dataset__store__in": stores,
    }
    kind = "predictions__outcome" if found["outcome"] else "predictions__answer"
    said = Signal.objects.filter(**of_model, **{kind: found["outcome"] or found["answer"]})
    return Q(pk__in=said.order_by().values("pk"))


_KINDS: Final[dict[str, Callable[[Any, str], Q]]] = {
    "ids": _ids,
    "class": _class,
    "range": _range,
    "lasso": _lasso,
    "run": _runs,
    "kept": _kept,
    "said": _said,
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
