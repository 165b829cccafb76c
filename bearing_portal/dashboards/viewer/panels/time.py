"""The time panel: waveform or what it integrates to, statistics of the part in sight, its zone."""

import math
from typing import Any

import numpy as np

from bearing_portal.dashboards.viewer.figures.common import FloatArray
from bearing_portal.dashboards.viewer.figures.waveform import (
    Drawn,
    Stage,
    time_figure,
    time_meta,
)
from bearing_portal.dashboards.viewer.items import Item, Panel, items_of
from bearing_portal.dashboards.viewer.state import View
from bearing_portal.frame.templatetags.portal import number
from common.errors import Invalid
from signals.errors import told_as
from signals.models import Severity
from signals.waveforms.sources import LONG_SAMPLES
from vibration.decimation import min_max
from vibration.errors import VibrationError
from vibration.machines.iso20816 import MACHINE_GROUPS, zone_of
from vibration.spectra.integration import to_displacement, to_velocity, velocity_rms
from vibration.statistics.moments import span_statistics

TITLES = {"acceleration": "Accel.", "velocity": "Velocity", "displacement": "Displ."}
UNITS = {"velocity": "mm/s", "displacement": "µm"}
INTEGRATED = {"velocity": to_velocity, "displacement": to_displacement}
MOST_POINTS = 1200
PROGRESS = 0.3  # what a progressing record's severity gains from its beginning to its end
SETTLING_PERIODS = 2.0


def time_panel(user: Any, view: View) -> Panel:
    items = items_of(user, view)
    n_buckets = buckets_of(view, len(items))
    first = items[0]
    drawn = [_drawn(item, view, n_buckets) for item in items]
    figure = time_figure(
        drawn,
        first.region,
        quantity=TITLES[view.quantity],
        unit=UNITS.get(view.quantity, first.signal.unit),
        theme=view.theme,
        view=f"{first.signal.pk} time {view.quantity} {view.is_stacked}",
        stages=stages_of(first, view.theme),
        is_stacked=view.is_stacked,
        sample=_sample(first, view, drawn[0].values) if len(items) == 1 else None,
    )
    meta = time_meta(first.region, n_buckets)
    if view.quantity != "acceleration":
        meta += f" · high-pass {view.highpass_hz:g} Hz, ends settle in {settling_s(view):.2g} s"
    return Panel(figure, meta, foot_of(first, view), tuple(items))


def _sample(item: Item, view: View, extremes: FloatArray) -> FloatArray:
    """Return what the distribution of the amplitudes is drawn from: every sample where it can be.

    Of a stretch too long to hold, what is drawn has to do.
    """
    try:
        return _settled(item, view, waveform(item, view))
    except Invalid:
        return extremes


def buckets_of(view: View, n_signals: int) -> int:
    """Return into how many runs the part in sight is pooled: fewer where many are drawn."""
    return max(100, min(view.width_px, MOST_POINTS) // max(1, n_signals // 2))


def waveform(item: Item, view: View) -> FloatArray:
    """Return the part in sight in the quantity chosen: integrated whole, then cut."""
    region = item.region
    if view.quantity == "acceleration":
        return item.source.excerpt(region.first, region.last)
    if item.signal.unit != "g":
        raise Invalid(
            f"Only acceleration in g can be integrated; {item.signal.label} is in "
            f"{item.signal.unit or 'an unknown unit'}."
        )
    integrate = INTEGRATED[view.quantity]
    with told_as():
        whole = integrate(item.source.whole, item.source.fs_hz, highpass_hz=view.highpass_hz)
    return whole[region.first : region.last]


def _drawn(item: Item, view: View, n_buckets: int) -> Drawn:
    region = item.region
    if view.quantity == "acceleration":
        positions, values = item.source.extremes(region.first, region.last, n_buckets)
    else:
        positions, values = min_max(waveform(item, view), n_buckets)
        positions = positions + region.first
    seen = _settled(item, view, values, positions / region.fs_hz)
    limits = float(seen.min()), float(seen.max())
    return Drawn(positions / region.fs_hz, values, limits, item.style)


def settling_s(view: View) -> float:
    """Return how long the ends of an integrated record swing: nobody knows what was outside."""
    return SETTLING_PERIODS / view.highpass_hz


def _settled(
    item: Item, view: View, samples: FloatArray, time_s: FloatArray | None = None
) -> FloatArray:
    """Return samples without the swinging ends of an integrated record."""
    duration_s, edge_s = item.signal.duration_s, settling_s(view)
    if view.quantity == "acceleration" or duration_s < 4 * edge_s:
        return samples
    if time_s is None:
        first = item.region.first
        time_s = np.arange(first, first + samples.size) / item.source.fs_hz
    kept = samples[(time_s >= edge_s) & (time_s <= duration_s - edge_s)]
    return kept if kept.size else samples


def foot_of(item: Item, view: View) -> list[tuple[str, str, str]]:
    """Return name, value and unit of what is said of the part in sight."""
    try:
        samples = waveform(item, view)
    except Invalid:
        return [("Statistics", "zoom in to see them", "")]
    found = span_statistics(_settled(item, view, samples))
    unit = UNITS.get(view.quantity, item.signal.unit)
    cells = [
        ("RMS", _said(found.rms, 4), unit),
        ("Peak", _said(found.peak, 4), unit),
        ("Crest", _said(found.crest, 3), ""),
        ("Kurtosis", _said(found.kurtosis, 3), ""),
    ]
    return cells + _zone(item, view)


def _said(value: float, digits: int) -> str:
    return number(value if math.isfinite(value) else None, digits)


def _zone(item: Item, view: View) -> list[tuple[str, str, str]]:
    """Return the severity by ISO 20816 of the part in sight, where it is acceleration in g."""
    region = item.region
    if item.signal.unit != "g" or region.last - region.first > LONG_SAMPLES:
        return []
    try:
        level = velocity_rms(item.source.read(region.first, region.last), item.source.fs_hz)
    except VibrationError:  # too short, or sampled too slowly, for the band of the standard
        return []
    group = MACHINE_GROUPS.get(view.machine) or next(iter(MACHINE_GROUPS.values()))
    return [
        ("v RMS 10–1000 Hz", number(level, 3), "mm/s"),
        ("ISO 20816-3", f"zone {zone_of(level, group.code)}", group.title.split(",")[0]),
    ]


def stages_of(item: Item, theme: str) -> tuple[Stage, ...]:
    """Return the levels of severity a record goes through, with the moments of change.

    A progressing record's factor grows linearly by 0.3, at most to 1.
    """
    signal = item.signal
    if signal.severity is None:
        return ()
    duration_s = signal.duration_s
    shade = "colour_dark" if theme == "dark" else "colour_light"
    if not signal.progresses or signal.severity_factor is None:
        return (Stage(signal.severity.name, getattr(signal.severity, shade), 0.0, duration_s),)
    begins, ends = signal.severity_factor, min(1.0, signal.severity_factor + PROGRESS)
    stages = []
    for level in Severity.objects.filter(level__gte=signal.severity.level).order_by("level"):
        start = 0.0 if not stages else max(0.0, (level.factor_low - begins) / (ends - begins))
        if start >= 1.0:
            break
        stages.append((level, start * duration_s))
    stops = [start for _, start in stages[1:]] + [duration_s]
    return tuple(
        Stage(level.name, getattr(level, shade), start, stop)
        for (level, start), stop in zip(stages, stops, strict=True)
    )
