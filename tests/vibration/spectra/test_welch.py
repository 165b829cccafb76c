"""Parseval, scaling, scipy as a reference, and the peaks."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.spectra.welch import amplitude_spectrum, hann_amplitude, spectrum_peaks, welch_psd
from vibration.spectra.windows import welch_segment

FS_HZ = 8000.0


def tone(f_hz, amplitude=1.0, n=8000):
    return amplitude * np.sin(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize(
    ("n", "fs_hz", "segment"),
    [
        (102_400, 20_480.0, 16_384),
        (102_400, 20_481.0, 32_768),
        (1_000_000, 200_000.0, 262_144),
        (5000, 1000.0, 1024),
        (16_383, 20_480.0, 16_383),
        (16_384, 20_480.0, 16_384),
    ],
)
def test_a_segment_is_the_smallest_power_of_two_fine_enough_else_the_record(n, fs_hz, segment):
    assert welch_segment(n, fs_hz) == segment


@settings(max_examples=30, deadline=None)
@given(n=st.integers(16, 3000), fs_hz=st.floats(1e3, 2e5), segment=st.integers(8, 600))
def test_welch_agrees_with_scipy(n, fs_hz, segment):
    segment, x = min(segment, n), noise(n)
    f_hz, psd = welch_psd(x, fs_hz, segment=segment)
    expected_hz, expected = scipy.signal.welch(
        x, fs_hz, "hann", segment, noverlap=segment // 2, detrend="constant"
    )
    np.testing.assert_allclose(f_hz, expected_hz)
    np.testing.assert_allclose(psd, expected, rtol=1e-7, atol=1e-12 * expected.max())


def test_many_segments_are_averaged_in_parts_without_a_seam():
    x = noise(100_000)
    expected = scipy.signal.welch(x, FS_HZ, "hann", 512, noverlap=256, detrend="constant")[1]
    np.testing.assert_allclose(welch_psd(x, FS_HZ, segment=512)[1], expected)


def test_the_density_integrates_to_the_mean_square():
    x = tone(100, 2.0) + 0.5 * noise(8000)
    f_hz, psd = welch_psd(x, FS_HZ)
    assert psd.sum() * f_hz[1] == pytest.approx(np.mean(x**2), rel=0.02)


@pytest.mark.parametrize("n", [1000, 1001])
def test_a_rectangular_amplitude_spectrum_obeys_parseval(n):
    x = noise(n)
    _, a = amplitude_spectrum(x, FS_HZ, window="boxcar")
    halves = np.full(a.size, 0.5)
    halves[0] = 1
    if n % 2 == 0:
        halves[-1] = 1
    assert np.sum(halves * a**2) == pytest.approx(np.var(x))


@pytest.mark.parametrize("window", ["hann", "boxcar", "flattop", "blackman"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sine_of_1_g_reads_1_g(window, dtype):
    f_hz, a = amplitude_spectrum(tone(440).astype(dtype), FS_HZ, window=window)
    assert f_hz[np.argmax(a)] == 440
    assert a.max() == pytest.approx(1, rel=1e-5)


def test_a_tone_at_nyquist_reads_its_amplitude():
    _, a = amplitude_spectrum(np.tile([1.5, -1.5], 512), FS_HZ)
    assert a[-1] == pytest.approx(1.5)


@pytest.mark.parametrize("n", [100, 101])
def test_frequencies_run_from_zero_to_nyquist(n):
    f_hz, a = amplitude_spectrum(noise(n), FS_HZ)
    np.testing.assert_allclose(f_hz, np.fft.rfftfreq(n, 1 / FS_HZ))
    assert f_hz.shape == a.shape


def test_an_offset_leaves_no_line():
    _, a = amplitude_spectrum(tone(440) + 100, FS_HZ)
    assert a[:400].max() < 1e-9


def test_single_precision_stays_single():
    assert amplitude_spectrum(noise(100).astype(np.float32), FS_HZ)[1].dtype == np.float32
    assert welch_psd(noise(100).astype(np.float32), FS_HZ)[1].dtype == np.float32


@pytest.mark.parametrize("n", [1000, 1001])
def test_hann_in_frequency_equals_hann_in_time(n):
    x = noise(n) - noise(n).mean()
    _, expected = amplitude_spectrum(x, FS_HZ)
    got = hann_amplitude(np.fft.rfft(x), n, 0, n // 2)
    np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "fs_hz", "words"),
    [
        (np.ones(7), 1000.0, "at least 8"),
        (np.array([1.0] * 9 + [np.nan]), 1000.0, "1 of 10 samples"),
        (np.ones((10, 2)), 1000.0, "one channel"),
        (np.ones(10), 0.0, "sampling rate"),
    ],
)
@pytest.mark.parametrize("function", [welch_psd, amplitude_spectrum])
def test_input_that_cannot_be_analysed_is_refused(function, x, fs_hz, words):
    with pytest.raises(VibrationError, match=words):
        function(x, fs_hz)


@pytest.mark.parametrize("segment", [7, 101])
def test_a_segment_that_does_not_fit_is_refused(segment):
    with pytest.raises(VibrationError, match="choose 8 to 100"):
        welch_psd(noise(100), FS_HZ, segment=segment)


def test_an_unknown_window_is_refused():
    with pytest.raises(VibrationError, match="'hanning2'"):
        amplitude_spectrum(noise(100), FS_HZ, window="hanning2")


def test_peaks_come_highest_first():
    f_hz, a = amplitude_spectrum(tone(100, 1) + tone(300, 3) + tone(200, 2), FS_HZ)
    assert [round(f) for f, _ in spectrum_peaks(f_hz, a, n=3)] == [300, 200, 100]


def test_peaks_keep_their_distance():
    f_hz = np.arange(10.0)
    a = np.array([0, 5, 0, 4, 0, 3, 0, 2, 0, 1.0])
    peaks = spectrum_peaks(f_hz, a, min_hz=0, separation_hz=4)
    assert peaks == [(1.0, 5.0), (5.0, 3.0), (9.0, 1.0)]


def test_peaks_stay_in_their_range_and_what_lies_outside_hides_none():
    f_hz = np.arange(10.0)
    a = np.array([0, 9, 0, 4, 0, 3, 0, 8, 0, 1.0])
    assert spectrum_peaks(f_hz, a, min_hz=2, max_hz=6, separation_hz=2) == [(3.0, 4.0), (5.0, 3.0)]


def test_the_slope_of_a_peak_outside_the_range_is_no_peak():
    assert spectrum_peaks([0, 1, 2, 3], [9, 8, 7, 0], min_hz=1) == []


def test_a_silent_spectrum_has_no_peaks():
    assert spectrum_peaks(np.arange(5.0), np.zeros(5)) == []


def test_a_plateau_is_one_peak():
    assert len(spectrum_peaks(np.arange(5.0), [0, 1, 1, 1, 0], separation_hz=0)) == 1


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(0, 30), separation_hz=st.floats(0, 50))
def test_peaks_obey_number_order_and_distance(seed, n, separation_hz):
    f_hz = np.arange(200.0)
    peaks = spectrum_peaks(f_hz, noise(200, seed), n=n, separation_hz=separation_hz)
    heights = [a for _, a in peaks]
    assert len(peaks) <= n
    assert heights == sorted(heights, reverse=True)
    rising = np.sort([f for f, _ in peaks])
    assert np.all(np.diff(rising) >= separation_hz)


def test_a_spectrum_without_matching_frequencies_is_refused():
    with pytest.raises(VibrationError, match="as many frequencies"):
        spectrum_peaks([1, 2, 3], [1, 2])
