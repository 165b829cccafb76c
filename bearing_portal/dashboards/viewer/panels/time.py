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
from bearing_portal.dashboards.viewer.state import ViewerState
from bearing_portal.dashboards.viewer.tracking import contradiction, turns_of
from bearing_portal.frame.templatetags.portal import number
from common.errors import Invalid
from signals.errors import told_as
from signals.selectors import severities_all
from signals.waveforms.sources import LONG_SAMPLES
from vibration.decimation import min_max
from vibration.errors import VibrationError
from vibration.machines.iso20816 import MACHINE_GROUPS, zone_of
from vibration.quantities import Unit, axis_title, powered_unit, unit_of
from vibration.spectra.integration import motion, velocity_rms
from vibration.statistics.moments import span_statistics

UNITS = {"velocity": "mm/s", "displacement": "µm"}
MOST_POINTS = 1200
PROGRESS = 0.3  # what a progressing record's severity gains from its beginning to its end
SETTLING_PERIODS = 2.0


def time_panel(user: Any, state: ViewerState) -> Panel:
    items = items_of(user, state)
    if state.quantity == "speed":
        return _speed_panel(user, items, state)
    n_buckets = buckets_of(state, len(items))
    first = items[0]
    drawn = [_drawn(item, state, n_buckets) for item in items]
    figure = time_figure(
        drawn,
        first.region,
        title=axis_title(unit_shown(first, state)),
        unit=powered_unit(unit_shown(first, state), 1),
        theme=state.theme,
        subject=f"{first.signal.pk} time {state.quantity} {state.is_stacked}",
        stages=stages_of(first, state.theme),
        is_stacked=state.is_stacked,
        sample=_sample(first, state, drawn[0].values) if len(items) == 1 else None,
    )
    meta = time_meta(first.region, n_buckets)
    if is_integrated(first, state):
        meta += f" · high-pass {state.highpass_hz:g} Hz, ends settle in {settling_s(state):.2g} s"
    return Panel(figure, meta, foot_of(first, state), tuple(items))


def _speed_panel(user: Any, items: list[Item], state: ViewerState) -> Panel:
    """Return the shaft's speed over time, by tacho or recipe."""
    drawn, told = [], []
    for item in items:
        turns = turns_of(user, item, state)
        time_s, rpm = turns.rpm_over_time(item.source.fs_hz)
        drawn.append(Drawn(time_s, rpm, (float(rpm.min()), float(rpm.max())), item.style))
        name = f"{item.style.name}: " if len(items) > 1 else ""
        against = contradiction(item, turns, state)
        told.append(f"{name}by {turns.source}" + (f"; {against}" if against else ""))
    first = items[0]
    figure = time_figure(
        drawn,
        first.region,
        title="Speed (rpm)",
        unit="rpm",
        theme=state.theme,
        subject=f"{first.signal.pk} speed {state.is_stacked}",
        is_stacked=state.is_stacked,
    )
    return Panel(figure, " · ".join(told), [], tuple(items))


def _sample(item: Item, state: ViewerState, extremes: FloatArray) -> FloatArray:
    """Return what the distribution of the amplitudes is drawn from: every sample where it can be.

    Of a stretch too long to hold, what is drawn has to do.
    """
    try:
        return _settled(item, state, waveform(item, state))
    except Invalid:
        return extremes


def buckets_of(state: ViewerState, n_signals: int) -> int:
    """Return into how many runs the part in sight is pooled: fewer where many are drawn."""
    return max(100, min(state.width_px, MOST_POINTS) // max(1, n_signals // 2))


def waveform(item: Item, state: ViewerState) -> FloatArray:
    """Return the part in sight in the quantity chosen: integrated whole, then cut."""
    region = item.region
    if not is_integrated(item, state):
        return item.in_sight()
    with told_as(before=f"{item.signal.label}: "):
        whole = motion(
            item.shown(item.source.whole),
            item.source.fs_hz,
            unit=item.unit.name,
            wanted=UNITS[state.quantity],
            highpass_hz=state.highpass_hz,
        )
    return whole[region.first : region.last]


def is_integrated(item: Item, state: ViewerState) -> bool:
    """Tell whether another quantity than the recorded one is asked for."""
    return state.quantity not in ("acceleration", item.own.quantity.name)


def unit_shown(item: Item, state: ViewerState) -> Unit:
    return unit_of(UNITS[state.quantity]) if is_integrated(item, state) else item.unit


def _drawn(item: Item, state: ViewerState, n_buckets: int) -> Drawn:
    region = item.region
    if not is_integrated(item, state):
        positions, stored = item.source.extremes(region.first, region.last, n_buckets)
        values = item.shown(stored)
    else:
        positions, values = min_max(waveform(item, state), n_buckets)
        positions = positions + region.first
    seen = _settled(item, state, values, positions / region.fs_hz)
    limits = float(seen.min()), float(seen.max())
    return Drawn(positions / region.fs_hz, values, limits, item.style)


def settling_s(state: ViewerState) -> float:
    """Return how long the ends of an integrated record swing: nobody knows what was outside."""
    return SETTLING_PERIODS / state.highpass_hz


def _settled(
    item: Item, state: ViewerState, samples: FloatArray, time_s: FloatArray | None = None
) -> FloatArray:
    """Return samples without the swinging ends of an integrated record."""
    duration_s, edge_s = item.signal.duration_s, settling_s(state)
    if not is_integrated(item, state) or duration_s < 4 * edge_s:
        return samples
    if time_s is None:
        first = item.region.first
        time_s = np.arange(first, first + samples.size) / item.source.fs_hz
    kept = samples[(time_s >= edge_s) & (time_s <= duration_s - edge_s)]
    return kept if kept.size else samples


def foot_of(item: Item, state: ViewerState) -> list[tuple[str, str, str]]:
    """Return name, value and unit of what is said of the part in sight."""
    try:
        samples = waveform(item, state)
    except Invalid:
        return [("Statistics", "zoom in to see them", "")]
    found = span_statistics(_settled(item, state, samples))
    shown = unit_shown(item, state)
    unit = "" if shown.name == "unknown" else shown.name
    cells = [
        ("RMS", _said(found.rms, 4), unit),
        ("Peak", _said(found.peak, 4), unit),
        ("Crest", _said(found.crest, 3), ""),
        ("Kurtosis", _said(found.kurtosis, 3), ""),
    ]
    return cells + _zone(item, state)


def _said(value: float, digits: int) -> str:
    return number(value if math.isfinite(value) else None, digits)


def _zone(item: Item, state: ViewerState) -> list[tuple[str, str, str]]:
    """Return the severity by ISO 20816 of the part in sight, of acceleration and velocity."""
    region = item.region
    is_motion = item.own.is_known and item.own.quantity.integrations > 0
    if not is_motion or region.last - region.first > LONG_SAMPLES:
        return []
    samples = item.source.read(region.first, region.last)
    try:
        level = velocity_rms(samples, item.source.fs_hz, unit=item.own.name)
    except VibrationError:  # too short, or sampled too slowly, for the band of the standard
        return []
    group = MACHINE_GROUPS.get(state.machine) or next(iter(MACHINE_GROUPS.values()))
    return [
        ("v RMS 10–1000 Hz", number(level, 3), "mm/s"),
        ("ISO 20816-3", f"zone {zone_of(level, group.code)}", group.title),
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
    levels = (each for each in severities_all() if each.level >= signal.severity.level)
    for level in levels:
        start = 0.0 if not stages else max(0.0, (level.factor_low - begins) / (ends - begins))
        if start >= 1.0:
            break
        stages.append((level, start * duration_s))
    stops = [start for _, start in stages[1:]] + [duration_s]
    return tuple(
        Stage(level.name, getattr(level, shade), start, stop)
        for (level, start), stop in zip(stages, stops, strict=True)
    )
