"""The time–frequency panel."""

from time import perf_counter
from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.axis_marks import low_orders
from bearing_portal.dashboards.viewer.figures.common import Span, within
from bearing_portal.dashboards.viewer.figures.maps import MapLook, Picture, map_figure
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import ViewerState
from signals.errors import told_as
from vibration.quantities import density_unit, powered_unit
from vibration.timefrequency import TimeFrequencyMap, cwt_map, stft_map, wigner_ville_map

MOST_CELLS = 88_000  # bytes of a panel, before they are written as text
MOST_COLUMNS = 480
MOST_ROWS = 184
MOST_SCALES = 128
ROWS_TO_TELL = 64
AUTO_WINDOWS = {"stft": (256, 8192), "wigner": (256, 1024)}
LOWEST_HZ = 5.0  # a wavelet of lower frequency is longer than most records


def map_panel(user: Any, state: ViewerState) -> Panel:
    items = items_of(user, state)
    began_s = perf_counter()
    maps = [map_of(item, state, len(items)) for item in items]
    spent_s = perf_counter() - began_s
    first = items[0]
    pictures = [
        Picture(one.time_s + item.region.start_s, one.f_hz, one.level, item.style.name)
        for one, item in zip(maps, items, strict=True)
    ]
    look = MapLook(
        colours=state.colours,
        theme=state.theme,
        subject=f"{first.signal.pk} map {state.method} {state.is_full}",
        unit=density_unit(first.unit)
        if maps[0].quantity == "density"
        else powered_unit(first.unit, 2),
        shown_s=first.region.shown_s,
        shown_hz=band_of(first, state),
        levels_db=state.levels_db,
        is_log=state.method == "cwt" and state.is_full,
    )
    methods = [
        (f"{item.style.name}: " if len(items) > 1 else "")
        + f"{one.method} · df {one.df_hz:.3g} Hz · dt {1e3 * one.dt_s:.3g} ms"
        for one, item in zip(maps, items, strict=True)
    ]
    meta = f"{' · '.join(methods)} · dB re 1 {look.unit} · computed in {spent_s:.2f} s"
    return Panel(map_figure(pictures, look), meta)


def map_of(item: Item, state: ViewerState, n_maps: int) -> TimeFrequencyMap:
    """Return the map of the part in sight, no finer than the pixels it is drawn with."""
    samples = item.in_sight()
    n_time, n_freq = grid_of(state, n_maps)
    low, high = band_of(item, state)
    fs_hz = item.source.fs_hz
    grid: dict[str, Any] = {"f_range_hz": (low, high), "n_time": n_time}
    with told_as():
        if state.method == "cwt":
            grid["f_range_hz"] = (max(low, LOWEST_HZ), high)
            return cwt_map(samples, fs_hz, n_scales=min(MOST_SCALES, n_freq), **grid)
        grid |= {"window": window_of(item, state), "n_freq": n_freq}
        if state.method == "wigner":
            return wigner_ville_map(samples, fs_hz, **grid)
        return stft_map(samples, fs_hz, overlap=state.map_overlap / 100, **grid)


def window_of(item: Item, state: ViewerState) -> int:
    """Return the window asked for, or one that tells some 64 frequencies apart in what is shown."""
    if state.map_window is not None:
        return state.map_window
    low, high = band_of(item, state)
    finest = item.source.fs_hz / ((high - low) / ROWS_TO_TELL)
    window = 1 << max(0, int(np.ceil(np.log2(finest))))
    shortest, longest = AUTO_WINDOWS[state.method]
    return int(np.clip(window, shortest, longest))


def grid_of(state: ViewerState, n_maps: int) -> tuple[int, int]:
    """Return columns and rows of a map: no more than the pixels, and a panel's bytes, allow."""
    n_time = max(60, min(MOST_COLUMNS, state.width_px // 2) // min(n_maps, 2))
    return n_time, min(MOST_ROWS, max(40, MOST_CELLS // n_time // n_maps))


def band_of(item: Item, state: ViewerState) -> Span:
    """Return the frequencies shown: those of the spectrum panel."""
    highest = item.source.fs_hz / 2
    band_hz = within(state.band_hz, 0.0, highest)
    if band_hz and not state.is_tracked:
        return band_hz
    shaft_hz = item.signal.shaft_hz
    if state.is_full or not shaft_hz:
        return 0.0, highest
    return 0.0, float(np.minimum(highest, low_orders(item) * shaft_hz))
