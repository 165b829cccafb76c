"""Signals in groups that are drawn as one: by class, by severity, by quarters of a condition."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bearing_portal.dashboards.explorer.class_marks import NONE, class_marks, severity_marks
from bearing_portal.dashboards.explorer.figures.groups import FloatArray, Group
from bearing_portal.frame.design.tokens import TOKENS, color
from signals.exploration.conditions import CONDITIONS, condition_of, quarters_of
from signals.feature_table import FeatureTable
from signals.filters.scope import Scope

UNLABELLED = "No class"
NO_COLOUR = color("light", "neutral")  # as class colours, one for both themes
NO_SYMBOL = "x"


@dataclass(frozen=True, eq=False)
class Look:
    """A group without its values: how it is called and drawn, and which rows of a table it has."""

    code: str
    name: str
    colour: str
    symbol: str
    rows: npt.NDArray[np.bool_]

    def of(self, values: FloatArray) -> Group:
        return Group(self.code, self.name, self.colour, self.symbol, values[self.rows])


def looks_of(user: Any, scope: Scope, table: FeatureTable, by: str, theme: str) -> list[Look]:
    """Return the groups that a table's signals are in, in the order in which they are drawn."""
    if by in CONDITIONS:
        return [*_by_condition(user, scope, table, by, theme)]
    found = _by_severity(table.severities, theme) if by == "severity" else by_class(table.classes)
    return [look for look in found if look.rows.any()]


def by_class(ids: npt.NDArray[np.int64]) -> Iterator[Look]:
    """Yield every class, with the rows that are of it; last what has none."""
    for mark in class_marks().values():
        yield Look(mark.code, mark.short_name, mark.colour, mark.symbol, ids == mark.pk)
    yield Look(NONE, UNLABELLED, NO_COLOUR, NO_SYMBOL, ids == 0)


def _by_severity(ids: npt.NDArray[np.int64], theme: str) -> Iterator[Look]:
    yield Look(NONE, "No severity", NO_COLOUR, "circle", ids == 0)
    colours = TOKENS["color"][theme]["severity"]
    for mark in severity_marks().values():
        colour = colours[min(mark.level, len(colours)) - 1]
        yield Look(mark.code, mark.name, colour, "circle", ids == mark.pk)


def _by_condition(
    user: Any, scope: Scope, table: FeatureTable, by: str, theme: str
) -> Iterator[Look]:
    values = condition_of(user, scope, table, by)
    quarters = quarters_of(values, by)
    colours = _ramp(theme)
    for number, quarter in enumerate(quarters, start=1):
        yield Look(f"q{number}", quarter.name, colours[number - 1], "circle", quarter.rows)
    unknown = ~np.isfinite(values)
    if unknown.any():
        yield Look(NONE, f"{CONDITIONS[by][1]} not known", NO_COLOUR, NO_SYMBOL, unknown)


def _ramp(theme: str) -> list[str]:
    """Return four colours from faint to strong, for quarters that follow each other."""
    faint, strong = TOKENS["plotly"][theme]["diverging"][3], color(theme, "trace")
    return [_between(faint, strong, step / 3) for step in range(4)]


def _between(first: str, last: str, share: float) -> str:
    parts = [
        round((1 - share) * int(first[at : at + 2], 16) + share * int(last[at : at + 2], 16))
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)
