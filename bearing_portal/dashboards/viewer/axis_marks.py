"""What spectrum and envelope draw alike over frequency: the unit of the axis, and its marks."""

from typing import Any

from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.lines import LOW_ORDERS
from bearing_portal.dashboards.viewer.items import Item
from bearing_portal.dashboards.viewer.state import ViewerState
from common.errors import Invalid
from signals.services.mains import mains_of

BEYOND = 1.1  # of the highest line: it is not drawn at the very edge


def scale_of(item: Item, state: ViewerState, items: list[Item]) -> float:
    """Return what turns an item's Hz into the unit of the axis: orders are of its own speed."""
    if not (state.in_orders and items[0].signal.shaft_hz):
        return 1.0
    if not item.signal.shaft_hz:
        raise Invalid(
            f"The speed of {item.signal.label} is not known, and orders need it: choose Hz, or "
            "take it out of the comparison."
        )
    return 1.0 / float(item.signal.shaft_hz)


def low_orders(item: Item) -> float:
    """Return the orders of the low range: five, or as many as the bearing's lines need."""
    orders = item.orders
    return max(LOW_ORDERS, BEYOND * orders.bpfi) if orders else LOW_ORDERS


def mains_hz_of(user: Any, item: Item, state: ViewerState) -> float:
    """Return the mains frequency: chosen here, the recording's, the person's, else the site's."""
    return state.mains_hz or mains_of(user, item.signal, item.source.mains_hz).hz


def marks_of(user: Any, item: Item, state: ViewerState) -> list[marking.Mark]:
    shaft_hz = item.signal.shaft_hz
    marks: list[marking.Mark] = []
    if "shaft" in state.marks:
        marks += marking.shaft_marks(shaft_hz)
    if "mains" in state.marks:
        marks += marking.mains_marks(mains_hz_of(user, item, state))
    if "bearing" in state.marks:
        marks += marking.bearing_marks(item.orders, shaft_hz, sidebands="sidebands" in state.marks)
    return marks
