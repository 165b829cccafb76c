"""The filters and sorts of a grid's columns, as AG Grid writes them, made conditions for SQL."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q

from common.errors import Invalid
from vibration.features import FEATURE_NAMES

LONGEST_TEXT: Final = 100
LONGEST_MODEL: Final = 4000
MOST_COLUMNS: Final = 8
MOST_CONDITIONS: Final = 2  # of a column
NUMBERS: Final = {
    "id": "pk",
    "row": "row",
    "rpm": "rpm",
    "load": "load_percent",
    "temperature": "temperature_c",
    "position": "recording__position",
    "fault_size": "recording__fault_size_mm",
    **{name: name for name in FEATURE_NAMES},
}
TEXTS: Final = {
    "label": "label",
    "class": "fault_class__name",
    "severity": "severity__name",
    "tags": "tags__name",
    "fault_location": "recording__fault_location",
    "specimen": "recording__specimen__name",
    "run": "recording__run__name",
    "recording": "recording__name",
}
SORTS: Final = {
    **NUMBERS,
    "label": "label",
    "class": "fault_class__position",
    "severity": "severity__level",
    "fault_location": "recording__fault_location",
    "specimen": "recording__specimen__name",
    "run": "recording__run__name",
    "recording": "recording__name",
}
_COMPARISONS = {
    "equals": "exact",
    "lessThan": "lt",
    "lessThanOrEqual": "lte",
    "greaterThan": "gt",
    "greaterThanOrEqual": "gte",
}
_WORDS = {
    "equals": "iexact",
    "contains": "icontains",
    "startsWith": "istartswith",
    "endsWith": "iendswith",
}


def read_model(text: str) -> dict[str, Any]:
    """Read a grid's filter model from an address; empty where there is none."""
    try:
        model = json.loads(text or "{}") if len(text) <= LONGEST_MODEL else None
    except (ValueError, RecursionError):
        model = None
    if not isinstance(model, dict):
        raise Invalid("The filters of the columns cannot be read; set them again.")
    return model


def conditions_of(model: Mapping[str, Any]) -> Q:
    """Return the condition of a grid's filter model; what cannot be meant raises `Invalid`."""
    if len(model) > MOST_COLUMNS:
        raise Invalid(f"At most {MOST_COLUMNS} columns are filtered at once; clear some of them.")
    found = Q()
    for column, given in model.items():
        if column not in NUMBERS and column not in TEXTS:
            raise Invalid(f"The table cannot be filtered by “{str(column)[:40]}”.")
        found &= _of_column(column, given)
    return found


def _of_column(column: str, given: Any) -> Q:
    if not isinstance(given, Mapping):
        raise Invalid("A filter of the table is no filter; set it again.")
    parts = given.get("conditions")
    if not isinstance(parts, list):
        return _of_part(column, given)
    if len(parts) > MOST_CONDITIONS:
        raise Invalid(f"A column takes at most {MOST_CONDITIONS} conditions; take some away.")
    either, found = given.get("operator") == "OR", Q()
    for part in parts:
        condition = _of_part(column, part)
        found = found | condition if either else found & condition
    return found


def _of_part(column: str, part: Any) -> Q:
    if not isinstance(part, Mapping):
        raise Invalid("A filter of the table is no filter; set it again.")
    kind = part.get("type")
    if kind in ("blank", "notBlank"):
        field = NUMBERS.get(column) or TEXTS[column]
        return Q(**{f"{field}__isnull": kind == "blank"})
    return _number(column, part) if column in NUMBERS else _text(column, part)


def _number(column: str, part: Mapping[str, Any]) -> Q:
    field, kind = NUMBERS[column], part.get("type")
    value = _value(part.get("filter"))
    if kind == "inRange":
        return Q(**{f"{field}__gte": value, f"{field}__lte": _value(part.get("filterTo"))})
    if kind == "notEqual":
        return ~Q(**{field: value})
    if kind not in _COMPARISONS:
        raise Invalid("The table knows no such comparison; set the filter again.")
    return Q(**{f"{field}__{_COMPARISONS[kind]}": value})


def _value(given: Any) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    # One comparison refuses NaN too, and whole numbers that no float can hold.
    if not is_number or not abs(given) <= 1e300:
        raise Invalid("A filter of the table needs a number; write one such as 0.25.")
    return given if isinstance(given, int) and abs(given) < 2**62 else float(given)


def _text(column: str, part: Mapping[str, Any]) -> Q:
    words, kind = str(part.get("filter") or ""), str(part.get("type"))
    if not words or len(words) > LONGEST_TEXT or not words.isprintable():
        raise Invalid(f"A filter of the table takes 1 to {LONGEST_TEXT} letters.")
    if kind in ("notContains", "notEqual"):
        lookup = "icontains" if kind == "notContains" else "iexact"
        return ~Q(**{f"{TEXTS[column]}__{lookup}": words})
    if kind not in _WORDS:
        raise Invalid("The table knows no such comparison; set the filter again.")
    return Q(**{f"{TEXTS[column]}__{_WORDS[kind]}": words})
