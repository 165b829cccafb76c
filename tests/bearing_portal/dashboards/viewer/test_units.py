"""Whatever the unit of a record, the numbers are in the unit that is written beside them."""

import json

import numpy as np
import pytest

from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.signals.recordings import npy, upload

FS_HZ, G = 8192.0, 9.80665
TONE = np.sin(2 * np.pi * 159.155 * np.arange(4 * 8192) / FS_HZ)
OF_1_G = {"g": 1.0, "mg": 1000.0, "m/s²": G, "mm/s²": 1000 * G}


@pytest.fixture
def record(owner):
    def make(unit, gain=1.0, **answers):
        content = npy((gain * TONE).astype(np.float32))
        answers = {"fs_hz": FS_HZ, "rpm": 3000.0, "unit": unit} | answers
        return upload(content, owner=owner, **answers).stores.get().signals.first()

    return make


def title(figure):
    return figure.layout.yaxis.title.text


@pytest.mark.parametrize("unit", OF_1_G)
def test_1_g_at_159_hz_is_the_same_velocity_and_zone_in_every_unit(ask, figure_of, record, unit):
    signal = record(unit, OF_1_G[unit])
    figure = figure_of("show_time", signal, q="velocity", t="1,2")
    assert numbers(figure.data[0].y).max() == pytest.approx(G, rel=0.01)
    assert title(figure) == "Velocity (mm/s)"
    assert "zone D" in json.dumps(ask("show_time", signal, machine="group2_rigid"))


def test_the_zone_of_a_velocity_is_that_of_its_own_rms(ask, record):
    text = json.dumps(ask("show_time", record("mm/s", 3 * np.sqrt(2)), machine="group2_rigid"))
    assert "zone C" in text
    assert "15\\u2013300 kW, rigid support" in text


def test_a_temperature_is_no_acceleration(ask, figure_of, record):
    signal = record("°C")
    assert title(figure_of("show_time", signal)) == "Temperature (°C)"
    assert "ISO" not in json.dumps(ask("show_time", signal))
    assert ask("open_signal", signal)["response"]["viewer-signal"]["data"]["quantity"] == (
        "Temperature"
    )


@pytest.mark.parametrize(
    ("unit", "density"), [("g", "g²/Hz"), ("m/s²", "(m/s²)²/Hz"), ("mm/s", "(mm/s)²/Hz")]
)
def test_a_density_is_written_in_the_power_of_the_whole_unit(ask, figure_of, record, unit, density):
    signal = record(unit)
    assert title(figure_of("show_analysis", signal)) == f"dB re 1 {density}"
    assert (
        f"dB re 1 {density}"
        in ask("show_map", signal)["response"]["viewer-map-meta"]["children"]["props"]["children"]
    )


def test_what_is_compared_is_drawn_in_the_unit_of_the_first(figure_of, record):
    first, other = record("g"), record("m/s²", G)
    figure = figure_of("show_time", first, compare=str(other.pk))
    own, others = (numbers(trace.y).max() for trace in figure.data[:2])
    assert own == pytest.approx(others, rel=1e-5)


def test_acceleration_is_shown_in_the_unit_chosen(figure_of, record):
    figure = figure_of("show_time", record("g"), unit="m/s²")
    assert numbers(figure.data[0].y).max() == pytest.approx(G, rel=1e-3)
    assert title(figure) == "Acceleration (m/s²)"


def test_what_measures_something_else_is_not_drawn_beside_it(said, record):
    other = record("°C")
    sentence = said("show_analysis", record("g"), compare=str(other.pk))
    assert f"{other.label} is temperature in °C" in sentence


def test_features_are_in_the_unit_of_the_record(ask, record):
    text = json.dumps(ask("show_inspector", record("m/s²", G)), ensure_ascii=False)
    assert ">(m/s²)³<" in text
    assert ">g<" not in text


def test_compared_features_are_converted(client, owner, record):
    client.force_login(owner)
    first, other = record("g"), record("m/s²", G)
    url = f"/signal-viewer/compare/?signal={first.pk}&compare={other.pk}"
    page = client.get(url).content.decode()
    assert "+881 %" not in page
    assert "+0 %" in page
