"""The features: which tell the classes apart, one of them by group, how all of them go together."""

from typing import Any

from dash import ClientsideFunction, Input, Output, dcc, html

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.dashboards.embedding.markup import Markup, fixed, markup
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.feature_menu import feature_choice
from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.groups import Group
from bearing_portal.dashboards.explorer.panels.features.data import (
    correlation_panel,
    feature_panel,
    ranking_panel,
)
from bearing_portal.dashboards.explorer.panels.features.ranking_list import no_ranking, ranking_list
from bearing_portal.dashboards.explorer.reading import answered
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.dashboards.widgets import choice, figure_tools, graph, menu, panel, segments

GROUPINGS = {
    "class": "by class",
    "severity": "by severity",
    "rpm": "by speed",
    "load": "by load",
    "temperature": "by temperature",
}
SCALES = {"linear": "Linear", "log": "Log"}


def section() -> list[html.Section]:
    return [_ranking(), _feature()]


def correlation() -> html.Section:
    measures = {"spearman": "Spearman", "pearson": "Pearson"}
    pair = [feature_choice("Across", "fx"), feature_choice("Up", "fy")]
    options = [
        segments("Shown", "corr", {"scatter": "Scatter", "matrix": "Matrix"}, "matrix"),
        html.Div(
            segments("Measure", "measure", measures, "spearman"),
            className="option-group",
            **{"data-when": "corr=matrix"},
        ),
        html.Div(pair, className="option-group", **{"data-when": "corr=scatter"}),
    ]
    return panel(
        ids.CORRELATION,
        "Correlation",
        [
            fixed(html.Div(options, className="panel-options")),
            graph(ids.CORRELATION),
            dcc.Store(id=ids.PAIR),
        ],
        asks=ids.ASK_CORRELATION,
        tools=figure_tools(ids.CORRELATION),
    )


@guarded
def show_ranking(asked: Any, *, user: Any) -> tuple[str, str]:
    return answered(asked, lambda state: _ranked(user, state), _no_ranks)


def _no_ranks(why: str, _theme: str) -> tuple[str, str]:
    return markup(no_ranking(why)), ""


def _ranked(user: Any, state: ExplorerState) -> tuple[str, str]:
    found = ranking_panel(user, state)
    return markup(ranking_list(found, is_all=state.is_all_ranked)), found.meta


@guarded
def show_feature(asked: Any, *, user: Any) -> tuple[Any, ...]:
    return answered(asked, lambda state: _boxes(user, state), _no_boxes)


def _boxes(user: Any, state: ExplorerState) -> tuple[Any, ...]:
    found = feature_panel(user, state)
    # What a click on a row does, for the keyboard.
    groups = markup([_group_button(each, each.code in found.chosen) for each in found.groups])
    return found.boxes, found.histogram, found.title, found.meta, found.note, groups


def _no_boxes(why: str, theme: str) -> tuple[Any, ...]:
    boxes, histogram = (
        empty_figure(why, theme, f"{what} of nothing") for what in ("boxes", "bins")
    )
    return boxes, histogram, "Feature", "", "", ""


@guarded
def show_correlation(asked: Any, *, user: Any) -> tuple[Any, ...]:
    return answered(asked, lambda state: _correlated(user, state), _no_correlation)


def _correlated(user: Any, state: ExplorerState) -> tuple[Any, ...]:
    found = correlation_panel(user, state)
    return found.figure, found.title, found.meta, {"fx": found.fx, "fy": found.fy}


def _no_correlation(why: str, theme: str) -> tuple[Any, ...]:
    return empty_figure(why, theme, "correlation of nothing"), "Correlation", "", None


def register(app: PortalDash) -> None:
    ranking = [Output(ids.RANKING, "html"), Output(ids.RANKING_META, "children")]
    app.answers(ids.ASK_RANKING, ranking, show_ranking)
    feature = [
        Output(ids.FEATURE, "figure"),
        Output(ids.HISTOGRAM, "figure"),
        Output(f"{ids.FEATURE}-title", "children"),
        Output(ids.FEATURE_META, "children"),
        Output(ids.FEATURE_NOTE, "children"),
        Output(ids.FEATURE_GROUPS, "html"),
    ]
    app.answers(ids.ASK_FEATURE, feature, show_feature)
    correlations = [
        Output(ids.CORRELATION, "figure"),
        Output(f"{ids.CORRELATION}-title", "children"),
        Output(ids.CORRELATION_META, "children"),
        Output(ids.PAIR, "data"),
    ]
    app.answers(ids.ASK_CORRELATION, correlations, show_correlation)
    paired = ClientsideFunction("explorer", "paired")
    app.clientside_callback(paired, Output(ids.PAIR, "clear_data"), [Input(ids.PAIR, "data")], [])


def _ranking() -> html.Section:
    ranks = {"f": "ANOVA F", "mi": "MI"}
    of = segments("Ranked of", "copies", {"no": "Originals", "yes": "With copies"}, "no")
    words = {"aria-label": "Features, the one that tells the classes apart best first"}
    return panel(
        ids.RANKING,
        "Feature ranking",
        [
            fixed(html.Div(of, className="panel-options")),
            Markup(ids.RANKING, className="ranking", tabIndex="0", role="group", **words),
        ],
        asks=ids.ASK_RANKING,
        tools=[segments("Ranked by", "rank", ranks, "f")],
    )


def _feature() -> html.Section:
    kinds = {"box": "Box", "violin": "Violin"}
    tools = [
        choice("Groups", "by", GROUPINGS),
        segments("Drawn as", "kind", kinds, "box"),
        segments("Axis", "axis", SCALES, ""),
        *figure_tools(ids.FEATURE),
    ]
    groups = Markup(ids.FEATURE_GROUPS, className="group-list")
    head = [
        fixed(html.H3("Histogram", className="panel-part")),
        html.Div(
            [menu("Groups", groups), *map(fixed, figure_tools(ids.HISTOGRAM, alone=False))],
            className="end",
        ),
    ]
    beside = html.Div(
        [html.Div(head, className="panel-part-head"), graph(ids.HISTOGRAM)],
        className="feature-histogram",
        **{"data-part": "1"},
    )
    return panel(
        ids.FEATURE,
        "Feature",
        [
            html.Div([graph(ids.FEATURE), beside], className="feature-figures"),
            html.P(id=ids.FEATURE_NOTE, className="panel-note"),
        ],
        asks=ids.ASK_FEATURE,
        tools=tools,
    )


def _group_button(group: Group, is_chosen: bool) -> html.Button:
    return html.Button(
        group.name,
        type="button",
        className="layer-toggle",
        **{"data-group": group.code, "aria-pressed": str(is_chosen).lower()},
    )
