"""The viewer's page before it knows which signal: every place is reserved, nothing moves later."""

from typing import Any

from dash import dcc, html
from django.urls import reverse_lazy

from bearing_portal.dashboards.embedding.guard import MESSAGE
from bearing_portal.dashboards.embedding.markup import Markup, fixed
from bearing_portal.dashboards.viewer import controls, ids
from bearing_portal.dashboards.widgets import figure_tools, graph

ASKED = (
    ids.ASK_SIGNAL,
    ids.ASK_TIME,
    ids.ASK_ANALYSIS,
    ids.ASK_KURTOGRAM,
    ids.ASK_MAP,
    ids.ASK_SIDE,
)


def page() -> html.Div:
    return html.Div(
        [
            *(dcc.Store(id=name) for name in ASKED),
            dcc.Store(id=ids.SIGNAL),
            dcc.Store(id=ids.PROPOSED),
            dcc.Store(id=MESSAGE),
            _toolbar(),
            Markup(ids.NOTHING, className="panel viewer-nothing", hidden=True),
            html.Div(
                [html.Div([_time(), _analysis(), _map()], className="viewer-panels"), _side()],
                id=ids.SHOWN,
                className="viewer-shown",
            ),
        ],
        className="viewer-app",
    )


def _toolbar() -> html.Div:
    return html.Div(
        [
            fixed(html.Div(id="viewer-picker-place", className="viewer-picker")),
            Markup(ids.STEPS, "nav", className="viewer-steps", **{"aria-label": "Signals in turn"}),
            Markup(ids.FILTER, className="viewer-filter"),
            _button("Random", "shuffle", **{"data-action": "random"}),
            _button(
                "Upload", "upload", is_brief=True, **{"data-dialog": reverse_lazy("uploads:new")}
            ),
            fixed(html.Span(className="viewer-gap")),
            _button("Compare", "layers", id="viewer-compare", **{"data-action": "compare"}),
            _button("Permalink", "link", is_brief=True, **{"data-action": "permalink"}),
            _button("Copy as Python", "code", is_brief=True, **{"data-action": "script"}),
        ],
        className="viewer-toolbar",
        role="group",
        **{"aria-label": "Choose a signal"},
    )


def _button(text: str, glyph: str, *, is_brief: bool = False, **attributes: Any) -> Markup:
    """Return a button; a brief one shows its icon alone where there is little room."""
    if is_brief:
        attributes |= {"title": text, "data-brief": "1"}
    button = html.Button(
        [html.Span(className=f"glyph is-{glyph}"), html.Span(text, className="btn-text")],
        className="btn btn-secondary",
        type="button",
        **attributes,
    )
    return fixed(button)


def _time() -> html.Section:
    title = html.H2("Acceleration", id=f"{ids.TIME}-title")
    head = [fixed(title), Markup(ids.TIME_META, "span", className="meta")]
    return _section(
        ids.TIME,
        [
            _head(head, ids.TIME, controls.time_tools()),
            html.Div(controls.time_options(), className="viewer-options"),
            _graph(ids.TIME),
            _readout(ids.TIME_FOOT, "Statistics of the part in sight"),
        ],
    )


def _analysis() -> html.Section:
    tabs = [
        html.Button(
            name,
            type="button",
            id=f"viewer-tab-{code}",
            className="viewer-tab",
            role="tab",
            **{
                "data-set": f"tab={code}",
                "data-default": "1" if code == "spectrum" else "",
                "aria-selected": "true" if code == "spectrum" else "false",
                "aria-controls": "viewer-analysis",
            },
        )
        for code, name in (
            ("spectrum", "Spectrum"),
            ("envelope", "Envelope"),
            ("cepstrum", "Cepstrum"),
        )
    ]
    tablist = html.Div(tabs, className="viewer-tabs", role="tablist", **{"aria-label": "Analysis"})
    title = html.H2("Spectrum", id=f"{ids.ANALYSIS}-title", className="visually-hidden")
    options = [
        fixed(_of_tabs("spectrum", controls.quantity_choice())),
        _of_tabs("envelope", controls.envelope_options()),
        fixed(_of_tabs("spectrum envelope", [*controls.axis_options(), controls.mark_toggles()])),
        _of_tabs("spectrum envelope cepstrum", [controls.method_menu()]),
    ]
    return _section(
        ids.ANALYSIS,
        [
            _head([fixed(title), fixed(tablist), _meta(ids.ANALYSIS_META)], ids.ANALYSIS, []),
            html.Div(options, className="viewer-options"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(id=ids.KURTOGRAM_META, className="meta"),
                            _graph(ids.KURTOGRAM, "viewer-graph is-kurtogram"),
                        ],
                        className="viewer-kurtogram",
                        **{"data-when": "tab=envelope"},
                    ),
                    html.Div(
                        [_graph(ids.ANALYSIS)],
                        id="viewer-cursor-place",
                        className="viewer-cursor-place",
                        tabIndex="0",
                        role="group",
                        **{
                            "aria-label": "Lines over frequency. Arrow keys move the cursor, "
                            "Enter pins it, Escape takes it away."
                        },
                    ),
                ],
                id="viewer-analysis",
                className="viewer-analysis",
                role="tabpanel",
                **{"aria-labelledby": "viewer-tab-spectrum"},
            ),
            _readout("viewer-readout", "What the cursor reads"),
        ],
    )


def _readout(name: str, words: str) -> Markup:
    label = {"role": "group", "aria-label": words}
    return Markup(name, className="readout", tabIndex="0", **label)


def _of_tabs(tabs: str, children: list[Any]) -> html.Div:
    return html.Div(children, className="option-group", **{"data-when": f"tab={tabs}"})


def _map() -> html.Section:
    head = [fixed(html.H2("Time–frequency", id=f"{ids.MAP}-title")), _meta(ids.MAP_META)]
    return _section(
        ids.MAP,
        [
            _head(head, ids.MAP, []),
            html.Div(
                html.Div(controls.map_options(), className="option-group"),
                className="viewer-options",
            ),
            _graph(ids.MAP),
        ],
    )


def _side() -> html.Aside:
    return html.Aside(
        [
            Markup(ids.INSPECTOR, className="inspector-parts"),
            Markup(ids.FOUND, className="inspector-found"),
        ],
        className="panel inspector",
        tabIndex="0",
        **{"aria-label": "The signal's facts, features and actions"},
    )


def _section(name: str, children: list[Any]) -> html.Section:
    return html.Section(
        children,
        className=f"panel {name}-panel",
        **{"aria-labelledby": f"{name}-title", "data-panel": name},
    )


def _head(left: list[Any], name: str, tools: list[Any]) -> html.Div:
    end = html.Div([*tools, *figure_tools(name)], className="end")
    return html.Div([*left, fixed(end)], className="panel-head")


def _meta(name: str) -> html.Span:
    return html.Span(id=name, className="meta")


def _graph(name: str, css_class: str = "viewer-graph") -> dcc.Graph:
    return graph(name, css_class, doubleClick="reset")
