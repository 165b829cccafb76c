"""A script of public `vibration` calls that gives the numbers of the panels on screen."""

from typing import Any

from bearing_portal.dashboards.viewer.figures.common import region_of
from bearing_portal.dashboards.viewer.items import Item, items_of
from bearing_portal.dashboards.viewer.panels.maps import LOWEST_HZ, band_of, grid_of, window_of
from bearing_portal.dashboards.viewer.panels.spectrum import AVERAGES, segment_of
from bearing_portal.dashboards.viewer.panels.time import buckets_of
from bearing_portal.dashboards.viewer.state import View
from signals.waveforms.sources import ADC

Lines = list[str]


def script_of(user: Any, view: View) -> str:
    """Return the script for the signal being looked at; what is compared with it is left out."""
    item = items_of(user, view)[0]
    imports: set[str] = {"import numpy as np"}
    body: Lines = []
    for part in (_samples, _time, ANALYSES[view.tab], _map):
        needed, lines = part(item, view)
        imports |= needed
        body += [*lines, ""]
    head = [f'"""The panels of {item.signal.label}, as the Signal Viewer shows them."""', ""]
    return "\n".join([*head, *_sorted(imports), "", *body])


def _sorted(imports: set[str]) -> Lines:
    plain = sorted(line for line in imports if line.startswith("import "))
    return [*plain, "", *sorted(line for line in imports if line.startswith("from "))]


def _samples(item: Item, view: View) -> tuple[set[str], Lines]:
    signal, region = item.signal, region_of(view.span_s, item.source.n_samples, item.source.fs_hz)
    lines = [f"fs_hz = {signal.fs_hz!r}"]
    recipe = item.source.recipe
    if recipe is None:
        needed = set()
        lines += [f'x = np.load("{signal.label}.npy")  # from Export, whole record']
    elif not view.off:
        needed = {"from vibration.simulation import Recipe, simulate"}
        lines += [f"recipe = Recipe.from_dict({recipe.to_dict()!r})"]
        lines += [f"x = simulate(recipe, {signal.row}).samples"]
    else:
        with_adc = "quantization" in recipe.noises and ADC not in view.off
        needed = {f"from vibration.simulation import Recipe{', adc' * with_adc}, simulate_parts"}
        lines += [f"recipe = Recipe.from_dict({recipe.to_dict()!r})"]
        lines += [f"off = {set(view.off)!r}"]
        total = f"sum(part for name, part in simulate_parts(recipe, {signal.row}).items() "
        total += "if name not in off)"
        lines += [f"x = adc({total})" if with_adc else f"x = {total}"]
    return needed, [*lines, f"first, last = {region.first}, {region.last}  # the part in sight"]


def _time(item: Item, view: View) -> tuple[set[str], Lines]:
    needed = {"from vibration.decimation import min_max"}
    lines = ["# Time", "shown = x[first:last]"]
    if view.quantity != "acceleration":
        name = f"to_{view.quantity}"
        needed |= {f"from vibration.spectra.integration import {name}"}
        lines[1] = f"shown = {name}(x, fs_hz, highpass_hz={view.highpass_hz!r})[first:last]"
    n_buckets = buckets_of(view, len(view.signals))
    lines += [f"positions, values = min_max(shown, {n_buckets})"]
    return needed, [*lines, "time_s = (positions + first) / fs_hz"]


def _spectrum(item: Item, view: View) -> tuple[set[str], Lines]:
    if view.is_tracked and item.source.recipe is not None:
        needed = {
            "from vibration.spectra.orders import order_spectrum",
            "from vibration.simulation import record_turns",
        }
        lines = [f"turns = record_turns(recipe, {item.signal.row})"]
        lines += ["orders, amplitude = order_spectrum(x[first:last], turns[first:last])"]
        return needed, [
            "# Spectrum over orders",
            *lines,
            *_level("amplitude", view, is_power=False),
        ]
    segment = segment_of(view, item.region.last - item.region.first)
    lines = [
        "# Spectrum",
        "spectrum = averaged_spectrum(",
        f"    x[first:last], fs_hz, quantity={view.spectrum!r}, segment={segment!r},",
        f"    window={view.window!r}, averaging={AVERAGES[view.averaging]!r},",
        ")",
        "f_hz = spectrum.f_hz",
    ]
    is_power = view.spectrum == "psd"
    lines += _level("spectrum.values", view, is_power=is_power)
    return {"from vibration.spectra.averaging import averaged_spectrum"}, lines


def _envelope(item: Item, view: View) -> tuple[set[str], Lines]:
    lines = [
        "# Envelope spectrum",
        f"f_hz, amplitude = band_envelope_spectrum(x[first:last], fs_hz, {view.demodulated_hz!r})",
        *_level("amplitude", view, is_power=False),
    ]
    return {"from vibration.spectra.envelope import band_envelope_spectrum"}, lines


def _cepstrum(item: Item, view: View) -> tuple[set[str], Lines]:
    lines = ["# Cepstrum", "quefrency_s, level = real_cepstrum(x[first:last], fs_hz)"]
    return {"from vibration.spectra.cepstrum import real_cepstrum"}, lines


def _level(name: str, view: View, *, is_power: bool) -> Lines:
    if view.is_linear:
        return [f"level = {name}"]
    factor, floor = (10, "1e-20") if is_power else (20, "1e-10")
    return [f"level = {factor} * np.log10(np.maximum({name}, {floor}))"]


def _map(item: Item, view: View) -> tuple[set[str], Lines]:
    n_time, n_freq = grid_of(view, 1)
    low, high = band_of(item, view)
    if view.method == "cwt":
        name, how = "cwt_map", f"n_scales={min(128, n_freq)}"
        low = max(low, LOWEST_HZ)
    else:
        name, how = "stft_map", f"window={window_of(item, view)}, overlap={view.map_overlap / 100}"
        if view.method == "wigner":
            name, how = "wigner_ville_map", f"window={window_of(item, view)}"
        how += f", n_freq={n_freq}"
    lines = [
        "# Time–frequency",
        f"power = {name}(",
        f"    x[first:last], fs_hz, {how}, f_range_hz=({low!r}, {high!r}), n_time={n_time},",
        ")",
        "level_db = 10 * np.log10(np.maximum(power.level, 1e-20))",
    ]
    return {f"from vibration.timefrequency import {name}"}, lines


ANALYSES = {"spectrum": _spectrum, "envelope": _envelope, "cepstrum": _cepstrum}
