from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.viewer import callbacks
from bearing_portal.dashboards.viewer.layout import page

viewer_app = PortalDash("viewer")
viewer_app.layout = page()
callbacks.register(viewer_app)
