"""Lines that say where things are to be expected in a spectrum, and their labels in a lane."""

from collections.abc import Iterable
from dataclasses import dataclass

from bearing_portal.dashboards.figures.builder import Draft
from bearing_portal.dashboards.viewer.figures.common import Span
from vibration.machines.bearings import BearingOrders, bearing_lines

SHAFT_ORDERS = 10
NAMED_ORDERS = 3
SUBSYNCHRONOUS = (0.40, 0.49)
MAINS_HARMONICS = (1, 2, 3, 5)
BEARING_HARMONICS = 3
TOLERANCE = 0.02
LABEL_PX = 7.0  # a letter's width
RANKS = {"bearing": 0, "shaft": 1, "mains": 2, "sideband": 3}
DASHES = {"mains": "dot", "sideband": "dot", "bearing": "solid", "shaft": "solid"}


@dataclass(frozen=True)
class Mark:
    """A frequency with a name; of two whose labels touch the lower `rank` keeps its own."""

    f_hz: float
    label: str
    kind: str
    harmonic: int = 1

    @property
    def rank(self) -> tuple[int, int, float]:
        return RANKS[self.kind], self.harmonic, self.f_hz


def shaft_marks(shaft_hz: float | None) -> list[Mark]:
    if not shaft_hz:
        return []
    return [Mark(k * shaft_hz, f"{k}X", "shaft", k) for k in range(1, SHAFT_ORDERS + 1)]


def mains_marks(mains_hz: float) -> list[Mark]:
    return [Mark(k * mains_hz, f"{k * mains_hz:.0f} Hz", "mains", k) for k in MAINS_HARMONICS]


def bearing_marks(
    orders: BearingOrders | None, shaft_hz: float | None, *, sidebands: bool
) -> list[Mark]:
    """Return the lines of a bearing at a speed: fundamentals, harmonics, their side-bands."""
    if orders is None or not shaft_hz:
        return []
    lines = bearing_lines(orders, shaft_hz, harmonics=BEARING_HARMONICS, sidebands=sidebands)
    marks = []
    for one in lines:
        name = one.name if one.harmonic == 1 else f"{one.harmonic}·{one.name}"
        kind = "sideband" if one.sideband else "bearing"
        label = "" if one.sideband else name
        marks.append(Mark(one.f_hz, label, kind, one.harmonic))
    return marks


def labelled(marks: Iterable[Mark], shown: Span, width_px: int) -> list[Mark]:
    """Return the marks in sight whose labels find room, the most important first."""
    low, high = shown
    px_per_hz = width_px / (high - low) if high > low else 0.0
    taken: list[tuple[float, float]] = []
    kept = []
    for mark in sorted(marks, key=lambda one: one.rank):
        if not mark.label or not low < mark.f_hz < high:
            continue
        centre = (mark.f_hz - low) * px_per_hz
        half = (len(mark.label) * LABEL_PX + 12) / 2
        if all(centre + half < left or right < centre - half for left, right in taken):
            taken.append((centre - half, centre + half))
            kept.append(mark)
    return kept


def draw_marks(
    draft: Draft, marks: list[Mark], shown: Span, width_px: int, *, scale: float = 1.0
) -> None:
    """Draw marks across the plot and their labels above it; `scale` turns Hz into the axis."""
    named = {(mark.kind, mark.f_hz) for mark in labelled(marks, shown, width_px)}
    for mark in marks:
        if not shown[0] < mark.f_hz < shown[1]:
            continue
        if mark.kind == "shaft" and mark.harmonic > NAMED_ORDERS and _is_crowded(mark, shown):
            continue
        x = mark.f_hz * scale
        draft.shape(
            type="line",
            layer="between",
            xref="x",
            yref="paper",
            x0=x,
            x1=x,
            y0=0,
            y1=1,
            line={"dash": DASHES[mark.kind]},
            opacity=0.5 if mark.kind == "sideband" or mark.harmonic > 1 else 1.0,
            name=mark.label,
        )
        if (mark.kind, mark.f_hz) in named:
            draft.annotate(mark.label, x=x, xref="x", y=1, yref="paper", yanchor="bottom")


def draw_bands(draft: Draft, bands: list[Span], *, scale: float = 1.0) -> None:
    """Shade spans of frequency: the sub-synchronous range, the tolerance of a bearing's line."""
    for low, high in bands:
        draft.shape(
            type="rect",
            layer="below",
            xref="x",
            yref="paper",
            x0=low * scale,
            x1=high * scale,
            y0=0,
            y1=1,
            line={"width": 0},
            opacity=0.12,
            fillcolor=draft.look["shapedefaults"]["line"]["color"],
        )


def subsynchronous_band(shaft_hz: float | None) -> list[Span]:
    return [(SUBSYNCHRONOUS[0] * shaft_hz, SUBSYNCHRONOUS[1] * shaft_hz)] if shaft_hz else []


def tolerance_bands(marks: list[Mark]) -> list[Span]:
    """Return the span around each fundamental of a bearing in which its line is looked for."""
    return [
        (mark.f_hz * (1 - TOLERANCE), mark.f_hz * (1 + TOLERANCE))
        for mark in marks
        if mark.kind == "bearing" and mark.harmonic == 1
    ]


def _is_crowded(mark: Mark, shown: Span) -> bool:
    return shown[1] - shown[0] > 40 * mark.f_hz / mark.harmonic
