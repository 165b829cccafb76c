"""A script of public `vibration` calls that gives the numbers of the panels on screen.

Names of people's making stand in it as Python's own literals: nothing in them can end a string.
"""

from typing import Any

from bearing_portal.dashboards.viewer.items import Item, items_of
from bearing_portal.dashboards.viewer.panels.maps import LOWEST_HZ, band_of, grid_of, window_of
from bearing_portal.dashboards.viewer.panels.spectrum import AVERAGES, MOST_SEGMENTS, segment_of
from bearing_portal.dashboards.viewer.panels.time import UNITS, buckets_of, is_integrated
from bearing_portal.dashboards.viewer.state import ViewerState
from bearing_portal.dashboards.viewer.tracking import pulses_of, tacho_of
from signals.waveforms.sources import ADC, LONG_SAMPLES

Lines = list[str]
Part = tuple[set[str], Lines]


def script_of(user: Any, state: ViewerState) -> str:
    """Return the script for the signal being looked at; what is compared with it is left out."""
    item = items_of(user, state)[0]
    imports: set[str] = {"import numpy as np"}
    body: Lines = []
    parts = [_samples, _time, ANALYSES[state.tab]]
    parts += [_kurtogram] if state.tab == "envelope" else []
    for part in (*parts, _map):
        is_tracked = part is _spectrum and state.is_tracked
        needed, lines = _tracked(user, item, state) if is_tracked else part(item, state)
        imports |= needed
        body += [*lines, ""]
    head = [f"# The panels of {item.signal.label!r}, as the Signal Viewer shows them."]
    if len(state.signals) > 1:
        head += ["# What it is compared with is left out."]
    return "\n".join([*head, "", *_sorted(imports), "", *body])


def _sorted(imports: set[str]) -> Lines:
    plain = sorted(line for line in imports if line.startswith("import "))
    return [*plain, "", *sorted(line for line in imports if line.startswith("from "))]


def _samples(item: Item, state: ViewerState) -> Part:
    signal, region = item.signal, item.region
    needed: set[str] = set()
    lines = [f"fs_hz = {signal.fs_hz!r}"]
    recipe = item.source.recipe
    if recipe is None:
        lines += [f"x = np.load({signal.label + '.npy'!r})  # from Export, whole record"]
    elif not state.off:
        needed = {"from vibration.simulation import Recipe, simulate"}
        lines += [f"recipe = Recipe.from_dict({recipe.to_dict()!r})"]
        lines += [f"x = simulate(recipe, {signal.row}).samples"]
    else:
        with_adc = "quantization" in recipe.noises and ADC not in state.off
        needed = {f"from vibration.simulation import Recipe{', adc' * with_adc}, simulate_parts"}
        lines += [f"recipe = Recipe.from_dict({recipe.to_dict()!r})"]
        lines += [f"off = {set(state.off)!r}"]
        total = f"sum(part for name, part in simulate_parts(recipe, {signal.row}).items() "
        total += "if name not in off)"
        lines += [f"x = adc({total})" if with_adc else f"x = {total}"]
    if item.factor != 1.0:
        needed |= {"from vibration.quantities import convert"}
        lines += [f"x = convert(x, {item.own.name!r}, {item.unit.name!r})"]
    return needed, [*lines, f"first, last = {region.first}, {region.last}  # the part in sight"]


def _time(item: Item, state: ViewerState) -> Part:
    if state.quantity == "speed":
        return set(), ["# Time: the panel draws the shaft's speed; no call gives it as drawn."]
    if item.source.is_long:
        return set(), [
            "# Time: of a record this long the panel draws kept extremes; no call gives them."
        ]
    needed = {"from vibration.decimation import min_max"}
    lines = ["# Time", "shown = x[first:last]"]
    if is_integrated(item, state):
        needed |= {"from vibration.spectra.integration import motion"}
        lines[1] = (
            f"shown = motion(\n    x, fs_hz, unit={item.unit.name!r}, "
            f"wanted={UNITS[state.quantity]!r}, highpass_hz={state.highpass_hz!r}\n)[first:last]"
        )
    n_buckets = buckets_of(state, len(state.signals))
    lines += [f"positions, values = min_max(shown, {n_buckets})"]
    return needed, [*lines, "time_s = (positions + first) / fs_hz"]


def _tracked(user: Any, item: Item, state: ViewerState) -> Part:
    """Return the spectrum over orders, by the recipe's angle or that of the tacho channel."""
    title = "# Spectrum over orders"
    needed = {"from vibration.spectra.orders import order_spectrum"}
    tacho = tacho_of(user, item.signal, state.tacho)
    if item.source.is_long:
        return set(), [f"{title}: this record is too long for it; zooming does not change that."]
    if item.source.recipe is not None:
        needed |= {"from vibration.simulation import record_turns"}
        turns = [f"turns = record_turns(recipe, {item.signal.row})"]
    elif tacho is not None:
        needed = {"from vibration.spectra.orders import order_spectrum, shaft_turns_from_tacho"}
        pulses = pulses_of(item.signal, state)
        turns = [f"tacho = np.load({tacho.label + '.npy'!r})  # from its Export, whole record"]
        turns += [f"turns = shaft_turns_from_tacho(tacho, fs_hz, pulses_per_turn={pulses})"]
    else:
        return set(), [f"{title}: it needs a tacho channel in the same file, or a recipe."]
    lines = [title, *turns, "orders, amplitude = order_spectrum(x[first:last], turns[first:last])"]
    return needed, [*lines, *_level("amplitude", state, is_power=False)]


def _spectrum(item: Item, state: ViewerState) -> Part:
    n_samples = item.region.last - item.region.first
    segment = segment_of(state, n_samples)
    call, given = "averaged_spectrum", "x[first:last], fs_hz"
    more = ""
    if n_samples > LONG_SAMPLES:
        call, more = "spectrum_of_blocks", f" max_segments={MOST_SEGMENTS},"
        given = "lambda start, end: x[first + start : first + end], last - first, fs_hz"
    lines = [
        "# Spectrum",
        f"spectrum = {call}(",
        f"    {given},{more} quantity={state.spectrum!r}, segment={segment!r},",
        f"    window={state.window!r}, averaging={AVERAGES[state.averaging]!r},",
        ")",
        "f_hz = spectrum.f_hz",
    ]
    is_power = state.spectrum == "psd"
    lines += _level("spectrum.values", state, is_power=is_power)
    return {f"from vibration.spectra.averaging import {call}"}, lines


def _envelope(item: Item, state: ViewerState) -> Part:
    if _is_too_long(item):
        return _refused("Envelope spectrum", item)
    lines = [
        "# Envelope spectrum",
        f"f_hz, amplitude = band_envelope_spectrum(x[first:last], fs_hz, {state.demodulated_hz!r})",
        *_level("amplitude", state, is_power=False),
    ]
    return {"from vibration.spectra.envelope import band_envelope_spectrum"}, lines


def _kurtogram(item: Item, state: ViewerState) -> Part:
    if _is_too_long(item):
        return _refused("Kurtogram", item)
    lines = ["# Kurtogram", "kurtogram = fast_kurtogram(x[first:last], fs_hz)"]
    lines += ["kurtosis = np.maximum(kurtogram.as_image(), 0)"]
    return {"from vibration.spectra.kurtogram import fast_kurtogram"}, lines


def _cepstrum(item: Item, state: ViewerState) -> Part:
    if _is_too_long(item):
        return _refused("Cepstrum", item)
    lines = ["# Cepstrum", "quefrency_s, level = real_cepstrum(x[first:last], fs_hz)"]
    return {"from vibration.spectra.cepstrum import real_cepstrum"}, lines


def _level(name: str, state: ViewerState, *, is_power: bool) -> Lines:
    if state.is_linear:
        return [f"level = {name}"]
    factor, floor = (10, "1e-20") if is_power else (20, "1e-10")
    return [f"level = {factor} * np.log10(np.maximum({name}, {floor}))"]


def _map(item: Item, state: ViewerState) -> Part:
    if _is_too_long(item):
        return _refused("Time–frequency", item)
    n_time, n_freq = grid_of(state, len(state.signals))
    low, high = band_of(item, state)
    if state.method == "cwt":
        name, how = "cwt_map", f"n_scales={min(128, n_freq)}"
        low = max(low, LOWEST_HZ)
    else:
        name, how = (
            "stft_map",
            f"window={window_of(item, state)}, overlap={state.map_overlap / 100}",
        )
        if state.method == "wigner":
            name, how = "wigner_ville_map", f"window={window_of(item, state)}"
        how += f", n_freq={n_freq}"
    lines = [
        "# Time–frequency",
        f"power = {name}(",
        f"    x[first:last], fs_hz, {how}, f_range_hz=({low!r}, {high!r}), n_time={n_time},",
        ")",
        "level_db = 10 * np.log10(np.maximum(power.level, 1e-20))",
    ]
    return {f"from vibration.timefrequency import {name}"}, lines


def _is_too_long(item: Item) -> bool:
    return item.region.last - item.region.first > LONG_SAMPLES


def _refused(title: str, item: Item) -> Part:
    limit_s = LONG_SAMPLES / item.source.fs_hz
    return set(), [f"# {title}: the panel shows it of at most {limit_s:.4g} s; zoom in first."]


ANALYSES = {"spectrum": _spectrum, "envelope": _envelope, "cepstrum": _cepstrum}
