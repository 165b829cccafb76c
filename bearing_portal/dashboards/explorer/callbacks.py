"""What the explorer asks the server: each panel declares its own callbacks."""

from dash import ClientsideFunction, Input, Output

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import MESSAGE
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.panels import overview, trend
from bearing_portal.dashboards.explorer.panels.features import layout as features
from bearing_portal.dashboards.explorer.panels.projection import layout as projection
from bearing_portal.dashboards.explorer.panels.table import layout as table

SECTIONS = (overview, features, projection, trend, table)


def register(app: PortalDash) -> None:
    for section in SECTIONS:
        section.register(app)
    app.clientside_callback(
        ClientsideFunction("explorer", "start"),
        Output(ids.ASK_OVERVIEW, "clear_data"),
        [Input(ids.ASK_OVERVIEW, "id")],
        [],
    )
    app.clientside_callback(
        ClientsideFunction("explorer", "toast"),
        Output(MESSAGE, "clear_data"),
        [Input(MESSAGE, "data")],
        [],
    )
