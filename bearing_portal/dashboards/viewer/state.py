"""What the person looks at and how: the viewer's address, declared once for server and scripts."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import QueryDict

from bearing_portal.dashboards.links import MOST_COMPARED
from bearing_portal.dashboards.viewer import ids
from bearing_portal.frame.design.tokens import THEMES
from common.page_state import (
    FILTER,
    Choice,
    Filter,
    Identifier,
    Identifiers,
    Number,
    PageState,
    Pair,
    Question,
    Span,
    Subset,
    Switch,
    Text,
    Words,
    key,
)
from signals.filters.signal_filter import FILTER_KEYS

DEFAULT_WIDTH_PX, WIDTHS_PX = 1000, (200, 4000)

QUANTITIES = ("acceleration", "velocity", "displacement", "speed")
TABS = ("spectrum", "envelope", "cepstrum")
SPECTRA = ("psd", "amplitude")
WINDOWS = ("hann", "hamming", "blackman", "flattop", "boxcar")
SEGMENTS = (1024, 2048, 4096, 8192, 16_384, 32_768, 65_536)
WHOLE = -1
UNITS = ("g", "mg", "m/s²", "mm/s²")
MAINS_HZ: dict[str, float | None] = {"": None, "50": 50.0, "60": 60.0}
MOST_PULSES = 10_000
AVERAGES = ("power", "linear", "peak")
METHODS = ("stft", "cwt", "wigner")
MAP_WINDOWS = (128, 256, 512, 1024, 2048, 4096, 8192)
MAP_OVERLAPS = (50, 75, 90, 96)
COLOURS = ("Viridis", "Plasma", "Hot", "Jet", "Cividis")
MARKS = ("shaft", "sub", "mains", "expected", "bearing", "harmonics", "sidebands")
MARKS_AT_FIRST = ("shaft", "sub", "mains", "expected", "bearing")


def _or_auto(numbers: tuple[int, ...], **more: int) -> dict[str, int | None]:
    return {"": None} | {str(n): n for n in numbers} | more


_ZOOM: dict[str, Any] = {"is_continuous": True, "of": "signal"}


@dataclass(frozen=True)
class ViewerState(PageState):
    """One state of the viewer."""

    filter_keys: ClassVar[tuple[str, ...]] = FILTER_KEYS

    filter_query: QueryDict = key(FILTER, Filter(), is_beside=True)
    signal: int | None = key("signal", Identifier())
    compare: tuple[int, ...] = key("compare", Identifiers(MOST_COMPARED))
    is_stacked: bool = key("layout", Switch("stacked", "overlaid"))
    off: tuple[str, ...] = key("off", Words(40), of="signal")
    span_s: Span | None = key("t", Pair(), **_ZOOM)
    quantity: str = key("q", Choice(QUANTITIES))
    highpass_hz: float = key("hp", Number(10.0, 0.1, 1000.0))
    machine: str = key("machine", Text(20))
    tab: str = key("tab", Choice(TABS))
    spectrum: str = key("spec", Choice(SPECTRA))
    window: str = key("win", Choice(WINDOWS))
    segment: int | None = key("seg", Choice(_or_auto(SEGMENTS, whole=WHOLE)))
    averaging: str = key("avg", Choice(AVERAGES))
    is_linear: bool = key("scale", Switch("linear", "db"))
    in_orders: bool = key("x", Switch("orders", "hz"))
    is_log: bool = key("log", Switch())
    is_tracked: bool = key("track", Switch())
    is_full: bool = key("r", Switch("full"))
    band_hz: Span | None = key("f", Pair(), **_ZOOM)
    band_orders: Span | None = key("fo", Pair(), **_ZOOM)
    envelope_hz: Span | None = key("fe", Pair(), **_ZOOM)
    quefrency_ms: Span | None = key("fc", Pair(), **_ZOOM)
    marks: frozenset[str] = key("marks", Subset(MARKS, MARKS_AT_FIRST, in_browser=("harmonics",)))
    bearing: int | None = key("bearing", Identifier())
    demodulated_hz: Span | None = key("band", Pair(), is_continuous=True)
    method: str = key("tf", Choice(METHODS))
    map_window: int | None = key("tfw", Choice(_or_auto(MAP_WINDOWS)))
    map_overlap: int = key("tfo", Choice({str(n): n for n in MAP_OVERLAPS}, "96"))
    colours: str = key("map", Choice(COLOURS))
    unit: str = key("unit", Choice(("", *UNITS)))
    mains_hz: float | None = key("mains", Choice(MAINS_HZ))
    pulses_per_turn: int = key(  # 0: as the recording says
        "ppr", Number(0, 0, MOST_PULSES, is_whole=True), of="signal"
    )
    tacho: int | None = key("tacho", Identifier(), of="signal")
    levels_db: Span | None = key("db", Pair(), is_continuous=True)
    cursor: str = key("cursor", Text(30), is_continuous=True)  # read by the scripts alone
    theme: str = key("theme", Choice(THEMES), is_beside=True)
    width_px: int = key("w", Number(DEFAULT_WIDTH_PX, *WIDTHS_PX, is_whole=True), is_beside=True)

    @property
    def signals(self) -> tuple[int, ...]:
        """The signal and those it is compared with, each once."""
        first = () if self.signal is None else (self.signal,)
        return tuple(dict.fromkeys(first + self.compare))[:MOST_COMPARED]


read = ViewerState.read

_SHOWN = ("signal", "compare", "layout", "off", "t")
QUESTIONS = (
    Question(ids.ASK_SIGNAL, ("signal", FILTER), is_themed=False),
    Question(
        ids.ASK_TIME,
        (*_SHOWN, "q", "hp", "machine", "unit", "ppr", "tacho"),
        needs="signal",
        graph=ids.TIME,
    ),
    Question(
        ids.ASK_ANALYSIS,
        (*_SHOWN, "tab", "r", "scale", "x", "log", "bearing", "marks", "unit", "mains"),
        by="tab",
        more={
            "spectrum": ("spec", "win", "seg", "avg", "track", "ppr", "tacho", "f", "fo"),
            "envelope": ("band", "fe"),
            "cepstrum": ("fc",),
        },
        needs="signal",
        graph=ids.ANALYSIS,
    ),
    Question(ids.ASK_SIDE, ("signal", "off"), needs="signal", is_themed=False),
    Question(
        ids.ASK_MAP,
        (*_SHOWN, "f", "r", "tf", "tfw", "tfo", "map", "db", "unit", "bearing"),
        needs="signal",
        graph=ids.TIME,
    ),
    Question(
        ids.ASK_KURTOGRAM,
        ("signal", "off", "t", "map"),
        when=("tab", "envelope"),
        needs="signal",
        graph=ids.TIME,
    ),
)
DECLARED = ViewerState.declared(QUESTIONS, mostCompared=MOST_COMPARED)
