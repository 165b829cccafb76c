"""Integration: analytic values of sines, the way back, the high-pass, and Parseval."""

import doctest

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

import vibration.spectra.integration
from vibration.errors import VibrationError
from vibration.spectra.integration import G_M_S2, to_displacement, to_velocity, velocity_rms

FS_HZ, N = 8000.0, 16_000
T_S = np.arange(N) / FS_HZ
ONE_RAD_PER_MS = 1000 / (2 * np.pi)  # 159.15 Hz, where 1 g is 9.81 mm/s and 9.81 µm


def cosine(f_hz, amplitude=1.0):
    return amplitude * np.cos(2 * np.pi * f_hz * T_S)


def noise(n=N, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def band(low_hz, high_hz):
    """Noise within a band."""
    spectrum = scipy.fft.rfft(noise())
    f_hz = scipy.fft.rfftfreq(N, 1 / FS_HZ)
    spectrum[(f_hz < low_hz) | (f_hz > high_hz)] = 0
    return scipy.fft.irfft(spectrum, N)


def derivative(x):
    spectrum = scipy.fft.rfft(x) * 2j * np.pi * scipy.fft.rfftfreq(x.size, 1 / FS_HZ)
    return scipy.fft.irfft(spectrum, x.size)


def test_the_examples_run():
    result = doctest.testmod(vibration.spectra.integration)
    assert (result.attempted > 0, result.failed) == (True, 0)


@pytest.mark.parametrize("f_hz", [100.0, 159.0, 400.0, 2500.0])
def test_the_velocity_of_a_sine_lags_a_quarter_turn(f_hz):
    expected = 1e3 * G_M_S2 / (2 * np.pi * f_hz) * np.sin(2 * np.pi * f_hz * T_S)
    np.testing.assert_allclose(to_velocity(cosine(f_hz), FS_HZ), expected, atol=1e-6)


@pytest.mark.parametrize("f_hz", [100.0, 159.0, 400.0, 2500.0])
def test_the_displacement_of_a_sine_is_opposite(f_hz):
    expected = -1e6 * G_M_S2 / (2 * np.pi * f_hz) ** 2 * cosine(f_hz)
    np.testing.assert_allclose(to_displacement(cosine(f_hz), FS_HZ), expected, atol=1e-6)


def test_1_g_at_159_hz_is_9_81_mm_s_and_9_81_um():
    fs_hz = 52 * ONE_RAD_PER_MS
    x = np.cos(2 * np.pi * np.arange(52 * 100) / 52)
    assert to_velocity(x, fs_hz).max() == pytest.approx(9.80665, rel=1e-6)
    assert to_displacement(x, fs_hz).max() == pytest.approx(9.80665, rel=1e-6)


def test_the_derivative_of_the_velocity_is_the_acceleration():
    x_g = band(200, 3500)
    back_g = derivative(to_velocity(x_g, FS_HZ)) / (1e3 * G_M_S2)
    np.testing.assert_allclose(back_g, x_g, atol=1e-6)


def test_the_second_derivative_of_the_displacement_is_the_acceleration():
    x_g = band(200, 3500)
    back_g = derivative(derivative(to_displacement(x_g, FS_HZ))) / (1e6 * G_M_S2)
    np.testing.assert_allclose(back_g, x_g, atol=1e-6)


@pytest.mark.parametrize("integrate", [to_velocity, to_displacement])
@pytest.mark.parametrize(
    ("relative", "passes"), [(0.5, 1 / np.sqrt(257)), (1.0, np.sqrt(0.5)), (2.0, 0.99805)]
)
def test_the_high_pass_takes_what_it_says(integrate, relative, passes):
    x, far_below_hz = cosine(20 * relative), 0.1
    free = integrate(x, FS_HZ, highpass_hz=far_below_hz).max()
    assert integrate(x, FS_HZ, highpass_hz=20).max() / free == pytest.approx(passes, rel=1e-3)


@pytest.mark.parametrize("integrate", [to_velocity, to_displacement])
def test_the_high_pass_delays_nothing(integrate):
    x = cosine(20)
    free, passed = (integrate(x, FS_HZ, highpass_hz=each) for each in (0.1, 20.0))
    assert np.corrcoef(free, passed)[0, 1] == pytest.approx(1)


@pytest.mark.parametrize("integrate", [to_velocity, to_displacement])
def test_an_offset_changes_nothing_and_no_mean_is_left(integrate):
    x = noise()
    y = integrate(x + 5, FS_HZ)
    np.testing.assert_allclose(y, integrate(x, FS_HZ), atol=1e-9 * np.abs(y).max())
    assert abs(y.mean()) < 1e-9 * y.std()


@pytest.mark.parametrize("integrate", [to_velocity, to_displacement])
@pytest.mark.parametrize("n", [1000, 1001])
def test_single_precision_stays_single_and_agrees(integrate, n):
    x = noise(n)
    single = integrate(x.astype(np.float32), FS_HZ)
    double = integrate(x, FS_HZ)
    assert (single.dtype, single.shape) == (np.float32, (n,))
    np.testing.assert_allclose(single, double, atol=1e-5 * np.abs(double).max())


@settings(max_examples=20, deadline=None)
@given(f_hz=st.floats(20, 900), amplitude=st.floats(0.01, 50))
def test_the_severity_of_a_sine_is_its_velocity_over_root_two(f_hz, amplitude):
    expected = amplitude * 1e3 * G_M_S2 / (2 * np.pi * f_hz) / np.sqrt(2)
    assert velocity_rms(cosine(f_hz, amplitude), FS_HZ) == pytest.approx(expected, rel=5e-3)


def test_the_severity_of_noise_is_the_rms_of_its_velocity():
    x_g = band(20, 900)
    rms_mm_s = float(to_velocity(x_g, FS_HZ, highpass_hz=1).std())
    assert velocity_rms(x_g, FS_HZ) == pytest.approx(rms_mm_s, rel=0.1)


@pytest.mark.parametrize("f_hz", [5.0, 1100.0, 3000.0])
def test_the_severity_leaves_out_what_lies_beyond_its_band(f_hz):
    inside = velocity_rms(cosine(100), FS_HZ)
    assert velocity_rms(cosine(100) + cosine(f_hz), FS_HZ) == pytest.approx(inside, rel=1e-3)


def test_the_severity_grows_with_the_amplitude():
    x = noise()
    assert velocity_rms(3 * x, FS_HZ) == pytest.approx(3 * velocity_rms(x, FS_HZ))


@pytest.mark.parametrize("integrate", [to_velocity, to_displacement])
@pytest.mark.parametrize("highpass_hz", [0.0, -1.0, FS_HZ / 2, np.nan])
def test_a_high_pass_that_cannot_be_is_refused(integrate, highpass_hz):
    with pytest.raises(VibrationError, match="high-pass needs"):
        integrate(noise(), FS_HZ, highpass_hz=highpass_hz)


@pytest.mark.parametrize(
    ("n", "fs_hz", "band_hz", "words"),
    [
        (N, 1500.0, (10.0, 1000.0), "nothing above 750 Hz"),
        (100, FS_HZ, (10.0, 1000.0), r"needs 0\.2 s"),
        (N, FS_HZ, (100.0, 100.0), "upper end above"),
        (N, FS_HZ, (0.0, 100.0), "upper end above"),
    ],
)
def test_a_band_that_the_record_does_not_hold_is_refused(n, fs_hz, band_hz, words):
    with pytest.raises(VibrationError, match=words):
        velocity_rms(noise(n), fs_hz, band_hz=band_hz)


@pytest.mark.parametrize("function", [to_velocity, to_displacement, velocity_rms])
def test_samples_that_are_not_finite_are_refused(function):
    with pytest.raises(VibrationError, match="not finite"):
        function(np.full(N, np.nan), FS_HZ)
