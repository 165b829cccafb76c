"""The viewer's page before it knows which signal: every place is reserved, nothing moves later."""

from typing import Any

from dash import dcc, html

from bearing_portal.dashboards.guard import MESSAGE
from bearing_portal.dashboards.viewer import ids

GRAPH_CONFIG = {
    "displayModeBar": False,
    "responsive": True,
    "doubleClick": "reset",
    "showTips": False,
}

# Plotly's own empty figure is white and has axes from −1 to 6, which no signal has.
NOT_YET: dict[str, Any] = {
    "data": [],
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    },
}


def page() -> html.Div:
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav"),
            dcc.Store(id=ids.SCREEN),
            dcc.Store(id=ids.SIGNAL),
            dcc.Store(id=ids.REGION),
            dcc.Store(id=ids.BAND),
            dcc.Store(id=ids.RANGE, data="low"),
            dcc.Store(id=MESSAGE),
            html.Div(id=ids.NOTHING, className="panel viewer-nothing", hidden=True),
            html.Div(
                [_toolbar(), _panels(), html.Aside(id=ids.INSPECTOR, className="panel inspector")],
                id=ids.SHOWN,
                className="viewer-shown",
            ),
        ],
        className="viewer-app",
    )


def _toolbar() -> html.Div:
    return html.Div(
        [
            html.Label("Signal", htmlFor=ids.PICKER, className="visually-hidden"),
            dcc.Input(
                id=ids.PICKER,
                className="viewer-picker",
                list=ids.MATCHES,
                autoComplete="off",
                placeholder="Signal",
                spellCheck=False,
            ),
            html.Datalist(id=ids.MATCHES),
            html.Nav(
                id=ids.STEPS,
                className="viewer-steps",
                **{"aria-label": "Signals of this dataset"},
            ),
            html.Button(
                [html.Span(className="glyph is-shuffle"), "Random"],
                id=ids.RANDOM,
                className="btn btn-secondary",
                type="button",
            ),
        ],
        className="viewer-toolbar",
        role="group",
        **{"aria-label": "Choose a signal"},
    )


def _panels() -> html.Div:
    return html.Div(
        [
            _panel("Acceleration", ids.TIME_META, ids.TIME, "viewer-time-panel"),
            _panel("Spectrum", ids.SPECTRUM_META, ids.SPECTRUM, "viewer-spectrum-panel", _range()),
        ],
        className="viewer-panels",
    )


def _panel(title: str, meta: str, graph: str, css_class: str, *tools: Any) -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    html.H2(title, id=f"{graph}-title"),
                    html.Span(id=meta, className="meta"),
                    html.Div([*tools], className="end"),
                ],
                className="panel-head",
            ),
            dcc.Graph(
                id=graph,
                className="viewer-graph",
                figure=NOT_YET,
                config=GRAPH_CONFIG,
                responsive=True,
            ),
        ],
        className=f"panel {css_class}",
        **{"aria-labelledby": f"{graph}-title"},
    )


def _range() -> html.Div:
    """Two buttons, not dash's radio items, which screen readers hear as a list of options."""
    buttons = [
        html.Button(text, id=name, type="button", **{"aria-pressed": pressed})
        for name, text, pressed in ((ids.LOW, "0–5X", "true"), (ids.FULL, "Full", "false"))
    ]
    return html.Div(
        buttons,
        className="segments is-small",
        role="group",
        **{"aria-label": "Frequency range"},
    )
