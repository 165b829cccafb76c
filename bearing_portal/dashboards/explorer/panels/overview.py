"""Classes of the filter in numbers, and how many signals of each severity they hold."""

from dataclasses import replace
from typing import Any

from dash import Output

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.dashboards.embedding.markup import Markup, markup
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.class_marks import (
    NONE,
    ClassMark,
    SeverityMark,
    class_marks,
    severity_marks,
)
from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.overview import bars_figure
from bearing_portal.dashboards.explorer.reading import answered, narrowed, signals_of
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.dashboards.widgets import figure_tools, graph, panel
from bearing_portal.frame.templatetags.portal import number, thousands
from signals.exploration.overview import ClassRow, Overview, overview
from vibration.features import FEATURE_NAMES, FEATURES

LEVEL = FEATURES[FEATURE_NAMES.index("rms")]
MEAN = replace(LEVEL, title="Mean |x|")


def section() -> list[Any]:
    return [
        panel(
            ids.CLASSES,
            "Classes",
            [Markup(ids.CLASSES, className="table-scroll", tabIndex="0")],
            asks=ids.ASK_OVERVIEW,
        ),
        panel(
            ids.BARS,
            "Severity by class",
            [Markup(ids.BARS_LEGEND, className="bars-legend"), graph(ids.BARS)],
            asks=ids.ASK_OVERVIEW,
            tools=figure_tools(ids.BARS),
        ),
    ]


@guarded
def show_overview(asked: Any, *, user: Any) -> tuple[Any, ...]:
    return answered(asked, lambda state: _shown(user, state), _emptied)


def _shown(user: Any, state: ExplorerState) -> tuple[Any, ...]:
    scope = signals_of(user, state)
    found = overview(user, scope)
    selected = narrowed(user, state, scope)
    chosen = overview(user, selected) if selected is not None else None
    n = thousands(found.n)
    words = f"n = {n}" if chosen is None else f"{thousands(chosen.n)} of {n} selected"
    part = chosen.table if chosen is not None else None
    classes, severities = class_marks(), severity_marks()
    table = classes_table(found, chosen, classes, scope.units())
    figure = bars_figure(found.table, part, classes, severities, state.theme)
    legend = markup(_legend(found, severities))
    return markup(table), f"{words} · {_medians(found)}", figure, words, legend


def _emptied(why: str, theme: str) -> tuple[Any, ...]:
    words = html.P(why, className="ranking-words")
    return markup(words), "", empty_figure(why, theme, "bars of nothing"), "", ""


def _medians(found: Overview) -> str:
    """Say of how many signals the medians are."""
    n = sum(row.n_sampled for row in found.rows)
    if n == found.n:
        return "medians"
    return f"medians of {thousands(n)} of {thousands(found.n)}"


def register(app: PortalDash) -> None:
    outputs = [
        Output(ids.CLASSES, "html"),
        Output(ids.CLASSES_META, "children"),
        Output(ids.BARS, "figure"),
        Output(ids.BARS_META, "children"),
        Output(ids.BARS_LEGEND, "html"),
    ]
    app.answers(ids.ASK_OVERVIEW, outputs, show_overview)


def classes_table(
    found: Overview, chosen: Overview | None, classes: dict[str, ClassMark], units: list[str]
) -> html.Table:
    """Return a row for each class, of records in these units; of a selection how many of it are
    chosen.
    """
    levels = (MEAN.label_of(units), LEVEL.label_of(units))
    counts = {row.code: row.n for row in chosen.rows} if chosen is not None else None
    head = [
        html.Th(title, scope="col", className="num" if column else "")
        for column, title in enumerate(("Class", "Count", *levels, "Dominant (Hz)", "Kurtosis"))
    ]
    rows = [_row(row, counts, classes.get(row.code)) for row in found.rows]
    return html.Table(
        [html.Thead(html.Tr(head)), html.Tbody(rows)], className="table explorer-classes"
    )


def _row(row: ClassRow, counts: dict[str, int] | None, mark: ClassMark | None) -> html.Tr:
    name = html.Button(
        [html.Img(src=mark.uri, alt="", className="symbol") if mark else None, row.name],
        type="button",
        className="class-button",
        **{"data-select": f"class:{row.code}", "title": f"Select {row.name}"},
    )
    n = thousands(row.n)
    count = n if counts is None else f"{thousands(counts.get(row.code, 0))} of {n}"
    values = (row.mean_abs, row.median_rms, row.dominant_hz, row.kurtosis)
    cells = [html.Td(count, className="num")]
    of = f"Median of {thousands(row.n_sampled)} of {n} signals"
    cells += [html.Td(number(value, 3), className="num", title=of) for value in values]
    faded = counts is not None and not counts.get(row.code)
    return html.Tr([html.Th(name, scope="row"), *cells], className="is-faded" if faded else "")


def _legend(found: Overview, severities: dict[str, SeverityMark]) -> list[html.Span]:
    held = {code for counts in found.table.values() for code in counts}
    words = [
        (f"level-{each.level}", each.name) for each in severities.values() if each.code in held
    ]
    words += [("", "None")] if NONE in held else []
    return [html.Span([html.I(className=css), text]) for css, text in words]
