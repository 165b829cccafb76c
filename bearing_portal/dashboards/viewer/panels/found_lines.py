"""The lines of a bearing that were looked for in the envelope spectrum, as a table."""

import math
from typing import Any

from bearing_portal.dashboards.embedding import html
from common.text import signed
from vibration.machines.lines import FoundLine
from vibration.machines.slip import ABSENT, DOUBTFUL, FOUND, JudgedLine, Judgement

UNDEFINED = "–"


def found_list(judged: Judgement | None) -> list[Any]:
    """The bearing's lines in the envelope spectrum: what counts, what is doubtful, and chance."""
    if judged is None:
        return []
    rows = [_row(one) for one in judged.lines]
    names = ("Line", "Order", "Hz", "Deviation", "× median")
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in names]))
    title = html.H3(
        ["Lines of the bearing", html.Span(f"{judged.n_found} of {len(judged.lines)} found")]
    )
    slip = "" if math.isnan(judged.slip) else f"Shared slip {_signed(100 * judged.slip)}. "
    words = f"{slip}By chance {judged.n_by_chance:.1f} would be found in this spectrum."
    note = html.P(words, className="text-3")
    return [
        html.Div([title, note, html.Table([head, html.Tbody(rows)])], className="inspector-section")
    ]


def _row(judged: JudgedLine) -> html.Tr:
    one, is_seen = judged.found, judged.verdict != ABSENT
    height = f"{one.over_median:.0f}×"
    strength = {FOUND: height, DOUBTFUL: f"{height} doubtful"}.get(judged.verdict, "not found")
    return html.Tr(
        [
            html.Th(_line_name(one), scope="row"),
            html.Td(f"{one.line.order:.3f}X", className="num"),
            html.Td(f"{one.measured_hz:.2f}" if is_seen else UNDEFINED, className="num"),
            html.Td(_signed(one.deviation_percent) if is_seen else "", className="num"),
            html.Td(strength, className="num"),
        ],
        className="is-found" if judged.verdict == FOUND else "text-3",
        title=judged.why.capitalize(),
    )


def _line_name(found: FoundLine) -> str:
    line = found.line
    return line.name if line.harmonic == 1 else f"{line.harmonic}·{line.name}"


def _signed(value: float) -> str:
    return f"{signed(value, 2)} %"
