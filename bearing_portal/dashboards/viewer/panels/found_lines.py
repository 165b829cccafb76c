"""The lines of a bearing that were looked for in the envelope spectrum, as a table."""

from typing import Any

from dash import html

from common.text import signed
from vibration.machines.lines import FoundLine

UNDEFINED = "–"


def found_list(lines: list[FoundLine] | None) -> list[Any]:
    """The bearing's lines looked for in the envelope spectrum, with order and deviation."""
    if not lines:
        return []
    rows = [
        html.Tr(
            [
                html.Th(_line_name(one), scope="row"),
                html.Td(f"{one.line.order:.3f}X", className="num"),
                html.Td(f"{one.measured_hz:.2f}" if one.is_found else UNDEFINED, className="num"),
                html.Td(_signed(one.deviation_percent) if one.is_found else "", className="num"),
                html.Td(
                    f"{one.over_median:.0f}×" if one.is_found else "not found", className="num"
                ),
            ],
            className="is-found" if one.is_found else "text-3",
        )
        for one in lines
    ]
    names = ("Line", "Order", "Hz", "Deviation", "× median")
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in names]))
    n_found = sum(one.is_found for one in lines)
    title = html.H3(["Lines of the bearing", html.Span(f"{n_found} of {len(lines)} found")])
    return [html.Div([title, html.Table([head, html.Tbody(rows)])], className="inspector-section")]


def _line_name(found: FoundLine) -> str:
    line = found.line
    return line.name if line.harmonic == 1 else f"{line.harmonic}·{line.name}"


def _strength(found: FoundLine) -> str:
    return f"{found.over_median:.0f}×" if found.is_found else "not found"


def _signed(value: float) -> str:
    return f"{signed(value, 2)} %"
