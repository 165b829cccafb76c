"""The table's columns for AG Grid, and what their heads draw."""

from dataclasses import replace
from typing import Any

from bearing_portal.dashboards.explorer.class_marks import NONE, class_marks, severity_marks
from bearing_portal.dashboards.explorer.reading import scope_of, selected_or_refused
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.frame.templatetags.portal import number, thousands
from signals.exploration.columns import COLUMNS, Column, columns_of
from signals.exploration.histograms import MEASURED, Histogram, histograms_of
from signals.exploration.overview import Overview
from signals.exploration.table import TableQuery, within_columns
from signals.filters.grid import NUMBERS, SORTS, TEXTS
from signals.filters.scope import Scope
from vibration.features.groups import ALL_FEATURES

IDS = "ids:"
WIDTHS_PX = {"label": 120, "class": 176, "severity": 120, "tags": 104, "created": 120}
NUMBER_PX, LONGEST_HEADING = 104, 11
DIGITS = {"rpm": 0, "load": 0, "temperature": 1}
RENDERERS = {
    "label": "ExplorerLabel",
    "class": "ExplorerClass",
    "severity": "ExplorerSeverity",
    "tags": "ExplorerTags",
    "created": "ExplorerTime",
}
CLASSES = {"label": "mono"}


def table_scope(user: Any, state: ExplorerState) -> Scope:
    """Return the signals in the table: the selected ones; single checked ones stand among all."""
    whole = scope_of(user, state)
    shown = replace(state, sel="") if state.sel.startswith(IDS) else state
    return selected_or_refused(user, shown, whole) or whole


def chosen_scope(user: Any, state: ExplorerState) -> Scope:
    """Return the signals that an action is for: the checked ones, else all rows of the table."""
    if state.sel.startswith(IDS):
        whole = scope_of(user, state)
        return selected_or_refused(user, state, whole) or whole
    return within_columns(table_scope(user, state), state.grid)


def table_query(user: Any, state: ExplorerState, start: int, end: int) -> TableQuery:
    """Return what a state of the table asks for, with the features that `user` sees in it."""
    shown = [column.code for column in columns_of(user)]
    return TableQuery(
        start=start,
        end=end,
        sort=state.sort.removeprefix("-") or "row",
        descending=state.sort.startswith("-"),
        filters=state.grid,
        features=tuple(code for code in shown if code in ALL_FEATURES),
    )


def column_definitions(user: Any) -> list[dict[str, Any]]:
    """Return all columns for AG Grid: those `user` chose first, the others hidden.

    Hidden ones are there so that an address may sort and filter by them.
    """
    shown = columns_of(user)
    others = [column for column in COLUMNS.values() if column not in shown]
    return [
        *(_definition(column, is_hidden=False) for column in shown),
        *(_definition(column, is_hidden=True) for column in others),
    ]


def _definition(column: Column, *, is_hidden: bool) -> dict[str, Any]:
    code, is_number = column.code, column.is_number
    kind = "number" if code in MEASURED else code
    width = NUMBER_PX + 7 * max(len(column.heading) - LONGEST_HEADING, 0)
    definition: dict[str, Any] = {
        "colId": code,
        "field": code,
        # The heads bring the units of what is shown.
        "headerName": column.title if column.is_of_records else column.heading,
        "hide": is_hidden,
        "width": WIDTHS_PX.get(code, width),
        "sortable": code in SORTS,
        "filter": "agNumberColumnFilter" if is_number else "agTextColumnFilter",
        "cellRenderer": RENDERERS.get(code, "ExplorerNumber" if is_number else "ExplorerText"),
        "cellClass": "is-number" if is_number else CLASSES.get(code, ""),
        "headerClass": "is-number" if is_number else "",
        "headerComponentParams": {"kind": kind, "meaning": column.meaning},
    }
    if is_number:
        definition["cellRendererParams"] = {"digits": DIGITS.get(code)}
    if code == "tags":
        definition |= {"flex": 1, "minWidth": definition.pop("width")}
    if code == "created" or (code not in NUMBERS and code not in TEXTS):
        definition["filter"] = False
    return definition


def heads(user: Any, shown: Scope, found: Overview, around: Overview) -> dict[str, Any]:
    """Return what stands in the heads of the columns `user` sees: counts and histograms.

    They are of the rows that are shown; the classes are those of the whole filter, so that a
    selection is seen among the others.
    """
    columns = [column for column in columns_of(user) if column.code in MEASURED]
    bins = histograms_of(user, shown, [column.code for column in columns])
    units = shown.units()
    titles = {column.code: column.heading_of(units) for column in columns}
    return {
        "class": _class_counts(found, around),
        "severity": _severity_counts(found, around),
        "titles": titles,
        "bins": {code: _bins(title, bins[code]) for code, title in titles.items()},
    }


def _class_counts(found: Overview, around: Overview) -> list[dict[str, Any]]:
    marks, counts = class_marks(), {row.code: row.n for row in found.rows}
    return [
        {
            "code": row.code,
            "name": row.name,
            "n": counts.get(row.code, 0),
            "colour": marks[row.code].colour if row.code in marks else "",
        }
        for row in around.rows
    ]


def _severity_counts(found: Overview, around: Overview) -> list[dict[str, Any]]:
    marks, counts, known = severity_marks(), _by_severity(found), _by_severity(around)
    return [
        {
            "code": code,
            "name": marks[code].name if code in marks else "None",
            "n": counts.get(code, 0),
            "level": marks[code].level if code in marks else 0,
        }
        for code in (*marks, NONE)
        if code in known
    ]


def _by_severity(found: Overview) -> dict[str, int]:
    sums: dict[str, int] = {}
    for counts in found.table.values():
        for code, n in counts.items():
            sums[code] = sums.get(code, 0) + n
    return sums


def _bins(title: str, histogram: Histogram) -> dict[str, Any]:
    low, high = histogram.edges[0], histogram.edges[-1]
    words = f"{title} from {number(low, 3)} to {number(high, 3)}"
    if histogram.is_sample:
        counted, total = thousands(histogram.n_counted), thousands(histogram.n_signals)
        words += f", of {counted} of {total} signals, the same share of each class"
    return {
        "edges": histogram.edges,
        "counts": histogram.counts,
        "words": words,
    }
