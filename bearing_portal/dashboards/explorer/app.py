from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.explorer import callbacks
from bearing_portal.dashboards.explorer.layout import page

GRID = "dash_ag_grid/async-community.js"

explorer_app = PortalDash("explorer", eager=(GRID,))
explorer_app.layout = page()
callbacks.register(explorer_app)
