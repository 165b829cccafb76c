"""The explorer's page before it knows which signals: every place is reserved."""

from typing import Any

from dash import dcc, html

from bearing_portal.dashboards.embedding.guard import MESSAGE
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.panels import overview, trend
from bearing_portal.dashboards.explorer.panels.features import layout as features
from bearing_portal.dashboards.explorer.panels.projection import layout as projection
from bearing_portal.dashboards.explorer.panels.table import layout as table

ASKED = (
    ids.ASK_OVERVIEW,
    ids.ASK_RANKING,
    ids.ASK_FEATURE,
    ids.ASK_CORRELATION,
    ids.ASK_PROJECTION,
    ids.ASK_TREND,
    ids.ASK_TREND_RANKS,
    ids.ASK_TABLE,
)


def page() -> html.Div:
    return html.Div(
        [
            *(dcc.Store(id=name) for name in ASKED),
            dcc.Store(id=MESSAGE),
            _section("overview", overview.section()),
            _section("features", features.section()),
            _section("projection", [*projection.section(), features.correlation()]),
            _section("trend", trend.section()),
            _section("table", table.section()),
        ],
        className="explorer-panels",
        **{"data-panels": "1"},
    )


def _section(code: str, panels: list[Any]) -> html.Div:
    """Return panels under the name that the bar above them leads to."""
    return html.Div(panels, id=f"section-{code}", className="explorer-section")
