"""The projection of all features into the plane: asked for, watched, drawn upon."""

from typing import Any

from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.dashboards.embedding.markup import Markup, fixed, markup
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.class_marks import class_marks
from bearing_portal.dashboards.explorer.feature_menu import feature_choice
from bearing_portal.dashboards.explorer.panels.projection.data import (
    Legend,
    nothing_panel,
    projection_ask,
    projection_panel,
)
from bearing_portal.dashboards.explorer.reading import answered
from bearing_portal.dashboards.explorer.state import read
from bearing_portal.dashboards.widgets import choice, figure_tools, graph, menu, panel, segments
from bearing_portal.frame.templatetags.portal import thousands
from signals.exploration.conditions import CONDITIONS
from signals.feature_groups import FAMILIES, SETS
from vibration.statistics.projection import METRICS, Method, ProjectionParameters

COLOURS = {
    "class": "Class",
    **{code: title for code, (_, title, _) in CONDITIONS.items()},
}
HELP = (
    "UMAP-like is our own optimiser on UMAP's graph of neighbours and its objective: pictures are "
    "alike, points are not those of umap-learn. Trustworthiness: how far the 10 nearest points of "
    "each are its nearest signals by all features too; 1 is best, 0.5 is chance."
)
DRAGS = {"lasso": "Lasso", "select": "Box", "zoom": "Zoom"}
PLAIN = ProjectionParameters()


def section() -> list[html.Section]:
    methods = {method.value: method.name_shown for method in Method}
    metrics = {name: name.title() for name in METRICS}
    of_tsne = [_number("Perplexity", "perplexity", PLAIN.perplexity)]
    of_umap = [
        _number("Neighbours", "neighbours", PLAIN.n_neighbours),
        _number("Min. distance", "min_dist", PLAIN.min_dist, step=0.05),
        _number("Seed", "seed", PLAIN.seed),
    ]
    options = [
        fixed(segments("Method", "method", methods, Method.PCA.value)),
        _of_methods("tsne", of_tsne),
        _of_methods("umap", of_umap),
        fixed(_of_methods("tsne umap", [choice("Distance between signals", "metric", metrics)])),
        fixed(feature_choice("Colour of the points", "colour", COLOURS, shown="Colour")),
        fixed(menu("Of features", _sets())),
        fixed(html.Span(className="panel-gap")),
        html.Button(
            "Compute",
            id=ids.COMPUTE,
            type="button",
            className="btn btn-secondary is-small",
            disabled=True,
        ),
    ]
    legend = {"role": "group", "aria-label": "Classes; each selects its signals"}
    return [
        panel(
            ids.PROJECTION,
            "Projection",
            [
                html.Div(options, className="panel-options"),
                html.P(id=ids.PROJECTION_NOTE, className="panel-note is-above", role="status"),
                Markup("explorer-projection-state"),
                html.Div(
                    [
                        graph(ids.PROJECTION),
                        Markup(ids.PROJECTION_LEGEND, className="class-legend", **legend),
                    ],
                    className="projection-figure",
                ),
                dcc.Store(id=ids.PROJECTED),
                dcc.Store(id=ids.ASKED_FOR),
            ],
            asks=ids.ASK_PROJECTION,
            tools=[
                html.Span("?", className="help", tabIndex="0", title=HELP, **{"aria-label": HELP}),
                _drags(),
                *figure_tools(ids.PROJECTION),
            ],
        )
    ]


@guarded
def show_projection(asked: Any, *, user: Any) -> tuple[Any, ...]:
    found = answered(asked, lambda state: projection_panel(user, state), nothing_panel)
    legend = markup(legend_list(found.legend))
    return found.figure, found.meta, found.note, legend, found.facts, not found.can_compute


@guarded
def compute_projection(n_clicks: Any, asked: Any, *, user: Any) -> dict[str, Any]:
    if not n_clicks or not isinstance(asked, dict):
        raise PreventUpdate
    return {"key": projection_ask(user, read(asked)), "n": n_clicks}


def register(app: PortalDash) -> None:
    shown = [
        Output(ids.PROJECTION, "figure"),
        Output(ids.PROJECTION_META, "children"),
        Output(ids.PROJECTION_NOTE, "children"),
        Output(ids.PROJECTION_LEGEND, "html"),
        Output(ids.PROJECTED, "data"),
        Output(ids.COMPUTE, "disabled"),
    ]
    app.answers(ids.ASK_PROJECTION, shown, show_projection)
    app.callback(
        Output(ids.ASKED_FOR, "data"),
        [Input(ids.COMPUTE, "n_clicks")],
        [State(ids.ASK_PROJECTION, "data")],
    )(compute_projection)
    stores = {
        "projectionAsked": ids.ASK_PROJECTION,
        "projected": ids.PROJECTED,
        "askedFor": ids.ASKED_FOR,
    }
    for name, store in stores.items():
        in_browser = ClientsideFunction("explorer", name)
        app.clientside_callback(in_browser, Output(store, "clear_data"), [Input(store, "data")], [])


def legend_list(legend: list[Legend]) -> list[html.Button]:
    """Return the classes of a projection; a click selects one, for the keyboard too."""
    marks = class_marks()
    return [_legend_row(each, marks) for each in legend]


def _legend_row(each: Legend, marks: dict[str, Any]) -> html.Button:
    cloud = each.cloud
    mark = marks.get(cloud.code)
    image = html.Img(src=mark.uri, alt="", className="symbol") if mark else html.Span("×")
    return html.Button(
        [image, html.Span(cloud.name), html.Span(thousands(each.n), className="text-3")],
        type="button",
        title=f"Select {cloud.name}",
        **{"data-select": f"class:{cloud.code}"},
    )


def _of_methods(methods: str, children: list[Any]) -> html.Div:
    return html.Div(children, className="option-group", **{"data-when": f"method={methods}"})


def _number(words: str, key: str, plain: float, *, step: float = 1) -> html.Label:
    return html.Label(
        [
            html.Span(words),
            dcc.Input(
                id=f"explorer-in-{key}",
                type="number",
                className="panel-number",
                placeholder=f"{plain:g}",
                step=step if step < 1 else "any",
                min=0,
                autoComplete="off",
            ),
        ],
        className="viewer-field",
    )


def _sets() -> html.Div:
    """Return a switch for each family of the 36 and each group beside them."""
    buttons = [
        html.Button(
            title,
            type="button",
            className="layer-toggle",
            **{
                "data-feature-set": code,
                "data-is-group": None if code in FAMILIES else "1",
                "aria-pressed": str(code in FAMILIES).lower(),
            },
        )
        for code, title in SETS.items()
    ]
    words = {"aria-label": "Features that the projection is of"}
    return html.Div(buttons, className="group-list", role="group", **words)


def _drags() -> html.Div:
    buttons = [
        html.Button(
            text, type="button", **{"data-drag": code, "aria-pressed": str(code == "lasso").lower()}
        )
        for code, text in DRAGS.items()
    ]
    words = {"aria-label": "What dragging over the points does"}
    return html.Div(buttons, className="segments is-small", role="group", **words)
