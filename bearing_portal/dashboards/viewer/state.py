"""What the person looks at and how: the page's address, read once for callbacks and views alike.

Every part of the state is a text under a short key, as it stands in the URL. Whoever made a value
up gets the default instead: a link from an older version still opens.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.figures.theme import known_theme

Span = tuple[float, float]

HIGHEST_ID = 2**63 - 1
MOST_COMPARED = 8
DEFAULT_WIDTH_PX, WIDTHS_PX = 1000, (200, 4000)

QUANTITIES = ("acceleration", "velocity", "displacement", "speed")
TABS = ("spectrum", "envelope", "cepstrum")
SPECTRA = ("psd", "amplitude")
WINDOWS = ("hann", "hamming", "blackman", "flattop", "boxcar")
SEGMENTS = (1024, 2048, 4096, 8192, 16_384, 32_768, 65_536)
WHOLE = -1
UNITS = ("g", "mg", "m/s²", "mm/s²")
MOST_PULSES = 10_000
AVERAGES = ("power", "linear", "peak")
METHODS = ("stft", "cwt", "wigner")
MAP_WINDOWS = (128, 256, 512, 1024, 2048, 4096, 8192)
MAP_OVERLAPS = (50, 75, 90, 96)
COLOURS = ("Viridis", "Plasma", "Hot", "Jet", "Cividis")
MARKS = ("shaft", "sub", "mains", "expected", "bearing", "harmonics", "sidebands")
MARKS_AT_FIRST = ("shaft", "sub", "mains", "expected", "bearing")
NONE = "none"


@dataclass(frozen=True)
class View:
    """One state of the viewer; see `read` for the keys it comes from."""

    signal: int | None
    compare: tuple[int, ...]
    is_stacked: bool
    off: tuple[str, ...]
    span_s: Span | None
    quantity: str
    highpass_hz: float
    machine: str
    tab: str
    spectrum: str
    window: str
    segment: int | None
    averaging: str
    is_linear: bool
    in_orders: bool
    is_log: bool
    is_tracked: bool
    is_full: bool
    band_hz: Span | None
    band_orders: Span | None
    envelope_hz: Span | None
    quefrency_ms: Span | None
    marks: frozenset[str]
    bearing: int | None
    demodulated_hz: Span | None
    method: str
    map_window: int | None
    map_overlap: int
    colours: str
    unit: str
    mains_hz: float | None
    pulses_per_turn: int
    tacho: int | None
    levels_db: Span | None
    theme: str
    width_px: int

    @property
    def signals(self) -> tuple[int, ...]:
        """The signal and those it is compared with, each once."""
        first = () if self.signal is None else (self.signal,)
        return tuple(dict.fromkeys(first + self.compare))[:MOST_COMPARED]


def read(given: Any) -> View:
    """Read a state from the texts of an address or of a callback."""
    texts = _texts(given)
    return View(
        signal=_identifier(texts.get("signal", "")),
        compare=_identifiers(texts.get("compare", "")),
        is_stacked=texts.get("layout") == "stacked",
        off=_words(texts.get("off", "")),
        span_s=_span(texts.get("t", "")),
        quantity=_choice(texts.get("q"), QUANTITIES),
        highpass_hz=_number(texts.get("hp"), 10.0, 0.1, 1000.0),
        machine=texts.get("machine", "")[:20],
        tab=_choice(texts.get("tab"), TABS),
        spectrum=_choice(texts.get("spec"), SPECTRA),
        window=_choice(texts.get("win"), WINDOWS),
        segment=_segment(texts.get("seg", "")),
        averaging=_choice(texts.get("avg"), AVERAGES),
        is_linear=texts.get("scale") == "linear",
        in_orders=texts.get("x") == "orders",
        is_log=texts.get("log") == "1",
        is_tracked=texts.get("track") == "1",
        is_full=texts.get("r") == "full",
        band_hz=_span(texts.get("f", "")),
        band_orders=_span(texts.get("fo", "")),
        envelope_hz=_span(texts.get("fe", "")),
        quefrency_ms=_span(texts.get("fc", "")),
        marks=_marks(texts.get("marks")),
        bearing=_identifier(texts.get("bearing", "")),
        demodulated_hz=_span(texts.get("band", "")),
        method=_choice(texts.get("tf"), METHODS),
        map_window=_map_window(texts.get("tfw", "")),
        map_overlap=int(_choice(texts.get("tfo"), tuple(map(str, MAP_OVERLAPS)), "96")),
        colours=_choice(texts.get("map"), COLOURS),
        unit=_choice(texts.get("unit"), ("", *UNITS)),
        mains_hz=_float(_choice(texts.get("mains"), ("", "50", "60"))),
        pulses_per_turn=int(_number(texts.get("ppr"), 1, 1, MOST_PULSES)),
        tacho=_identifier(texts.get("tacho", "")),
        levels_db=_span(texts.get("db", "")),
        theme=known_theme(texts.get("theme")),
        width_px=int(_number(texts.get("w"), DEFAULT_WIDTH_PX, *WIDTHS_PX)),
    )


def _texts(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        return {}
    return {key: value for key, value in given.items() if isinstance(value, str)}


def _identifier(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and int(text) <= HIGHEST_ID else None


def _identifiers(text: str) -> tuple[int, ...]:
    found = (_identifier(part) for part in text.split(",")[: 2 * MOST_COMPARED])
    return tuple(dict.fromkeys(pk for pk in found if pk is not None))[:MOST_COMPARED]


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in text.split(",")[:40] if part))


def _choice(text: str | None, among: tuple[str, ...], default: str = "") -> str:
    return text if text in among else default or among[0]


def _float(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number(text: str | None, default: float, lowest: float, highest: float) -> float:
    number = _float(text)
    return default if number is None else min(max(number, lowest), highest)


def _span(text: str) -> Span | None:
    low, _, high = text.partition(",")
    first, last = _float(low), _float(high)
    if first is None or last is None or first == last:
        return None
    return min(first, last), max(first, last)


def _segment(text: str) -> int | None:
    if text == "whole":
        return WHOLE
    return int(text) if text in map(str, SEGMENTS) else None


def _map_window(text: str) -> int | None:
    return int(text) if text in map(str, MAP_WINDOWS) else None


def _marks(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset(MARKS_AT_FIRST)
    return frozenset(text.split(",")) & frozenset(MARKS)
