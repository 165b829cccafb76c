"""What stands around the figures: steps, filter, legend, read-outs, and why there is nothing."""

from typing import Any

from dash.html import Span
from django.urls import reverse

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.viewer.figures.common import Style
from bearing_portal.dashboards.viewer.items import Item
from bearing_portal.dashboards.viewer.reading import Opened
from bearing_portal.frame.templatetags.portal import thousands
from signals.filters.neighbours import Neighbours

LINES = {"solid": "solid", "dot": "dotted"}  # what CSS can draw of a class's dash


def steps(place: Neighbours, pk: int) -> list[Any]:
    """The ways from a signal to its neighbours, which say whose they are."""
    return [
        _step(pk, place.previous, "Previous signal", "K", "is-left"),
        html.Span(
            f"{thousands(place.number)} of {thousands(place.total)}",
            className="viewer-place text-2",
        ),
        _step(pk, place.next, "Next signal", "J", "is-right"),
    ]


def filter_chip(opened: Opened) -> list[Any]:
    """Say through what filter Next and Previous walk, with the way out of it and into one."""
    if not opened.filter.is_open:
        # Those of one dataset share the unit of this one; others may be mixed.
        words = opened.filter.describe(opened.signal.unit if opened.filter.dataset else "")
        leave = html.Button(
            html.Span(className="glyph is-x"),
            type="button",
            className="icon-button is-small",
            **{"data-action": "unfilter", "aria-label": "Leave the filter"},
        )
        return [html.Span(["Filter ", html.Strong(words), leave], className="viewer-chip")]
    if opened.signal.fault_class is None:
        return []
    short = opened.signal.fault_class.short_name
    button = html.Button(
        f"Only {short}",
        type="button",
        className="btn btn-secondary",
        **{"data-filter": f"class={opened.signal.fault_class.code}"},
    )
    return [button]


def legend(meta: str, items: list[Item]) -> list[Any]:
    """A panel's words, with the line of each signal where several are drawn."""
    if len(items) < 2:
        return [meta]
    return [*(_line_sample(item.style) for item in items), meta]


def _line_sample(style: Style) -> html.Span:
    dash = (
        "solid" if style.dash in (None, "solid") else "dotted" if style.dash == "dot" else "dashed"
    )
    line = {"borderTopStyle": dash}
    if style.colour:
        line["borderTopColor"] = style.colour
    return html.Span(
        [html.Span(className="line-sample is-signal", style=line), style.name],
        className="legend-entry",
    )


def whole(words: str) -> Span:
    """A panel's words, all of them where the mouse rests: a narrow head cuts their end off."""
    return Span(words, title=words)


def readout(cells: list[tuple[str, str, str]] | None) -> list[Any]:
    """Name, value and unit of each figure in the strip below a panel."""
    return [
        html.Span([html.Span(name, className="text-3"), html.B(value), html.Span(unit)])
        for name, value, unit in cells or []
    ]


def nothing(title: str, sentence: str) -> list[Any]:
    """Why no signal is shown, and the way to one."""
    return [
        html.Span(className="glyph is-activity"),
        html.Strong(title),
        html.P(sentence),
        html.A("Datasets", href=reverse("datasets:list"), className="btn btn-secondary"),
    ]


def _step(pk: int, to: int | None, name: str, key: str, css_class: str) -> Any:
    inside = [
        html.Span(className=f"glyph {css_class}"),
        html.Kbd(key),
        html.Span(name, className="visually-hidden"),
    ]
    whose = {"data-from": str(pk)}
    if to is None:
        off = {"aria-disabled": "true"}
        return html.Span(inside, className="btn btn-secondary is-off", **whose, **off)
    return html.Button(
        inside,
        type="button",
        className=f"btn btn-secondary viewer-step {css_class}",
        title=name,
        **whose,
        **{"data-open": str(to)},
    )
