"""A figure in the making.

`go.Figure` checks and copies every value each time it is touched, 20 to 40 ms for a panel; a draft
collects plain values, and its drawing is sent as they are. A test puts each panel's figure through
the checks.
"""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from _plotly_utils.utils import to_typed_array_spec

from bearing_portal.dashboards.figures.theme import COMMON, template

# Plotly reads HTML of its own in every text, and templates in what it says under the mouse.
_AS_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;"})
_TEXTS = ("name", "text", "hovertext")
# What the bundle of Plotly that the pages load can draw, of that what the portal draws.
TRACES = frozenset(("bar", "box", "heatmap", "scatter"))


def as_text(words: str) -> str:
    """Return words that Plotly shows as they are, for a template that is put together of some.

    >>> as_text("<b>%{x}")
    '&lt;b&gt;%&#123;x}'
    """
    return words.translate(_AS_TEXT)


class Draft:
    """Traces, axes, shapes and annotations of a figure in a theme.

    Names, titles and labels are shown as they are written, whatever stands in them; a
    `hovertemplate` alone is Plotly's own language, see `as_text`.
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
        texts = {key: _texts(values[key]) for key in _TEXTS if key in values}
        self._traces.append({"type": kind, **values, **texts})

    def axis(self, name: str, **values: Any) -> None:
        """Add to an axis, such as `xaxis` or `yaxis2`."""
        texts: dict[str, Any] = {}
        if "ticktext" in values:
            texts["ticktext"] = _texts(values["ticktext"])
        if "title" in values:
            texts["title"] = titled(**values["title"])
        self._layout.setdefault(name, {}).update(values, **texts)

    def shape(self, **values: Any) -> None:
        self._layout["shapes"].append(values)

    def annotate(self, text: str, **values: Any) -> None:
        self._layout["annotations"].append({"text": as_text(text), **values})

    def annotate_lines(self, title: str, lines: Iterable[str], **values: Any) -> None:
        """Write a bold title, and lines below it."""
        text = "<br>".join([f"<b>{as_text(title)}</b>", *map(as_text, lines)])
        self._layout["annotations"].append({"text": text, **values})

    def layout(self, **values: Any) -> None:
        self._layout.update(values)

    def tell(self, **facts: Any) -> None:
        """Hand facts to the page's scripts."""
        self._layout["meta"] = facts

    def figure(self) -> "Drawing":
        return Drawing(self._traces, self._layout)


class Drawing:
    """A finished figure, as plain values that Plotly reads; nobody changes it any more."""

    def __init__(self, traces: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        self._traces, self._layout = traces, layout

    @cached_property
    def figure(self) -> go.Figure:
        """The same as Plotly's own object, for whoever asks for its parts."""
        return go.Figure(data=self._traces, layout=self._layout, _validate=False)

    @property
    def data(self) -> tuple[Any, ...]:
        parts: tuple[Any, ...] = self.figure.data
        return parts

    @property
    def layout(self) -> go.Layout:
        return self.figure.layout

    def to_plotly_json(self) -> dict[str, Any]:
        """Return what is sent: arrays as their bytes, which Plotly's scripts read at once."""
        return {"data": [_sent(trace) for trace in self._traces], "layout": self._layout}


def titled(text: str = "", **look: Any) -> dict[str, Any]:
    """Return the title of an axis or a scale."""
    return {"text": as_text(text), **look}


def _texts(values: Any) -> Any:
    """Return a text, or those of a list, as Plotly shows them; numbers as they are."""
    if isinstance(values, str):
        return as_text(values)
    if isinstance(values, list):
        return [as_text(each) if isinstance(each, str) else each for each in values]
    return values


def _sent(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: to_typed_array_spec(value)
        if isinstance(value, np.ndarray)
        else _sent(value)
        if isinstance(value, dict)
        else value
        for key, value in values.items()
    }


@lru_cache
def _template(theme: str) -> dict[str, Any]:
    values: dict[str, Any] = template(theme).to_plotly_json()
    return values
