"""What spectrum and envelope draw alike over frequency: the unit of the axis, and its marks."""

from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.items import Item, orders_of
from bearing_portal.dashboards.viewer.state import View

MAINS_HZ = 50.0


def scale_of(item: Item, view: View) -> float:
    """Return what turns Hz into the unit of the axis."""
    shaft_hz = item.signal.shaft_hz
    return 1.0 / shaft_hz if view.in_orders and shaft_hz else 1.0


def marks_of(item: Item, view: View) -> list[marking.Mark]:
    shaft_hz = item.signal.shaft_hz
    marks: list[marking.Mark] = []
    if "shaft" in view.marks:
        marks += marking.shaft_marks(shaft_hz)
    if "mains" in view.marks:
        marks += marking.mains_marks(item.source.mains_hz or MAINS_HZ)
    if "bearing" in view.marks:
        orders = orders_of(view, item.signal)
        marks += marking.bearing_marks(orders, shaft_hz, sidebands="sidebands" in view.marks)
    return marks
