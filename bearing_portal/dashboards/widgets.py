"""What panels of pages share: heads with their tools, figures in a reserved place, choices."""

from typing import Any

from dash import dcc, html

from bearing_portal.dashboards.embedding.markup import fixed

GRAPH_CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True, "showTips": False}

# Plotly's own empty figure is white and has axes from −1 to 6, which nothing has.
NOT_YET: dict[str, Any] = {
    "data": [],
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    },
}


def panel(
    name: str, title: str, children: list[Any], *, asks: str, tools: list[Any] | None = None
) -> html.Section:
    """Return a panel: title, meta line `<name>-meta`, tools at the right, then its content.

    `asks` names the store by which it is asked for; it is asked once it comes near the sight.
    """
    head = [
        html.H2(title, id=f"{name}-title"),
        html.Span(id=f"{name}-meta", className="meta"),
        fixed(html.Div(tools or [], className="end")),
    ]
    return html.Section(
        [html.Div(head, className="panel-head"), *children],
        className=f"panel {name}-panel",
        **{"aria-labelledby": f"{name}-title", "data-asks": asks, "data-panel": name},
    )


def graph(name: str, css_class: str = "explorer-graph", **config: Any) -> dcc.Graph:
    return dcc.Graph(
        id=name, className=css_class, figure=NOT_YET, config=GRAPH_CONFIG | config, responsive=True
    )


def figure_tools(graph_id: str, *, alone: bool = True) -> list[Any]:
    """Return the buttons of a figure: its numbers as a table, downloads, the panel alone."""
    tools = [_tool("table", "Show the figure's numbers as a table", graph_id), _downloads(graph_id)]
    return [*tools, _tool("expand", "Show this panel alone", graph_id)] if alone else tools


def segments(words: str, key: str, options: dict[str, str], default: str | None = None) -> html.Div:
    """Return a choice between a few values of a key of the address; the first is the default."""
    if default is None:
        default = next(iter(options))
    return html.Div(
        [
            html.Button(
                text,
                type="button",
                **{
                    "data-set": f"{key}={value}",
                    "data-default": "1" if value == default else "",
                    "aria-pressed": str(value == default).lower(),
                },
            )
            for value, text in options.items()
        ],
        className="segments is-small",
        role="group",
        **{"aria-label": words},
    )


def choice(words: str, key: str, options: dict[str, str], *, shown: str = "") -> html.Label:
    """Return a choice between many values of a key of the address, the first being the default.

    Its words are for a screen reader and where the mouse rests; `shown` are those beside it.
    """
    select = html.Select(
        [html.Option(text, value=value) for value, text in options.items()],
        className="form-select is-small",
        **{"data-key": key},
    )
    name = html.Span(shown) if shown else html.Span(words, className="visually-hidden")
    return html.Label([name, select], className="viewer-field", title=words)


def menu(words: str, content: Any) -> html.Details:
    """Return a button that opens what is seldom needed."""
    return html.Details(
        [
            html.Summary(words, className="layer-toggle"),
            html.Div(content, className="menu-body"),
        ],
        className="viewer-menu",
    )


def _tool(code: str, words: str, graph_id: str) -> html.Button:
    return html.Button(
        html.Span(className=f"glyph is-{code}"),
        type="button",
        className="icon-button is-small",
        title=words,
        **{"data-tool": code, "data-graph": graph_id, "aria-label": words, "aria-pressed": "false"},
    )


def _downloads(graph_id: str) -> html.Details:
    items = [
        html.Button(
            words,
            type="button",
            className="dropdown-item",
            **{"data-tool": code, "data-graph": graph_id},
        )
        for code, words in (
            ("png", "Picture (PNG)"),
            ("svg", "Drawing (SVG)"),
            ("csv", "Numbers (CSV)"),
        )
    ]
    words = "Download the figure or its numbers"
    opener = html.Summary(
        html.Span(className="glyph is-download"),
        className="icon-button is-small",
        title=words,
        **{"aria-label": words},
    )
    return html.Details(
        [opener, html.Div(items, className="menu-body is-list")], className="viewer-menu"
    )
