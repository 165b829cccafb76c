"""What the explorer asks the server: each section declares its own callbacks."""

from dash import ClientsideFunction, Input, Output

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import MESSAGE
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.sections import features, overview, projection, table

SECTIONS = (overview, features, projection, table)


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
