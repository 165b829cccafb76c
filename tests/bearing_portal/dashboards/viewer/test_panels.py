"""What each panel says of a signal, asked as the page asks."""

import json
import re

import numpy as np
import pytest

from datasets.services.splits import split_create
from signals.models import Bearing
from signals.services.bearings import bearings_seed
from signals.services.labels import Relabel, signals_relabel
from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, upload

FS_HZ = 8192.0


@pytest.fixture
def record(owner):
    """Upload samples as a person does; return the signal."""

    def make(samples, *, rpm=3000.0, unit="g"):
        content = npy(np.asarray(samples, dtype=np.float32))
        made = upload(content, owner=owner, fs_hz=FS_HZ, rpm=rpm, unit=unit)
        return made.stores.get().signals.first()

    return make


@pytest.fixture
def sine(record):
    t_s = np.arange(2 * 8192) / FS_HZ
    return record(np.sin(2 * np.pi * 100 * t_s))


@pytest.fixture
def simulated(owner):
    recipe = {"classes": ("wear", "misalignment"), "duration_s": 1.0, "severities": ("mild",)}
    return make_dataset(owner, per_class=4, **recipe).store.signals.filter(augmented=False)


def line_of(figure):
    trace = next(trace for trace in figure.data if trace.hoverinfo != "skip")
    y = numbers(trace.y)
    x = trace.x0 + trace.dx * np.arange(y.size) if trace.x is None else numbers(trace.x)
    return x, y


def test_an_address_without_a_signal_says_how_to_choose(ask):
    answer = ask("open_signal")
    assert "No signal is chosen" in json.dumps(answer)
    assert answer["response"]["viewer-shown"]["hidden"] is True


def test_the_first_signal_has_no_previous_one(ask, signal):
    text = json.dumps(ask("open_signal", signal))
    assert "1 of 6" in text
    assert text.count("data-open=") == 1


def test_next_walks_through_the_filter_of_the_address(ask, simulated):
    first = simulated.filter(fault_class__code="misalignment").first()
    text = json.dumps(ask("open_signal", first, **{"class": "misalignment"}))
    assert "1 of 4" in text
    assert "Misalignment, all severities" in text


def test_a_filter_that_cannot_be_is_said(said, signal):
    assert "no fault class" in said("open_signal", signal, **{"class": "nonsense"})


def test_a_sine_of_1_g_reads_1_g(figure_of, sine):
    for window in ("hann", "flattop", "boxcar", "blackman", "hamming"):
        figure = figure_of("show_analysis", sine, spec="amplitude", scale="linear", win=window)
        f_hz, amplitude = line_of(figure)
        assert f_hz[amplitude.argmax()] == pytest.approx(100, abs=1)
        assert amplitude.max() == pytest.approx(1.0, rel=2e-3)


def test_the_density_adds_up_to_the_mean_square_of_what_is_in_sight(figure_of, sine):
    figure = figure_of("show_analysis", sine, scale="linear", r="full", t="0.5,1.5")
    f_hz, psd = line_of(figure)
    assert psd.sum() * (f_hz[1] - f_hz[0]) == pytest.approx(0.5, rel=0.01)


def test_decibels_are_ten_times_the_logarithm_of_the_density(figure_of, sine):
    linear = line_of(figure_of("show_analysis", sine, scale="linear"))[1]
    level = line_of(figure_of("show_analysis", sine))[1]
    assert level == pytest.approx(10 * np.log10(np.maximum(linear, 1e-20)), abs=0.01)


def test_orders_are_hertz_over_the_shaft_speed(figure_of, sine):
    figure = figure_of("show_analysis", sine, x="orders", spec="amplitude", scale="linear")
    order, amplitude = line_of(figure)
    assert order[amplitude.argmax()] == pytest.approx(2.0, abs=0.02)
    assert figure.layout.xaxis.title.text == "Order (X)"


def test_without_a_speed_the_axis_stays_in_hertz(figure_of, record):
    signal = record(np.random.default_rng(0).normal(size=4096), rpm="unknown")
    assert "Hz" in figure_of("show_analysis", signal, x="orders").layout.xaxis.title.text


def test_the_time_panel_draws_every_sample_of_a_short_span(figure_of, ask, sine):
    figure = figure_of("show_time", sine, t="0.1,0.11")
    assert figure.data[0].dx == pytest.approx(1 / FS_HZ)
    meta = ask("show_time", sine, t="0.1,0.11")["response"]["viewer-time-meta"]["html"]
    assert "every sample shown" in meta


def test_statistics_are_of_the_part_in_sight(ask, record):
    samples = np.r_[np.zeros(4096), np.sin(2 * np.pi * 100 * np.arange(4096) / FS_HZ)]
    text = json.dumps(ask("show_time", record(samples), t="0.6,0.9"), ensure_ascii=False)
    assert "<b>0.70" in text


def test_1_g_at_159_hz_is_10_mm_per_second(figure_of, record):
    signal = record(np.sin(2 * np.pi * 159.155 * np.arange(4 * 8192) / FS_HZ))
    velocity = numbers(figure_of("show_time", signal, q="velocity", t="1,2").data[0].y)
    assert velocity.max() == pytest.approx(9.80665, rel=0.01)


def test_the_zone_is_that_of_the_machine_group_chosen(ask, record):
    level = 3.0 / 9.80665 * np.sqrt(2)  # 3 mm/s RMS at 159 Hz
    signal = record(level * np.sin(2 * np.pi * 159.155 * np.arange(4 * 8192) / FS_HZ))
    zones = {
        group: json.dumps(ask("show_time", signal, machine=group))
        for group in ("group1_flexible", "group2_rigid")
    }
    assert "zone A" in zones["group1_flexible"]
    assert "zone C" in zones["group2_rigid"]


def test_what_is_no_motion_is_not_integrated(said, record):
    signal = record(np.random.default_rng(0).normal(size=4096), unit="°C")
    assert "Temperature in °C cannot be integrated" in said("show_time", signal, q="velocity")


def modulated(f_hz, n=4 * 8192):
    t_s = np.arange(n) / FS_HZ
    noise = np.random.default_rng(1).normal(0, 0.02, n)
    return (1 + np.cos(2 * np.pi * f_hz * t_s)) * np.sin(2 * np.pi * 2000 * t_s) + noise


def test_the_envelope_shows_the_modulation(figure_of, record):
    figure = figure_of("show_analysis", record(modulated(77)), tab="envelope", scale="linear")
    f_hz, amplitude = line_of(figure)
    beyond = f_hz > 5
    assert f_hz[beyond][amplitude[beyond].argmax()] == pytest.approx(77, abs=0.3)


def test_a_band_without_the_carrier_has_no_modulation(figure_of, record):
    signal = record(modulated(77))
    held, empty = (
        line_of(figure_of("show_analysis", signal, tab="envelope", scale="linear", band=band))
        for band in ("1500,2500", "3000,3900")
    )
    at = np.abs(held[0] - 77).argmin()
    assert held[1][at] > 20 * empty[1][at]


def test_lines_of_the_chosen_bearing_are_found_with_their_deviation(ask, record):
    bearings_seed()
    bearing = Bearing.objects.get(name="SKF 6205-2RS")
    signal = record(modulated(bearing.bpfo * 50 * 0.995))
    answer = ask("show_analysis", signal, tab="envelope", bearing=str(bearing.pk))
    text = json.dumps(answer["response"]["viewer-found"], ensure_ascii=False)
    assert "Lines of the bearing" in text
    assert "−0.50 %" in text


def test_the_kurtogram_proposes_a_band_where_there_are_impacts(ask, record):
    rng = np.random.default_rng(2)
    samples = rng.normal(0, 0.02, 16_384)
    t_s = np.arange(400) / FS_HZ
    for start in range(300, 15_900, 1031):
        samples[start : start + 400] += np.exp(-400 * t_s) * np.sin(2 * np.pi * 1600 * t_s)
    answer = ask("show_kurtogram", record(samples))["response"]
    low, high = answer["viewer-proposed"]["data"]
    words = answer["viewer-kurtogram-meta"]["children"]
    assert 0 <= low < high <= FS_HZ / 2
    assert words.startswith(f"{low:.0f}–{high:.0f} Hz, kurtosis")


def test_an_echo_stands_in_the_cepstrum_at_its_delay(figure_of, record):
    noise = np.random.default_rng(3).normal(size=16_384)
    samples = noise + 0.6 * np.roll(noise, 164)
    x_ms, c = line_of(figure_of("show_analysis", record(samples), tab="cepstrum", r="full"))
    assert x_ms[c.argmax()] == pytest.approx(164 / FS_HZ * 1e3, abs=0.2)


@pytest.mark.parametrize("method", ["stft", "cwt", "wigner"])
def test_each_map_has_its_ridge_at_the_tone(figure_of, sine, method):
    trace = figure_of("show_map", sine, tf=method).data[0]
    z, f_hz = numbers(trace.z), numbers(trace.y)
    assert f_hz[z.mean(axis=1).argmax()] == pytest.approx(100, rel=0.1)
    assert z.dtype == np.uint8


def test_a_run_up_stands_still_when_tracked(figure_of, owner):
    recipe = {"classes": ("misalignment",), "severities": ("severe",), "duration_s": 2.0}
    signals = make_dataset(owner, per_class=20, **recipe).store.signals
    ramp = signals.filter(transient="speed_ramp").first()
    order, level = line_of(figure_of("show_analysis", ramp, track="1", scale="linear"))
    assert order[level.argmax()] == pytest.approx(2.0, abs=0.03)


def test_without_an_angle_there_is_no_tracking(said, sine):
    assert "tacho channel" in said("show_analysis", sine, track="1")


def test_compared_signals_are_drawn_in_every_panel(figure_of, simulated):
    first, *others = simulated[:3]
    compare = ",".join(str(one.pk) for one in others)
    for name in ("show_time", "show_analysis", "show_map"):
        names = {trace.name for trace in figure_of(name, first, compare=compare).data}
        assert {one.label for one in simulated[:2]} <= names


def test_a_compared_signal_that_is_gone_is_left_out(figure_of, simulated):
    figure = figure_of("show_time", simulated[0], compare="999999")
    assert figure.data[0].name == simulated[0].label


def test_no_panel_of_eight_signals_is_larger_than_150_kb(ask, owner):
    recipe = {"duration_s": 5.0, "fs_hz": 20_480.0, "classes": ("wear",)}
    signals = list(make_dataset(owner, per_class=8, **recipe).store.signals.all())
    compare = ",".join(str(one.pk) for one in signals[1:])
    for name in ("show_time", "show_analysis", "show_map"):
        for more in ({}, {"layout": "stacked", "r": "full", "seg": "whole"}):
            size = len(json.dumps(ask(name, signals[0], compare=compare, **more)))
            assert size < 150_000, (name, more, size)


def test_one_part_alone_is_drawn_when_all_others_are_off(figure_of, simulated):
    from signals.waveforms.sources import source_of

    wear = simulated.filter(fault_class__code="wear").first()
    parts = source_of(make_user("superuser"), wear).parts
    off = ",".join(name for name in parts if name != "residual_1x")
    drawn = numbers(figure_of("show_time", wear, off=off, t="0.1,0.2").data[0].y)
    part = parts["residual_1x"]
    assert drawn.max() <= part.max()
    assert np.isin(drawn, part).all()


def test_the_class_is_expected_where_it_has_enough_records(figure_of, simulated, signal):
    names = [trace.name for trace in figure_of("show_analysis", simulated[0]).data]
    assert any("n = 4" in name for name in names)
    assert not any("n =" in trace.name for trace in figure_of("show_analysis", signal).data)


def test_the_inspector_has_all_features_parts_and_the_dataset(ask, simulated):
    text = ask("show_inspector", simulated[0])["response"]["viewer-inspector"]["html"]
    assert text.count("<th ") == 36
    assert "Parts of this record" in text
    assert f"/datasets/{simulated[0].store.dataset.pk}/" in text


def test_the_inspector_names_the_sides_of_splits(ask, simulated):
    dataset = simulated[0].store.dataset
    split_create(
        user=dataset.store.owner, dataset=dataset, name="main", ratios=(0.5, 0.5), by="none"
    )
    text = ask("show_inspector", simulated[0])["response"]["viewer-inspector"]["html"]
    assert re.search("(train|test) of main", text)


def test_the_inspector_shows_the_labels_of_the_version_in_the_address(ask, simulated):
    signal = simulated.filter(fault_class__code="wear").first()
    dataset = signal.store.dataset
    signals_relabel(
        user=dataset.store.owner,
        signals=simulated.filter(pk=signal.pk),
        labels=Relabel(fault_class=None),
        reason="heard again",
    )
    for version, words in (("1", ">Wear<"), ("2", ">No class<")):
        given = {"filter": f"dataset={dataset.pk}&version={version}"}
        text = ask("show_inspector", signal, **given)["response"]["viewer-inspector"]["html"]
        assert words in text.replace("/>", "><")


def test_an_undefined_feature_is_a_dash(ask, signal):
    type(signal).objects.filter(pk=signal.pk).update(kurtosis=None)
    text = ask("show_inspector", signal)["response"]["viewer-inspector"]["html"]
    assert ">–</td>" in text.split(">Kurtosis<")[1].split("</tr>")[0]


def test_channels_of_an_upload_can_be_switched(ask, owner):
    samples = np.random.default_rng(0).normal(size=(2048, 2)).astype(np.float32)
    made = upload(npy(samples), owner=owner)
    first = made.stores.get().signals.first()
    assert json.dumps(ask("show_inspector", first)).count("data-open=") == 2
