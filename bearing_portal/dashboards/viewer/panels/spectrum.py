"""The spectrum: averaged over the part in sight, or tracked by the shaft's angle."""

from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.axis_marks import low_orders, marks_of, scale_of
from bearing_portal.dashboards.viewer.figures import marks as marking
from bearing_portal.dashboards.viewer.figures.common import FloatArray, Span, within
from bearing_portal.dashboards.viewer.figures.lines import (
    Curve,
    Expected,
    Frame,
    curves_figure,
    in_db,
)
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of, orders_of
from bearing_portal.dashboards.viewer.state import WHOLE, View
from bearing_portal.dashboards.viewer.tracking import Turns, contradiction, turns_of
from common.text import thousands
from signals.errors import told_as
from signals.waveforms.references import Choice, reference_get
from signals.waveforms.sources import LONG_SAMPLES
from vibration.quantities import density_unit, powered_unit
from vibration.spectra.averaging import Spectrum, averaged_spectrum, spectrum_of_blocks
from vibration.spectra.orders import order_spectrum
from vibration.spectra.windows import window_facts

AVERAGES = {"power": "power", "linear": "linear", "peak": "peak_hold"}
STEADY = 0.02  # a speed that varies less is told as one
MOST_SEGMENTS = 256  # of a record too long to read whole for one look


def spectrum_panel(user: Any, view: View) -> Panel:
    items = items_of(user, view)
    first = items[0]
    if view.is_tracked:
        return _tracked(user, items, view)
    spectra = [spectrum_of(item, view) for item in items]
    scale = scale_of(first, view, items)
    curves = [
        Curve(one.f_hz * scale_of(item, view, items), level_of(one, view), item.style)
        for one, item in zip(spectra, items, strict=True)
    ]
    frame = frame_of(first, view, spectra[0], scale)
    marks = marks_of(first, view)
    figure = curves_figure(
        curves,
        frame,
        marks=marks,
        bands=_bands(first, view),
        expected=_expected(user, first, view, frame, spectra[0]),
    )
    return Panel(figure, meta_of(first, spectra[0]))


def spectrum_of(item: Item, view: View) -> Spectrum:
    """Return the spectrum of the part in sight; of a long one from segments spread over it."""
    region = item.region
    n_samples = region.last - region.first
    options: dict[str, Any] = {
        "quantity": view.spectrum,
        "segment": segment_of(view, n_samples),
        "window": view.window,
        "averaging": AVERAGES[view.averaging],
    }
    with told_as():
        if n_samples > LONG_SAMPLES:
            read = item.reader_of(region.first)
            options["max_segments"] = MOST_SEGMENTS
            return spectrum_of_blocks(read, n_samples, item.source.fs_hz, **options)
        samples = item.read(region.first, region.last)
        return averaged_spectrum(samples, item.source.fs_hz, **options)


def segment_of(view: View, n_samples: int) -> int | None:
    """Return the segment asked for, never longer than what there is; None lets Welch choose."""
    if view.segment is None:
        return None
    return n_samples if view.segment == WHOLE else min(view.segment, n_samples)


def level_of(spectrum: Spectrum, view: View) -> FloatArray:
    if view.is_linear:
        return spectrum.values
    return in_db(spectrum.values, is_power=spectrum.quantity == "psd")


def frame_of(item: Item, view: View, spectrum: Spectrum, scale: float) -> Frame:
    highest = float(spectrum.f_hz[-1])
    x_unit = "order" if scale != 1.0 else "Hz"
    is_density = view.spectrum == "psd"
    y_unit = density_unit(item.unit) if is_density else powered_unit(item.unit, 1)
    title = y_unit if view.is_linear else f"dB re 1 {y_unit}"
    usual = (0.0, _highest_shown(item, view, highest))
    shown = within(view.band_hz, 0.0, highest) or usual
    return Frame(
        x_title="Order (X)" if scale != 1.0 else "Frequency (Hz)",
        y_title=title,
        shown=(shown[0] * scale, shown[1] * scale),
        theme=view.theme,
        view=f"{item.signal.pk} spectrum {view.is_full} {x_unit} {view.is_log} {view.spectrum}",
        width_px=view.width_px,
        hover=f"%{{x:.4g}} {x_unit}<br>%{{y:.4g}} {y_unit if view.is_linear else 'dB'}",
        scale=scale,
        is_log_x=view.is_log,
        is_log_y=not view.is_linear,
        is_stacked=view.is_stacked,
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


def _highest_shown(item: Item, view: View, highest_hz: float) -> float:
    shaft_hz = item.signal.shaft_hz
    if view.is_full or not shaft_hz:
        return highest_hz
    return min(highest_hz, low_orders(item, view) * shaft_hz)


def _bands(item: Item, view: View) -> list[Span]:
    return marking.subsynchronous_band(item.signal.shaft_hz) if "sub" in view.marks else []


def _expected(
    user: Any, item: Item, view: View, frame: Frame, spectrum: Spectrum
) -> Expected | None:
    wanted = "expected" in view.marks and view.spectrum == "psd" and not view.off
    fault_class = item.signal.fault_class
    if not wanted or fault_class is None:
        return None
    choice = Choice(
        None if view.segment is None else spectrum.segment, view.window, AVERAGES[view.averaging]
    )
    reference = reference_get(user, item.signal, choice)
    if reference is None:
        return None
    reference = reference.at_speed(item.signal.shaft_hz)
    power = np.float32(item.factor**2)
    low, median, high = (
        part * power if view.is_linear else in_db(part * power, is_power=True)
        for part in (reference.low, reference.median, reference.high)
    )
    x = reference.f_hz * frame.scale
    name = f"{fault_class.name}, n = {reference.n}"
    return Expected(x, low, median, high, fault_class.colour, name)


def _tracked(user: Any, items: list[Item], view: View) -> Panel:
    """Return the spectrum over orders of the record resampled by the shaft's angle."""
    curves, told = [], []
    for item in items:
        turns = turns_of(user, item, view)
        part = slice(item.region.first, item.region.last)
        with told_as():
            orders, amplitude = order_spectrum(
                item.shown(item.source.whole[part]), turns.angle[part]
            )
        told.append(_turned(item, turns, view, len(items)))
        level = amplitude if view.is_linear else in_db(amplitude, is_power=False)
        curves.append(Curve(np.asarray(orders), level, item.style))
    first = items[0]
    unit = powered_unit(first.unit, 1)
    highest = float(curves[0].x[-1])
    usual = (0.0, highest if view.is_full else min(highest, low_orders(first, view)))
    frame = Frame(
        x_title="Order (X)",
        y_title=unit if view.is_linear else f"dB re 1 {unit}",
        shown=within(view.band_orders, 0.0, highest) or usual,
        theme=view.theme,
        view=f"{first.signal.pk} tracked {view.is_full}",
        width_px=view.width_px,
        hover=f"%{{x:.4g}} X<br>%{{y:.4g}} {unit if view.is_linear else 'dB'}",
        is_log_y=not view.is_linear,
        is_stacked=view.is_stacked,
    )
    marks = marking.shaft_marks(1.0) if "shaft" in view.marks else []
    if "bearing" in view.marks:
        sidebands = "sidebands" in view.marks
        marks += marking.bearing_marks(orders_of(view, first.signal), 1.0, sidebands=sidebands)
    meta = f"{' · '.join(told)} · order tracking, Hann · n = {thousands(curves[0].x.size)} lines"
    return Panel(curves_figure(curves, frame, marks=marks), meta)


def _turned(item: Item, turns: Turns, view: View, n_signals: int) -> str:
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
    against = contradiction(item, turns, view)
    return f"{against[:1].upper()}{against[1:]} · {words}" if against else words
