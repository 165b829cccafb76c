"""The signals themselves: rows from the server, their columns, and what is done with them."""

from typing import Any

from dash import ClientsideFunction, Input, Output, dcc, html
from dash_ag_grid import AgGrid
from django.urls import reverse_lazy

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.dashboards.embedding.markup import fixed
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.class_marks import class_marks, severity_marks
from bearing_portal.dashboards.explorer.panels.table.columns import (
    column_definitions,
    heads,
    table_scope,
)
from bearing_portal.dashboards.explorer.reading import answered, scope_of
from bearing_portal.dashboards.explorer.state import PAGE_ROWS, ExplorerState
from bearing_portal.dashboards.widgets import panel
from bearing_portal.frame.templatetags.portal import thousands
from common.text import counted
from signals.exploration.overview import overview
from signals.filters.grid import MOST_CONDITIONS

HEAD_PX, ROW_PX = 56, 32
NO_HEADS: dict[str, Any] = {"class": [], "severity": [], "bins": {}}

OPTIONS: dict[str, Any] = {
    "headerHeight": HEAD_PX,
    "rowHeight": ROW_PX,
    "cacheBlockSize": PAGE_ROWS,
    "maxBlocksInCache": 40,
    "maxConcurrentDatasourceRequests": 2,
    "blockLoadDebounceMillis": 60,
    "rowSelection": {
        "mode": "multiRow",
        "checkboxes": True,
        "headerCheckbox": False,
        "enableClickSelection": False,
    },
    "selectionColumnDef": {
        "width": 44,
        "pinned": "left",
        "resizable": False,
        "headerComponent": "ExplorerCheckAll",
    },
    "suppressMultiSort": True,
    "suppressMovableColumns": True,
    "ensureDomOrder": True,
    "animateRows": False,
    "suppressNoRowsOverlay": True,
    "tooltipShowDelay": 400,
}
DEFAULTS: dict[str, Any] = {
    "resizable": True,
    "suppressHeaderMenuButton": True,
    "suppressHeaderContextMenu": True,
    "headerComponent": "ExplorerHead",
    "filterParams": {
        "buttons": ["reset", "apply"],
        "closeOnApply": True,
        "maxNumConditions": MOST_CONDITIONS,
    },
}


def section() -> list[html.Section]:
    grid = AgGrid(
        id=ids.GRID,
        className="explorer-grid",
        rowModelType="infinite",
        columnDefs=[],
        defaultColDef=DEFAULTS,
        dashGridOptions=OPTIONS,
        rowClassRules={"is-coming": "!params.data"},
        style=None,
    )
    empty = html.Div(
        [
            html.Strong(id="explorer-table-why"),
            _button("Clear column filters", None, **{"data-table": "unfilter"}),
        ],
        id="explorer-table-empty",
        className="explorer-table-empty",
        hidden=True,
    )
    return [
        panel(
            ids.TABLE,
            "Signals",
            [
                dcc.Store(id=ids.COLUMNS_ASKED, data=""),
                dcc.Store(id=ids.COLUMNS),
                dcc.Store(id=ids.HEADS),
                html.Div([grid, fixed(empty)], className="explorer-grid-place"),
                fixed(_foot()),
            ],
            asks=ids.ASK_TABLE,
            tools=_tools(),
        )
    ]


def _tools() -> list[Any]:
    columns = html.Details(
        [
            html.Summary(
                [
                    html.Span(className="glyph is-columns"),
                    html.Span("Columns", className="btn-text"),
                ],
                className="btn btn-secondary",
            ),
            html.Div(id="explorer-columns", className="menu-body columns-menu"),
        ],
        className="viewer-menu explorer-columns",
        **{"data-url": reverse_lazy("explorer-columns")},
    )
    return [
        html.Div(
            [
                _button("Tag", "tag", **{"data-bulk": "tag"}),
                _button("Compare", "layers", **{"data-bulk": "compare"}),
                _button("Predict", "activity", **{"data-bulk": "predict"}),
                _button("Relabel", "pencil", hidden=True, **{"data-bulk": "relabel"}),
                _button("Remove", "trash", hidden=True, **{"data-bulk": "remove"}),
            ],
            className="explorer-bulk",
            role="group",
            id="explorer-bulk",
            **{"aria-label": "Act on the rows of the table"},
        ),
        columns,
        _button("CSV", "download", **{"data-bulk": "csv"}),
        _button("Parquet", "download", **{"data-bulk": "parquet"}),
        _button("Download", "download", **{"data-bulk": "download"}),
    ]


def _foot() -> html.Div:
    return html.Div(
        [
            html.Span(id="explorer-rows"),
            _button("Try again", None, hidden=True, **{"data-table": "retry"}),
            html.Span(id="explorer-checked"),
            _button("Uncheck", None, hidden=True, **{"data-table": "uncheck"}),
            html.Span(id="explorer-filtered"),
            _button("Clear", None, hidden=True, **{"data-table": "unfilter"}),
            html.Div(
                [
                    html.Span("Page"),
                    html.Span(id="explorer-page-place"),
                    html.Span(id="explorer-pages"),
                    _arrow("left", "Page before", "before"),
                    _arrow("right", "Next page", "after"),
                ],
                className="end",
            ),
        ],
        className="pager explorer-pager",
    )


def _arrow(side: str, words: str, code: str) -> html.Button:
    return html.Button(
        html.Span(className=f"glyph is-{side}"),
        type="button",
        className="icon-button is-small",
        title=words,
        **{"data-table": code, "aria-label": words},
    )


def _button(text: str, glyph: str | None, *, hidden: bool = False, **data: Any) -> html.Button:
    mark = [html.Span(className=f"glyph is-{glyph}")] if glyph else []
    return html.Button(
        [*mark, html.Span(text, className="btn-text")],
        type="button",
        className="btn btn-secondary" if glyph else "btn btn-link",
        hidden=hidden,
        **data,
    )


@guarded
def show_columns(asked: Any, *, user: Any) -> dict[str, Any]:
    """Asked apart from the heads, so that rows need not wait for histograms."""
    return {
        "columns": column_definitions(user),
        "marks": {code: mark.uri for code, mark in class_marks().items()},
        "levels": {code: mark.level for code, mark in severity_marks().items()},
    }


@guarded
def show_heads(asked: Any, *, user: Any) -> tuple[Any, str]:
    return answered(asked, lambda state: _heads(user, state), lambda why, _: (NO_HEADS, why))


def _heads(user: Any, state: ExplorerState) -> tuple[Any, str]:
    whole, shown = scope_of(user, state), table_scope(user, state)
    around = overview(user, whole)
    found = around if shown.within is None else overview(user, shown)
    said = counted(around.n, "signal")
    if shown.within is not None:
        said = f"{thousands(found.n)} selected of {thousands(around.n)}"
    return heads(user, shown, found, around), f"{said} · {PAGE_ROWS} a page"


def register(app: PortalDash) -> None:
    columns = Output(ids.COLUMNS, "data")
    app.callback(columns, [Input(ids.COLUMNS_ASKED, "data")])(show_columns)
    outputs = [Output(ids.HEADS, "data"), Output(ids.TABLE_META, "children")]
    app.answers(ids.ASK_TABLE, outputs, show_heads)
    for name, store in (
        ("asked", ids.ASK_TABLE),
        ("columns", ids.COLUMNS),
        ("heads", ids.HEADS),
    ):
        app.clientside_callback(
            ClientsideFunction("explorerTable", name),
            Output(store, "clear_data"),
            [Input(store, "data")],
            [],
        )
