"""A figure in the making.

`go.Figure` checks and copies every value each time it is touched, 20 to 40 ms for a panel; a draft
collects plain values and becomes a figure once. A test puts each panel's figure through the checks.
"""

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from bearing_portal.dashboards.figures.theme import COMMON, template

# What the bundle of Plotly that the pages load can draw, of that what the portal draws.
TRACES = frozenset(("bar", "box", "heatmap", "scatter"))


class Draft:
    """Traces, axes, shapes and annotations of a figure in a theme.

    `subject` names what is looked at: while it stays the same, so does what the person changed.
    """

    def __init__(self, theme: str, subject: str, **margin: int) -> None:
        self.theme = theme
        self._traces: list[dict[str, Any]] = []
        self._layout: dict[str, Any] = {
            "template": _template(theme),
            "uirevision": subject,
            "margin": {**COMMON["margin"], "b": 36, **margin},
            "shapes": [],
            "annotations": [],
        }

    @property
    def look(self) -> dict[str, Any]:
        """The layout of the theme, for the few values that a shape or a label takes from it."""
        layout: dict[str, Any] = self._layout["template"]["layout"]
        return layout

    @property
    def traces(self) -> list[dict[str, Any]]:
        """What has been drawn so far."""
        return self._traces

    def trace(self, kind: str, **values: Any) -> None:
        if kind not in TRACES:
            raise ValueError(f"The pages' Plotly draws no {kind}: see TRACES.")
        self._traces.append({"type": kind, **values})

    def axis(self, name: str, **values: Any) -> None:
        """Add to an axis, such as `xaxis` or `yaxis2`."""
        self._layout.setdefault(name, {}).update(values)

    def shape(self, **values: Any) -> None:
        self._layout["shapes"].append(values)

    def annotate(self, text: str, **values: Any) -> None:
        self._layout["annotations"].append({"text": text, **values})

    def layout(self, **values: Any) -> None:
        self._layout.update(values)

    def tell(self, **facts: Any) -> None:
        """Hand facts to the page's scripts."""
        self._layout["meta"] = facts

    def figure(self) -> go.Figure:
        return go.Figure(data=self._traces, layout=self._layout, _validate=False)


@lru_cache
def _template(theme: str) -> dict[str, Any]:
    values: dict[str, Any] = template(theme).to_plotly_json()
    return values
