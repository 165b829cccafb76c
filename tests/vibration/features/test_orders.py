"""Bearing-order features, held against a computation of their own and against measured tables."""

import csv
import gzip

import numpy as np
import pytest
import scipy.signal

from tests.vibration.formats.published import DATA, RECORDINGS
from vibration.errors import VibrationError
from vibration.features.orders import ORDER_FEATURE_NAMES, ORDER_FEATURES, order_features
from vibration.formats import read_recording
from vibration.formats.examples import bearing_signal
from vibration.machines.bearings import BearingGeometry, BearingOrders

ORDERS = BearingGeometry(9, 7.94, 39.04).orders
FS_HZ, SHAFT_HZ = 12_000.0, 29.95
X = np.random.default_rng(3).standard_normal(24_000)

TABLE = DATA / "feature_tables" / "cwru_12k_24000_with_orders.csv.gz"
FILES = {"118_0": "cwru/118_0.mat", "105_0": "cwru/105_0.mat", "130@6_0": "cwru/130@6_0.mat"}


def by_scipy(x, fs_hz, shaft_hz, o):
    """Compute the 13 features of the whole record with scipy, line by line."""
    envelope = np.abs(scipy.signal.hilbert(x - x.mean()))
    envelope -= envelope.mean()
    f_hz, amplitude = scipy.signal.periodogram(
        envelope, fs_hz, "hann", detrend=False, scaling="spectrum"
    )
    amplitude = np.sqrt(amplitude)
    floor = np.median(amplitude[(f_hz >= 10) & (f_hz <= 600)])

    def peak(order):
        near = np.abs(f_hz / (order * shaft_hz) - 1) <= 0.015
        return amplitude[near].max()

    single = [1, 2, o.bpfi, 2 * o.bpfi, 3 * o.bpfi]
    peaks = [peak(order) for order in single]
    peaks.append((peak(o.bpfi - 1) + peak(o.bpfi + 1)) / 2)
    peaks += [peak(order) for order in (o.bpfo, 2 * o.bpfo, 3 * o.bpfo)]
    peaks += [peak(order) for order in (2 * o.bsf, 4 * o.bsf, 6 * o.bsf)]
    peaks.append((peak(2 * o.bsf - o.ftf) + peak(2 * o.bsf + o.ftf)) / 2)
    return np.log(np.array(peaks) / floor)


def test_there_are_26_in_two_halves_of_the_same_lines():
    assert len(ORDER_FEATURE_NAMES) == len(set(ORDER_FEATURE_NAMES)) == 26
    halves = ORDER_FEATURE_NAMES[:13], ORDER_FEATURE_NAMES[13:]
    full, band = ([n.split(f"_{code}_")[1] for n in half] for code, half in
                  zip(("full", "2_5k"), halves, strict=True))  # fmt: skip
    assert full == band
    assert all(each.title and each.meaning and each.formula for each in ORDER_FEATURES)


def test_the_whole_records_half_agrees_with_scipy():
    values = order_features(X, FS_HZ, SHAFT_HZ, ORDERS)
    np.testing.assert_allclose(values[:13], by_scipy(X, FS_HZ, SHAFT_HZ, ORDERS), rtol=1e-9)


def test_the_bands_half_agrees_with_scipy_on_the_filtered_record():
    f_hz = np.fft.rfftfreq(X.size, 1 / FS_HZ)
    spectrum = np.fft.rfft(X - X.mean())
    low, high, half = 2000.0, 5000.0, 150.0
    rise = [
        0.5 + 0.5 * np.sin(0.5 * np.pi * np.clip(distance / half, -1, 1))
        for distance in (f_hz - low, high - f_hz)
    ]
    filtered = np.fft.irfft(spectrum * rise[0] * rise[1], X.size)
    values = order_features(X, FS_HZ, SHAFT_HZ, ORDERS)
    np.testing.assert_allclose(values[13:], by_scipy(filtered, FS_HZ, SHAFT_HZ, ORDERS), atol=1e-9)


@pytest.mark.parametrize("factor", [1e-6, -3.0, 9806.65])
def test_scale_and_mean_do_not_matter(factor):
    ours = order_features(factor * X + 5 * factor, FS_HZ, SHAFT_HZ, ORDERS)
    np.testing.assert_allclose(ours, order_features(X, FS_HZ, SHAFT_HZ, ORDERS), atol=1e-6)


def test_an_outer_race_stands_out_at_its_own_lines():
    x = bearing_signal(40_000, severity=1.0)
    orders = BearingOrders(bpfo=3.5848, bpfi=5.4152, bsf=2.3567, ftf=0.3983)
    values = dict(zip(ORDER_FEATURE_NAMES, order_features(x, 20_000.0, 30.0, orders), strict=True))
    for half in ("full", "2_5k"):
        part = {name: value for name, value in values.items() if half in name}
        assert max(part, key=part.get) == f"order_{half}_bpfo_1"


@pytest.mark.parametrize(
    ("shaft_hz", "orders"), [(None, ORDERS), (float("nan"), ORDERS), (0.0, ORDERS), (30.0, None)]
)
def test_without_speed_or_geometry_all_are_missing(shaft_hz, orders):
    assert np.isnan(order_features(X, FS_HZ, shaft_hz, orders)).all()


def test_a_resolution_too_coarse_leaves_all_missing():
    assert np.isnan(order_features(X[:4096], FS_HZ, SHAFT_HZ, ORDERS)).all()


def test_a_resolution_of_1_5_percent_of_a_fast_shaft_is_enough():
    assert np.isfinite(order_features(X[:4096], FS_HZ, 200.0, ORDERS)[:2]).all()


def test_a_line_without_a_bin_is_missing_alone():
    values = order_features(X[:12_001], FS_HZ, 29.5, ORDERS)  # df = 1 Hz: 29.06 to 29.94 Hz
    assert np.isnan(values[0])
    assert np.isfinite(values[1:13]).all()


def test_lines_beyond_nyquist_are_missing_alone():
    x = np.random.default_rng(0).standard_normal(4000)
    values = order_features(x, 2000.0, 100.0, ORDERS)  # 3 × BPFI = 1625 Hz
    missing = {n for n, v in zip(ORDER_FEATURE_NAMES[:13], values, strict=False) if np.isnan(v)}
    assert missing == {f"order_full_{n}" for n in
                       ("bpfi_2", "bpfi_3", "bpfo_3", "bsf2_3")}  # fmt: skip


def test_a_band_beyond_nyquist_leaves_its_half_missing():
    x = np.random.default_rng(0).standard_normal(10_000)
    values = order_features(x, 5000.0, 25.0, ORDERS)
    assert np.isfinite(values[:13]).all()
    assert np.isnan(values[13:]).all()


def test_a_constant_record_has_none():
    assert np.isnan(order_features(np.ones(24_000), FS_HZ, SHAFT_HZ, ORDERS)).all()


def test_samples_that_are_not_finite_are_refused():
    with pytest.raises(VibrationError, match="finite"):
        order_features([np.nan] * 64, FS_HZ, SHAFT_HZ, ORDERS)


@pytest.mark.skipif(not TABLE.exists(), reason="the measured tables are not here")
@pytest.mark.parametrize("key", FILES)
def test_measured_bearings_agree_with_their_published_table(key):
    with gzip.open(TABLE, "rt") as file:
        rows = [r for r in csv.DictReader(file) if r["file"].endswith(f"/{key}.mat")]
    row = next(row for row in rows if row["window"] == "0")
    reading = read_recording(RECORDINGS / FILES[key])
    channel = next(each for each in reading.channels if "DE" in each.name)
    orders = BearingGeometry(9, 0.3126 * 25.4, 1.537 * 25.4).orders
    values = order_features(channel.samples[:24_000], 12_000.0, float(row["rpm"]) / 60, orders)
    wanted = [float(row[name.removeprefix("order_")]) for name in ORDER_FEATURE_NAMES]
    np.testing.assert_allclose(values[:13], wanted[:13], atol=1e-3)
    np.testing.assert_allclose(values[13:], wanted[13:], atol=0.05)  # another filter for the band
