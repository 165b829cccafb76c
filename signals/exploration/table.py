"""Rows of the explorer's table, a page at a time, in one order from the first to the last."""

import json
import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from django.core.cache import cache
from django.db.models import F, Q, QuerySet

from common.errors import Invalid
from signals.exploration.overview import count_known
from signals.feature_groups import group_columns
from signals.filters.grid import SORTS, conditions_of
from signals.filters.scope import Scope, digest, sides_of
from signals.models import Signal
from signals.selectors import classes_all, stores_visible
from vibration.features import FEATURE_NAMES
from vibration.features.groups import ALL_FEATURES

MOST_ROWS: Final = 500
ANCHORS_S: Final = 900
_VALUES: Final = (
    "pk",
    "label",
    "row",
    "rpm",
    "load_percent",
    "temperature_c",
    "fault_class__code",
    "fault_class__name",
    "severity__code",
    "severity__name",
    "store__created_at",
    "recording__specimen__name",
    "recording__run__name",
    "recording__position",
    "recording__name",
    "recording__fault_size_mm",
    "recording__fault_location",
)


@dataclass(frozen=True, kw_only=True)
class TableQuery:
    """What a grid asks for.

    Attributes
    ----------
    start, end : int
        Rows from `start` up to, not including, `end`; counted from 0.
    sort : str
        A key of `SORTS`; rows without a value come last in either direction.
    descending : bool
    filters : mapping
        AG Grid's filter model.
    features : tuple of str
        Features to give beside the columns that are always given.
    """

    start: int = 0
    end: int = 50
    sort: str = "row"
    descending: bool = False
    filters: Mapping[str, Any] = field(default_factory=dict)
    features: tuple[str, ...] = ("rms", "kurtosis")

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start > MOST_ROWS:
            raise Invalid(f"The table gives at most {MOST_ROWS} rows at once.")
        if self.sort not in SORTS:
            raise Invalid(f"The table cannot be sorted by “{self.sort[:40]}”.")
        if unknown := set(self.features) - set(ALL_FEATURES):
            raise Invalid(f"There is no feature “{min(unknown)[:40]}”.")


@dataclass(frozen=True)
class TablePage:
    """Rows of a grid by column name, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def table_page(user: Any, scope: Scope, query: TableQuery) -> TablePage:
    """Return some rows of the scope.

    Whoever scrolls on begins where the page before ended, found by key: the last row of each page
    is remembered for a quarter of an hour. A jump deep into the table takes an offset.
    """
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    signals = filtered(scope, query.filters)
    total = _total(scope, query, signals)
    keys = _page(scope, signals, query, total)
    return TablePage(_rows(scope, keys, query.features), total)


def ids_in_order(scope: Scope, sort: str, *, descending: bool) -> "array[int]":
    """Return the ids of all of a scope's signals as the table sorts them."""
    if sort not in SORTS:
        raise Invalid(f"The table cannot be sorted by “{sort[:40]}”.")
    column, signals = SORTS[sort], scope.signals()
    known = _sorted(signals.filter(**{f"{column}__isnull": False}), column, descending=descending)
    unknown = signals.filter(**{f"{column}__isnull": True}).order_by("pk")
    found = array("q", known.values_list("pk", flat=True).iterator())
    found.extend(unknown.values_list("pk", flat=True).iterator())
    return found


def filtered(scope: Scope, filters: Mapping[str, Any]) -> QuerySet[Signal]:
    """Return the scope's signals that pass the filters of a grid's columns."""
    signals = scope.signals()
    if not filters:
        return signals
    if "tags" in filters:  # a join would give a signal once for each of its tags
        passing = scope.every_signal().filter(conditions_of(filters))
        return signals.filter(pk__in=passing.values("pk"))
    return signals.filter(conditions_of(filters))


def within_columns(scope: Scope, filters: Mapping[str, Any]) -> Scope:
    """Return the part of a scope that passes the filters of a grid's columns."""
    if not filters:
        return scope
    passing = scope.every_signal().filter(conditions_of(filters))
    condition = Q(pk__in=passing.values("pk"))
    within = condition if scope.within is None else scope.within & condition
    is_lasting = "tags" not in filters and (scope.within is None or scope.within_key)
    key = digest(scope.within_key, _written(filters)) if is_lasting else ""
    return replace(scope, within=within, within_key=key)


def _total(scope: Scope, query: TableQuery, signals: QuerySet[Signal]) -> int:
    if "tags" in query.filters:
        return signals.count()
    known = None if query.filters else count_known(scope)
    if known is not None:
        return known
    inputs = _written(query.filters)
    return int(scope.cached("count", lambda: str(signals.count()).encode(), inputs))


def _page(scope: Scope, signals: QuerySet[Signal], query: TableQuery, total: int) -> list[int]:
    """Return the ids of a page: first come those with a value, then those without."""
    if query.start >= total:
        return []
    column, size = SORTS[query.sort], min(query.end, total) - query.start
    known = signals.filter(**{f"{column}__isnull": False})
    anchored = _anchored(scope, query)
    found = _known(known, query, column, anchored, size)
    if found:
        _remember(scope, query, found)
    if len(found) == size:
        return [pk for pk, _ in found]
    n_known = query.start + len(found) if found else known.count()
    unknown = signals.filter(**{f"{column}__isnull": True}).order_by("pk")
    first = max(query.start - n_known, 0)
    rest = unknown.values_list("pk", flat=True)[first : first + size - len(found)]
    return [*(pk for pk, _ in found), *rest]


def _known(
    known: QuerySet[Signal],
    query: TableQuery,
    column: str,
    anchor: tuple[Any, int] | None,
    size: int,
) -> list[tuple[int, Any]]:
    ordered = _sorted(known, column, descending=query.descending).values_list("pk", F(column))
    if anchor is not None:
        return list(ordered.filter(_after(column, anchor, query.descending))[:size])
    return list(ordered[query.start : query.start + size])


def _sorted(known: QuerySet[Signal], column: str, *, descending: bool) -> QuerySet[Signal]:
    sign = "-" if descending else ""
    return known.order_by(*dict.fromkeys((f"{sign}{column}", f"{sign}pk")))


def _after(column: str, anchor: tuple[Any, int], descending: bool) -> Q:
    value, pk = anchor
    beyond, side = ("lt", "lte") if descending else ("gt", "gte")
    if column == "pk":
        return Q(**{f"pk__{beyond}": pk})
    # The first condition is one that an index can begin at.
    later = Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk})
    return Q(**{f"{column}__{side}": value}) & later


def _anchored(scope: Scope, query: TableQuery) -> tuple[Any, int] | None:
    key = _anchor_key(scope, query, query.start)
    found = cache.get(key) if key and query.start else None
    return (found[0], found[1]) if isinstance(found, list) else None


def _remember(scope: Scope, query: TableQuery, found: list[tuple[int, Any]]) -> None:
    pk, value = found[-1]
    key = _anchor_key(scope, query, query.start + len(found))
    if key:
        cache.set(key, [value, pk], ANCHORS_S)


def _anchor_key(scope: Scope, query: TableQuery, at: int) -> str | None:
    if "tags" in query.filters:
        return None
    parts = (query.sort, str(query.descending), _written(query.filters), str(at))
    return scope.key("anchor", digest(*parts))


def _written(filters: Mapping[str, Any]) -> str:
    return json.dumps(filters, sort_keys=True, default=str)


def _rows(scope: Scope, keys: list[int], features: tuple[str, ...]) -> list[dict[str, Any]]:
    signals = scope.every_signal().filter(pk__in=keys)
    own = [name for name in features if name in FEATURE_NAMES]
    found = {row["pk"]: row for row in signals.values(*_VALUES, *own)}
    for pk, values in _beside(keys, [name for name in features if name not in own]).items():
        if pk in found:
            found[pk] |= values
    tags, sides = tags_of(keys), sides_of(scope.split_shown(), keys)
    said = answers_of(scope.user, keys)
    return [
        {
            **_row(found[pk], tags.get(pk, []), features),
            "split": sides.get(pk),
            "predicted": said.get(pk),
        }
        for pk in keys
        if pk in found
    ]


def _beside(keys: list[int], names: list[str]) -> dict[int, dict[str, float | None]]:
    """Return features of groups by signal and name, None where one is missing."""
    if not names:
        return {}
    columns = group_columns(np.array(keys, np.int64), tuple(names), np.float64).tolist()
    return {
        pk: {n: None if math.isnan(v) else v for n, v in zip(names, row, strict=True)}
        for pk, row in zip(keys, columns, strict=True)
    }


def answers_of(user: Any, keys: list[int]) -> dict[int, str]:
    """Return what the model that was asked last said of signals, by id: the name of a class, or
    why there is none. Models on datasets that `user` may not see are left out.
    """
    own = Signal.objects.order_by().filter(pk__in=keys)
    if not own.filter(predictions__isnull=False).exists():
        return {}
    stores = stores_visible(user).order_by().values("pk")
    asked = own.filter(predictions__experiment__dataset__store__in=stores).order_by(
        "predictions__run", "predictions__pk"
    )
    names = {row.code: row.name for row in classes_all()}
    rows = asked.values_list("pk", "predictions__answer", "predictions__outcome")
    return {pk: names.get(answer, answer) or outcome for pk, answer, outcome in rows}


def tags_of(keys: list[int]) -> dict[int, list[str]]:
    """Return the names of the tags of signals, by id."""
    links = Signal.tags.through.objects.filter(signal__in=keys).order_by("tag__name")
    found: dict[int, list[str]] = {}
    for pk, name in links.values_list("signal_id", "tag__name"):
        found.setdefault(pk, []).append(name)
    return found


def _row(values: dict[str, Any], tags: list[str], features: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": values["pk"],
        "label": values["label"],
        "row": values["row"],
        "class_code": values["fault_class__code"],
        "class": values["fault_class__name"],
        "severity_code": values["severity__code"],
        "severity": values["severity__name"],
        "rpm": values["rpm"],
        "load": values["load_percent"],
        "temperature": values["temperature_c"],
        "specimen": values["recording__specimen__name"],
        "run": values["recording__run__name"],
        "position": values["recording__position"],
        "recording": values["recording__name"],
        "fault_size": values["recording__fault_size_mm"],
        "fault_location": values["recording__fault_location"],
        "tags": tags,
        "created": values["store__created_at"].isoformat(),
        **{name: values[name] for name in features},
    }
