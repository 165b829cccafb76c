"""Expected lines in measured spectra: what is found, where, and what is not taken for one."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.machines.bearings import Line
from vibration.machines.lines import find_lines
from vibration.spectra.welch import amplitude_spectrum

FS_HZ = 2000.0
N = 8000


def line_at(f_hz):
    return Line("BPFO", 1, f_hz / 25.0, f_hz)


def spectrum(*tones, noise=0.01, seed=1):
    t_s = np.arange(N) / FS_HZ
    x = noise * np.random.default_rng(seed).standard_normal(N)
    return amplitude_spectrum(x + sum(a * np.sin(2 * np.pi * f * t_s) for f, a in tones), FS_HZ)


@settings(max_examples=40, deadline=None)
@given(f_hz=st.floats(20, 900), off=st.floats(-0.018, 0.018))
@example(f_hz=21.0, off=0.018)  # its maximum is the first bin beyond the tolerance
def test_a_line_within_the_tolerance_is_measured_to_a_tenth_of_a_bin(f_hz, off):
    df_hz = FS_HZ / N
    true_hz = f_hz * (1 + off)
    found = find_lines(*spectrum((true_hz, 1.0)), [line_at(f_hz)])[0]
    assert found.is_found
    assert found.measured_hz == pytest.approx(true_hz, abs=0.1 * df_hz)
    assert found.deviation_percent == pytest.approx(100 * off, abs=10 * df_hz / f_hz)


def test_the_amplitude_is_that_of_the_spectrum():
    f_hz, a = spectrum((100.0, 0.7))
    found = find_lines(f_hz, a, [line_at(100.0)])[0]
    assert found.amplitude == a[400]


def test_height_is_counted_in_medians_of_the_neighbourhood():
    a = np.full(1000, 0.5)
    a[400] = 6.0
    found = find_lines(np.arange(1000.0), a, [line_at(401.0)])[0]
    assert found.over_median == 12.0


def test_what_stands_far_away_does_not_count_as_neighbourhood():
    a = np.full(1000, 0.5)
    a[:200] = a[600:] = 100.0
    a[400] = 6.0
    assert find_lines(np.arange(1000.0), a, [line_at(400.0)])[0].is_found


@pytest.mark.parametrize("seed", range(5))
def test_noise_holds_no_line(seed):
    lines = [line_at(f_hz) for f_hz in range(10, 960, 7)]
    assert not any(found.is_found for found in find_lines(*spectrum(seed=seed), lines))


def test_a_line_beyond_the_tolerance_is_not_found():
    f_hz, a = spectrum((104.0, 1.0), noise=0.1)
    assert not find_lines(f_hz, a, [line_at(100.0)])[0].is_found
    assert find_lines(f_hz, a, [line_at(100.0)], tolerance=0.05)[0].is_found


def test_without_tolerance_the_neighbouring_bins_are_searched_all_the_same():
    assert find_lines(*spectrum((100.25, 1.0)), [line_at(100.0)], tolerance=0.0)[0].is_found


def test_a_slope_is_no_line():
    found = find_lines(np.arange(100.0), np.arange(100.0), [line_at(50.0)])[0]
    assert not found.is_found
    assert math.isnan(found.measured_hz)


def test_a_line_beyond_the_spectrum_is_not_found():
    assert not find_lines(*spectrum((100.0, 1.0)), [line_at(3000.0)])[0].is_found


def test_the_threshold_is_the_callers():
    f_hz, a = spectrum((100.0, 0.003))
    over = find_lines(f_hz, a, [line_at(100.0)])[0].over_median
    assert find_lines(f_hz, a, [line_at(100.0)], min_over_median=0.9 * over)[0].is_found
    assert not find_lines(f_hz, a, [line_at(100.0)], min_over_median=1.1 * over)[0].is_found


@pytest.mark.parametrize("gain", [1e-6, 1e6])
def test_the_unit_of_the_spectrum_does_not_matter(gain):
    f_hz, a = spectrum((100.0, 1.0))
    one, other = (find_lines(f_hz, g * a, [line_at(100.0)])[0] for g in (1.0, gain))
    assert other.over_median == pytest.approx(one.over_median)
    assert other.measured_hz == pytest.approx(one.measured_hz)


def test_a_line_over_silence_is_found():
    a = np.zeros(100)
    a[50] = 1.0
    found = find_lines(np.arange(100.0), a, [line_at(50.0)])[0]
    assert found.is_found
    assert (found.measured_hz, found.over_median) == (50.0, math.inf)


@pytest.mark.parametrize(
    ("f_hz", "a", "words"),
    [
        ([0, 1, 2], [1, 2], "as many frequencies"),
        ([0, 1], [1, 2], "three or more"),
        ([0, 1, 3], [1, 2, 1], "equal steps"),
        ([2, 1, 0], [1, 2, 1], "equal steps"),
    ],
)
def test_a_spectrum_that_cannot_be_read_is_refused(f_hz, a, words):
    with pytest.raises(VibrationError, match=words):
        find_lines(f_hz, a, [line_at(1.0)])


@pytest.mark.parametrize("tolerance", [-0.1, 1.0, math.nan])
def test_a_useless_tolerance_is_refused(tolerance):
    with pytest.raises(VibrationError, match="tolerance"):
        find_lines(*spectrum(), [line_at(100.0)], tolerance=tolerance)
