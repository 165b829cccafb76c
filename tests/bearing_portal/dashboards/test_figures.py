import json

import numpy as np
import pytest

from bearing_portal.dashboards.viewer import figures
from bearing_portal.dashboards.viewer.figures import region_of, spectrum_figure, time_figure
from vibration.spectra import welch_psd

FS_HZ = 20480.0
LOOK = {"theme": "light", "view": "7 time"}


@pytest.fixture(scope="module")
def samples():
    t = np.arange(102_400) / FS_HZ
    noise = np.random.default_rng(0).normal(0, 0.1, t.size)
    return (np.sin(2 * np.pi * 60 * t) + noise).astype(np.float32)


def time(samples, span_s=None, **values):
    region = region_of(span_s, samples.size, FS_HZ)
    return time_figure(samples, region, unit="g", n_buckets=1000, **(LOOK | values))


def spectrum(samples, **values):
    f_hz, psd = welch_psd(samples, FS_HZ)
    standard = {"unit": "g", "shaft_hz": 60.0, "is_low": True, "theme": "light", "view": "7"}
    return spectrum_figure(f_hz, psd, **(standard | values))


def test_no_extreme_is_lost(samples):
    drawn = time(samples).data[0].y
    assert (drawn.min(), drawn.max()) == (samples.min(), samples.max())


def test_zoom_shows_every_sample_of_the_region(samples):
    trace = time(samples, [1.0, 1.01]).data[0]
    first, last = round(float(trace.x[0]) * FS_HZ), round(float(trace.x[-1]) * FS_HZ)
    assert first < FS_HZ < 1.01 * FS_HZ < last
    assert np.array_equal(trace.y, samples[first : last + 1])


@pytest.mark.parametrize("span_s", [[-5, -1], [9, 12], [2, 1], [3, 3], [float("inf"), 0]])
def test_any_span_is_a_part_of_the_record(samples, span_s):
    region = region_of(span_s, samples.size, FS_HZ)
    assert 0 <= region.first < region.last <= samples.size


def test_zoom_moves_the_time_axis_only(samples):
    whole, part = time(samples), time(samples, [1.0, 1.01])
    assert whole.layout.xaxis.range == (0, 5)
    assert part.layout.xaxis.range == (1.0, 1.01)
    assert whole.layout.yaxis.range == part.layout.yaxis.range
    assert whole.layout.uirevision == part.layout.uirevision


def test_a_band_moves_the_frequency_axis_only(samples):
    whole, part = spectrum(samples), spectrum(samples, band_hz=[50.0, 70.0])
    assert part.layout.xaxis.range == (50.0, 70.0)
    assert whole.layout.yaxis.range == part.layout.yaxis.range


def test_figures_are_small(samples):
    assert len(json.dumps(json.loads(time(samples).to_json()))) < 35_000
    assert len(json.dumps(json.loads(spectrum(samples).to_json()))) < 60_000


@pytest.mark.parametrize("draw", [time, spectrum])
def test_numbers_travel_packed(samples, draw):
    trace = json.loads(draw(samples).to_json())["data"][0]
    assert trace["y"]["dtype"] == "f4"


@pytest.mark.parametrize("draw", [time, spectrum])
def test_themes_differ_in_the_template_only(samples, draw):
    light, dark = draw(samples, theme="light"), draw(samples, theme="dark")
    assert light.layout.template != dark.layout.template
    light.layout.template = dark.layout.template = None
    assert light == dark


def test_spectrum_is_in_decibels(samples):
    trace = spectrum(samples).data[0]
    f_hz, psd = welch_psd(samples, FS_HZ)
    assert trace.y == pytest.approx(10 * np.log10(psd), abs=1e-4)
    assert (trace.x0, trace.dx) == (f_hz[0], f_hz[1])


def test_orders_of_the_shaft_are_marked(samples):
    figure = spectrum(samples)
    assert [shape.x0 for shape in figure.layout.shapes] == [60, 120, 180]
    assert [note.text for note in figure.layout.annotations] == ["1X", "2X", "3X"]


def test_without_a_speed_nothing_is_marked_and_all_is_shown(samples):
    figure = spectrum(samples, shaft_hz=None)
    assert figure.layout.shapes == ()
    assert figure.layout.xaxis.range == (0, FS_HZ / 2)


def test_labels_of_orders_do_not_touch_over_the_full_range(samples):
    figure = spectrum(samples, is_low=False)
    assert [note.text for note in figure.layout.annotations] == ["1X"]


@pytest.mark.parametrize("x", [np.zeros(4096), np.full(4096, 3.0)])
def test_a_silent_record_is_drawn(x):
    x = x.astype(np.float32)
    assert np.isfinite(spectrum(x).data[0].y).all()
    low, high = time(x).layout.yaxis.range
    assert low < high


def test_meta_says_what_is_shown():
    whole = region_of(None, 102_400, FS_HZ)
    assert figures.time_meta(whole, 1024) == ("0–5 s · 102\u202f400 samples · shown 1:100, min–max")
    part = region_of([1.0, 1.01], 102_400, FS_HZ)
    assert figures.time_meta(part, 1024).endswith("of 102\u202f400 samples · every sample shown")
