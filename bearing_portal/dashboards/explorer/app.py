from bearing_portal.dashboards.app import PortalDash
from bearing_portal.dashboards.explorer import callbacks
from bearing_portal.dashboards.explorer.layout import page

explorer_app = PortalDash("explorer")
explorer_app.layout = page()
callbacks.register(explorer_app)
