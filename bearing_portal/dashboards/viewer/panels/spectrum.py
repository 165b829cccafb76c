"""The spectrum: averaged over the part in sight, or tracked by the shaft's angle."""

from typing import Any

import numpy as np

from bearing_portal.dashboards.figures.builder import as_text
from bearing_portal.dashboards.viewer.axis_marks import low_orders, marks_of, scale_of
from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.common import FloatArray, within
from bearing_portal.dashboards.viewer.figures.lines import (
    Curve,
    Expected,
    Frame,
    curves_figure,
    in_db,
)
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import WHOLE, ViewerState
from bearing_portal.dashboards.viewer.tracking import Turns, contradiction, turns_of
from common.text import thousands
from signals.errors import told_as
from signals.waveforms.references import Choice, reference_get, reference_why_not
from signals.waveforms.sources import LONG_SAMPLES
from vibration.quantities import density_unit, powered_unit
from vibration.spectra.averaging import Spectrum, averaged_spectrum, spectrum_of_blocks
from vibration.spectra.orders import order_spectrum
from vibration.spectra.windows import window_facts

AVERAGES = {"power": "power", "linear": "linear", "peak": "peak_hold"}
STEADY = 0.02  # a speed that varies less is told as one
MOST_SEGMENTS = 256  # of a record too long to read whole for one look


def spectrum_panel(user: Any, state: ViewerState) -> Panel:
    items = items_of(user, state)
    first = items[0]
    if state.is_tracked:
        return _tracked(user, items, state)
    spectra = [spectrum_of(item, state) for item in items]
    scale = scale_of(first, state, items)
    curves = [
        Curve(one.f_hz * scale_of(item, state, items), level_of(one, state), item.style)
        for one, item in zip(spectra, items, strict=True)
    ]
    frame = frame_of(first, state, spectra[0], scale)
    marks = marks_of(user, first, state)
    expected, lacking = _expected(user, first, state, frame, spectra[0])
    figure = curves_figure(
        curves,
        frame,
        marks=marks,
        bands=marking.subsynchronous_band(first.signal.shaft_hz) if "sub" in state.marks else [],
        expected=expected,
    )
    return Panel(figure, " · ".join(filter(None, (meta_of(first, spectra[0]), lacking))))


def spectrum_of(item: Item, state: ViewerState) -> Spectrum:
    """Return the spectrum of the part in sight; of a long one from segments spread over it."""
    region = item.region
    n_samples = region.last - region.first
    options: dict[str, Any] = {
        "quantity": state.spectrum,
        "segment": segment_of(state, n_samples),
        "window": state.window,
        "averaging": AVERAGES[state.averaging],
    }
    with told_as():
        if n_samples > LONG_SAMPLES:
            read = item.reader_of(region.first)
            options["max_segments"] = MOST_SEGMENTS
            return spectrum_of_blocks(read, n_samples, item.source.fs_hz, **options)
        samples = item.read(region.first, region.last)
        return averaged_spectrum(samples, item.source.fs_hz, **options)


def segment_of(state: ViewerState, n_samples: int) -> int | None:
    """Return the segment asked for, never longer than what there is; None lets Welch choose."""
    if state.segment is None:
        return None
    return n_samples if state.segment == WHOLE else min(state.segment, n_samples)


def level_of(spectrum: Spectrum, state: ViewerState) -> FloatArray:
    if state.is_linear:
        return spectrum.values
    return in_db(spectrum.values, is_power=spectrum.quantity == "psd")


def frame_of(item: Item, state: ViewerState, spectrum: Spectrum, scale: float) -> Frame:
    highest = float(spectrum.f_hz[-1])
    x_unit = "order" if scale != 1.0 else "Hz"
    is_density = state.spectrum == "psd"
    y_unit = density_unit(item.unit) if is_density else powered_unit(item.unit, 1)
    title = y_unit if state.is_linear else f"dB re 1 {y_unit}"
    usual = (0.0, _highest_shown(item, state, highest))
    shown = within(state.band_hz, 0.0, highest) or usual
    return Frame(
        x_title="Order (X)" if scale != 1.0 else "Frequency (Hz)",
        y_title=title,
        shown=(shown[0] * scale, shown[1] * scale),
        theme=state.theme,
        subject=f"{item.signal.pk} {state.spectrum} {state.is_full} {x_unit} {state.is_log}",
        width_px=state.width_px,
        hover=f"%{{x:.4g}} {x_unit}<br>%{{y:.4g}} {as_text(y_unit) if state.is_linear else 'dB'}",
        scale=scale,
        is_log_x=state.is_log,
        is_log_y=not state.is_linear,
        is_stacked=state.is_stacked,
    )


def meta_of(item: Item, spectrum: Spectrum) -> str:
    region = item.region
    start, end = f"{region.start_s:.4g}", f"{region.end_s:.4g}"
    facts = window_facts(spectrum.window, spectrum.segment, item.source.fs_hz)
    return (
        f"{spectrum.method} · df {spectrum.df_hz:.3g} Hz · region {start}–{end} s · "
        f"ENBW {facts.enbw_bins:.2f} bins = {facts.enbw_hz:.3g} Hz, "
        f"scalloping ≤ {facts.scalloping_db:.2f} dB"
    )


def _highest_shown(item: Item, state: ViewerState, highest_hz: float) -> float:
    shaft_hz = item.signal.shaft_hz
    if state.is_full or not shaft_hz:
        return highest_hz
    return min(highest_hz, low_orders(item) * shaft_hz)


def _expected(
    user: Any, item: Item, state: ViewerState, frame: Frame, spectrum: Spectrum
) -> tuple[Expected | None, str]:
    """Return the expected spectrum of the class, or why there is none."""
    wanted = "expected" in state.marks and state.spectrum == "psd" and not state.off
    fault_class = item.signal.fault_class
    if not wanted or fault_class is None:
        return None, ""
    choice = Choice(
        None if state.segment is None else spectrum.segment, state.window, AVERAGES[state.averaging]
    )
    reference = reference_get(user, item.signal, choice)
    if reference is None:
        why = reference_why_not(user, item.signal, choice)
        return None, f"no expected spectrum: {why}"
    reference = reference.at_speed(item.signal.shaft_hz)
    power = np.float32(item.factor**2)
    low, median, high = (
        part * power if state.is_linear else in_db(part * power, is_power=True)
        for part in (reference.low, reference.median, reference.high)
    )
    x = reference.f_hz * frame.scale
    name = f"{fault_class.name}, n = {reference.n}"
    return Expected(x, low, median, high, fault_class.colour, name), ""


def _tracked(user: Any, items: list[Item], state: ViewerState) -> Panel:
    """Return the spectrum over orders of the record resampled by the shaft's angle."""
    curves, told = [], []
    for item in items:
        turns = turns_of(user, item, state)
        part = slice(item.region.first, item.region.last)
        with told_as():
            orders, amplitude = order_spectrum(
                item.shown(item.source.whole[part]), turns.angle[part]
            )
        told.append(_turned(item, turns, state, len(items)))
        level = amplitude if state.is_linear else in_db(amplitude, is_power=False)
        curves.append(Curve(np.asarray(orders), level, item.style))
    first = items[0]
    unit = powered_unit(first.unit, 1)
    highest = float(curves[0].x[-1])
    usual = (0.0, highest if state.is_full else min(highest, low_orders(first)))
    frame = Frame(
        x_title="Order (X)",
        y_title=unit if state.is_linear else f"dB re 1 {unit}",
        shown=within(state.band_orders, 0.0, highest) or usual,
        theme=state.theme,
        subject=f"{first.signal.pk} tracked {state.is_full}",
        width_px=state.width_px,
        hover=f"%{{x:.4g}} X<br>%{{y:.4g}} {as_text(unit) if state.is_linear else 'dB'}",
        is_log_y=not state.is_linear,
        is_stacked=state.is_stacked,
    )
    marks = marking.shaft_marks(1.0) if "shaft" in state.marks else []
    if "bearing" in state.marks:
        sidebands = "sidebands" in state.marks
        marks += marking.bearing_marks(first.orders, 1.0, sidebands=sidebands)
    meta = f"{' · '.join(told)} · order tracking, Hann · n = {thousands(curves[0].x.size)} lines"
    return Panel(curves_figure(curves, frame, marks=marks), meta)


def _turned(item: Item, turns: Turns, state: ViewerState, n_signals: int) -> str:
    """Say the turns, the speed and its course during a part, and what speaks against them."""
    first, last = item.region.first, item.region.last
    _, rpm = turns.rpm_over_time(item.source.fs_hz)
    name = f"{item.style.name}: " if n_signals > 1 else ""
    course = (
        f"{rpm.min():.0f}–{rpm.max():.0f} rpm"
        if np.ptp(rpm) > STEADY * turns.rpm
        else f"{turns.rpm:.0f} rpm"
    )
    words = f"{name}{turns.of(first, last):.4g} turns by {turns.source}, {course}"
    against = contradiction(item, turns, state)
    return f"{against[:1].upper()}{against[1:]} · {words}" if against else words
