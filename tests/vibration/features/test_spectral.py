"""The frequency group: PSD shape, band edges, shaft lines and the NaN rules."""

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES, extract

FS_HZ = 20_480.0
BANDS = ["band_energy_0_500", "band_energy_500_2000", "band_energy_2000_5000"]
TOP_BAND = "band_energy_5000_10000"


def tone(f_hz, amplitude=1.0, n=102_400, fs_hz=FS_HZ):
    return amplitude * np.sin(2 * np.pi * f_hz * np.arange(n) / fs_hz + 0.3)


def measured(x, fs_hz=FS_HZ, shaft_hz=None):
    return dict(zip(FEATURE_NAMES, extract(x, fs_hz, shaft_hz).tolist(), strict=True))


def white_noise(n, seed=3):
    return np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize("f_hz", [60.0, 1250.0, 9000.0])
def test_a_tone_is_dominant_and_central(f_hz):
    features = measured(tone(f_hz))
    assert features["dominant_frequency"] == pytest.approx(f_hz, abs=1.25)
    assert features["spectral_centroid"] == pytest.approx(f_hz, rel=1e-3)
    assert features["spectral_spread"] < 2
    assert features["spectral_entropy"] < 0.2
    assert features["spectral_flatness"] < 1e-6


def test_what_lies_below_1_hz_does_not_dominate():
    features = measured(
        tone(0.7, 10.0, n=8192, fs_hz=1000.0) + tone(100.0, n=8192, fs_hz=1000.0), 1000.0
    )
    assert features["dominant_frequency"] >= 1


def test_two_equal_tones_spread_half_their_distance():
    features = measured(tone(1000) + tone(3000))
    assert features["spectral_centroid"] == pytest.approx(2000, rel=1e-3)
    assert features["spectral_spread"] == pytest.approx(1000, rel=1e-3)


def test_white_noise_has_a_flat_welch_spectrum():
    features = measured(white_noise(102_400))
    assert features["spectral_flatness"] == pytest.approx(0.95, abs=0.01)
    assert features["spectral_entropy"] > 0.99
    assert features["spectral_centroid"] == pytest.approx(FS_HZ / 4, rel=0.02)


def test_white_noise_in_one_periodogram_has_the_flatness_of_chance():
    features = measured(white_noise(16_000))
    assert features["spectral_flatness"] == pytest.approx(np.exp(-np.euler_gamma), abs=0.03)


def test_the_bands_share_out_the_variance():
    x = tone(100, 2.0) + tone(800, 1.0) + tone(3000, 0.5) + tone(7000, 0.25)
    features = measured(x)
    energies = [features[name] for name in [*BANDS, TOP_BAND]]
    assert energies == pytest.approx([2.0, 0.5, 0.125, 0.03125], rel=1e-3)
    assert sum(energies) == pytest.approx(features["rms"] ** 2, rel=1e-3)


@pytest.mark.parametrize(
    ("edge_hz", "below", "above"),
    [(500, BANDS[0], BANDS[1]), (2000, BANDS[1], BANDS[2]), (5000, BANDS[2], TOP_BAND)],
)
def test_a_band_begins_at_its_lower_edge_and_ends_before_its_upper_edge(edge_hz, below, above):
    # Hann spreads a tone on a bin over three: a sixth, two thirds, a sixth of the power
    features = measured(tone(edge_hz))
    assert features[below] == pytest.approx(0.5 / 6, rel=1e-3)
    assert features[above] == pytest.approx(0.5 * 5 / 6, rel=1e-3)


def test_a_band_cut_by_nyquist_goes_to_nyquist():
    features = measured(white_noise(60_000), fs_hz=12_000.0)
    assert features[TOP_BAND] == pytest.approx(1 / 6, rel=0.05)
    bands = sum(features[name] for name in [*BANDS, TOP_BAND])
    assert bands == pytest.approx(features["rms"] ** 2, rel=0.01)


@pytest.mark.parametrize(
    ("fs_hz", "undefined"),
    [
        (1000.0, {BANDS[1], BANDS[2], TOP_BAND}),
        (4000.0, {BANDS[2], TOP_BAND}),
        (9999.0, {TOP_BAND}),
        (10_001.0, set()),
        (200_000.0, set()),
    ],
)
def test_a_band_wholly_above_nyquist_is_undefined(fs_hz, undefined):
    features = measured(white_noise(4096), fs_hz=fs_hz)
    assert {name for name in [*BANDS, TOP_BAND] if np.isnan(features[name])} == undefined


def test_shaft_ratios_compare_amplitudes():
    x = tone(60, 2.0) + tone(120, 1.0) + tone(180, 0.5) + tone(27, 0.25)
    features = measured(x, shaft_hz=60.0)
    assert features["harmonic_ratio_2x"] == pytest.approx(0.5, rel=1e-4)
    assert features["harmonic_ratio_3x"] == pytest.approx(0.25, rel=1e-4)
    assert features["subsynchronous_ratio"] == pytest.approx(0.125, rel=1e-4)


@pytest.mark.parametrize(("slip", "found"), [(0.981, True), (1.019, True), (0.97, False)])
def test_a_harmonic_is_looked_for_within_two_percent(slip, found):
    features = measured(tone(60) + tone(120 * slip), shaft_hz=60.0)
    assert (features["harmonic_ratio_2x"] > 0.9) == found


@pytest.mark.parametrize(
    ("order", "found"), [(0.39, False), (0.40, True), (0.49, True), (0.5, False)]
)
def test_whirl_is_looked_for_from_040_to_049_of_the_shaft_speed(order, found):
    features = measured(tone(60) + tone(60 * order), shaft_hz=60.0)
    assert (features["subsynchronous_ratio"] > 0.9) == found


def test_a_harmonic_beyond_nyquist_is_undefined():
    features = measured(white_noise(4096), fs_hz=1000.0, shaft_hz=180.0)
    assert np.isfinite(features["harmonic_ratio_2x"])
    assert np.isnan(features["harmonic_ratio_3x"])


def test_a_window_without_a_bin_is_undefined():
    # df = 20 Hz: 58.8–61.2 Hz holds the bin at 60 Hz, 24–29.4 Hz holds none
    features = measured(white_noise(1024), shaft_hz=60.0)
    assert np.isfinite(features["harmonic_ratio_2x"])
    assert np.isnan(features["subsynchronous_ratio"])


def test_a_shaft_line_between_two_bins_of_a_short_record_is_undefined():
    features = measured(white_noise(1024), shaft_hz=50.0)
    assert np.isnan(features["harmonic_ratio_2x"])
