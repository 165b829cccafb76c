"""Orders are of each signal's own speed, and a tacho tells which."""

import json

import numpy as np
import pytest
from scipy.signal import get_window

from monitoring.accounts.settings import preferences_save
from signals.models import Bearing, Signal
from signals.services.bearings import bearings_seed
from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.factories import make_dataset
from tests.signals.recordings import mat, npy, upload
from vibration.spectra.windows import window_samples

FS_HZ = 8192.0
T_S = np.arange(4 * 8192) / FS_HZ


@pytest.fixture
def at_speed(owner):
    """Upload a sine at 1X of a speed; return the signal."""

    def make(shaft_hz):
        content = npy(np.sin(2 * np.pi * shaft_hz * T_S).astype(np.float32))
        made = upload(content, owner=owner, fs_hz=FS_HZ, rpm=60 * shaft_hz)
        return made.stores.get().signals.first()

    return make


@pytest.fixture
def with_tacho(owner):
    """Upload a channel and the pulses of a shaft at 25 Hz, five a turn; return the channel."""

    def make(rpm, name="tacho"):
        pulses = (np.sin(2 * np.pi * 125 * T_S) > 0.9).astype(np.float64)
        x = np.sin(2 * np.pi * 25 * T_S)
        content = mat(**{"accel": x[:, None], name: pulses[:, None]})
        made = upload(content, owner=owner, name="record.mat", fs_hz=FS_HZ, rpm=rpm, unit="g")
        return Signal.objects.get(store__upload=made, channel="accel")

    return make


def meta(answer):
    return answer["response"]["viewer-spectrum-meta"]["children"]["props"]["children"]


def peaks(figure):
    found = []
    for trace in figure.data:
        y = numbers(trace.y)
        x = trace.x0 + trace.dx * np.arange(y.size) if trace.x is None else numbers(trace.x)
        found.append(float(x[y.argmax()]))
    return found


def test_each_curve_of_a_comparison_has_its_own_1x(figure_of, at_speed):
    first, other = at_speed(25.0), at_speed(40.0)
    figure = figure_of("show_analysis", first, x="orders", marks="", compare=str(other.pk))
    assert peaks(figure) == pytest.approx([1.0, 1.0], abs=0.06)


def test_the_pulses_of_a_turn_can_be_stated(ask, figure_of, with_tacho):
    signal = with_tacho(1500.0)
    assert peaks(figure_of("show_analysis", signal, track="1", ppr="5"))[0] == pytest.approx(
        1.0, abs=0.02
    )
    said = meta(ask("show_analysis", signal, track="1", ppr="5"))
    assert "5 pulses a turn, 1500 rpm" in said
    assert "stated" not in said


def test_the_speed_over_time_can_be_seen(figure_of, with_tacho):
    figure = figure_of("show_time", with_tacho(1500.0), q="speed", ppr="5")
    assert figure.layout.yaxis.title.text == "Speed (rpm)"
    assert np.median(numbers(figure.data[0].y)) == pytest.approx(1500, rel=0.01)


def test_a_tacho_that_contradicts_the_speed_is_said_with_what_would_agree(ask, with_tacho):
    said = meta(ask("show_analysis", with_tacho(1500.0), track="1"))
    assert "The tacho gives 7500 rpm, stated are 1500: 5 pulses a turn would agree" in said


def test_the_channel_of_the_tacho_can_be_chosen(said, ask, with_tacho):
    signal = with_tacho(1500.0, name="ch2")
    other = signal.store.signals.get(channel="ch2")
    assert "tacho channel" in said("show_analysis", signal, track="1")
    assert "ch2" in meta(ask("show_analysis", signal, track="1", tacho=str(other.pk), ppr="5"))


def test_a_tracked_comparison_tells_the_turns_of_each(ask, simulated_pair):
    first, other = simulated_pair
    said = meta(ask("show_analysis", first, track="1", compare=str(other.pk)))
    assert said.count("turns by recipe") == 2
    assert f"{first.label}: " in said
    assert f"{other.label}: " in said


@pytest.fixture
def simulated_pair(owner):
    recipe = {"classes": ("wear",), "duration_s": 1.0}
    return make_dataset(owner, per_class=2, **recipe).store.signals.filter(augmented=False)[:2]


def test_the_low_range_reaches_the_lines_of_the_bearing(figure_of, at_speed):
    bearings_seed()
    bearing = Bearing.objects.get(name="SKF 6205-2RS")
    figure = figure_of("show_analysis", at_speed(25.0), bearing=str(bearing.pk))
    assert figure.layout.xaxis.range[1] > bearing.bpfi * 25


@pytest.mark.parametrize(("chosen", "expected"), [("", "50 Hz"), ("60", "60 Hz")])
def test_the_mains_are_those_of_the_site_unless_chosen(figure_of, at_speed, chosen, expected):
    figure = figure_of("show_analysis", at_speed(25.0), r="full", marks="mains", mains=chosen)
    assert expected in [shape.name for shape in figure.layout.shapes]


def test_the_mains_of_the_site_are_a_setting(figure_of, at_speed, settings):
    settings.MAINS_HZ = 60
    figure = figure_of("show_analysis", at_speed(25.0), r="full", marks="mains")
    assert "60 Hz" in [shape.name for shape in figure.layout.shapes]


def test_the_mains_of_the_person_come_before_the_sites(figure_of, at_speed, owner):
    preferences_save(user=owner, mains_hz=60)
    figure = figure_of("show_analysis", at_speed(25.0), r="full", marks="mains")
    assert "60 Hz" in [shape.name for shape in figure.layout.shapes]


@pytest.mark.parametrize("window", ["hann", "flattop"])
def test_the_words_of_a_spectrum_state_what_its_window_does(ask, at_speed, window):
    said = meta(ask("show_analysis", at_speed(25.0), win=window, seg="1024"))
    w = get_window("hann", 1024) if window == "hann" else window_samples(window, 1024, "d")
    enbw = 1024 * np.sum(w**2) / np.sum(w) ** 2
    half_bin = np.abs(np.sum(w * np.exp(-1j * np.pi * np.arange(1024) / 1024)))
    assert f"ENBW {enbw:.2f} bins = {enbw * FS_HZ / 1024:.3g} Hz" in said
    assert f"scalloping ≤ {max(0, -20 * np.log10(half_bin / w.sum())):.2f} dB" in said


def test_maps_of_a_comparison_state_their_own_windows(ask, at_speed):
    first, other = at_speed(25.0), at_speed(100.0)
    said = ask("show_map", first, compare=str(other.pk))["response"]["viewer-map-meta"]["children"][
        "props"
    ]["children"]
    assert said.count("STFT, Hann") == 2


REFUSED = [
    ("show_analysis", {"tab": "envelope", "band": "5000,9000"}, "does not lie within"),
    ("show_analysis", {"track": "1"}, "tacho channel"),
]


@pytest.mark.parametrize(("name", "texts", "why"), REFUSED)
def test_a_refused_choice_empties_the_panel_and_says_why(ask, said, at_speed, name, texts, why):
    signal = at_speed(25.0)
    answer = ask(name, signal, **texts)
    assert "sideUpdate" not in answer
    assert why in said(name, signal, **texts)
    assert json.dumps(answer["response"]).count('"data": []') == 1
