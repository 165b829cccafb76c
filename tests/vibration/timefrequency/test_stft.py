"""Scaling of the spectrogram against theory and scipy; its windows, columns and memory."""

import tracemalloc

import numpy as np
import pytest
import scipy.signal

from vibration.errors import VibrationError
from vibration.timefrequency import stft_map
from vibration.timefrequency.stft import hop_of

FS_HZ = 8192.0
THIN = "\u202f"


def tone(f_hz, amplitude=1.0, n=8192):
    return amplitude * np.cos(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


@pytest.mark.parametrize(("window", "overlap"), [(128, 0.5), (129, 0.75), (256, 0.9), (512, 0.0)])
def test_an_unpooled_map_is_scipys_spectrogram(window, overlap):
    x = noise(20_000)
    found = stft_map(x, FS_HZ, window=window, overlap=overlap, n_time=2000)
    hop = round(window * (1 - overlap))
    f_hz, time_s, expected = scipy.signal.spectrogram(
        x - x.mean(), FS_HZ, "hann", window, window - hop, detrend=False
    )
    np.testing.assert_allclose(found.f_hz, f_hz)
    np.testing.assert_allclose(found.time_s, time_s)
    np.testing.assert_allclose(found.level, expected, rtol=1e-3, atol=1e-6 * expected.max())


def test_pooled_cells_are_the_highest_of_their_lines():
    x = noise(20_000)
    fine = stft_map(x, FS_HZ, window=256, n_time=2000)
    coarse = stft_map(x, FS_HZ, window=256, n_time=100, n_freq=20)
    n_lines, n_columns = fine.level.shape
    padded = np.zeros((7 * coarse.f_hz.size, 4 * coarse.time_s.size))
    padded[:n_lines, :n_columns] = fine.level
    expected = padded.reshape(coarse.f_hz.size, 7, coarse.time_s.size, 4).max(axis=(1, 3))
    np.testing.assert_array_equal(coarse.level, expected.astype(np.float32))
    assert coarse.f_hz[0] == pytest.approx(fine.f_hz[:7].mean())
    assert coarse.time_s[0] == pytest.approx(fine.time_s[:4].mean())


@pytest.mark.parametrize("window", [128, 1000, 2048])
def test_white_noise_has_the_density_2_variance_over_fs(window):
    found = stft_map(3 * noise(60_000), FS_HZ, window=window, n_time=2000, n_freq=2000)
    assert found.level[2:-2].mean() == pytest.approx(2 * 9 / FS_HZ, rel=0.02)


@pytest.mark.parametrize("f_hz", [512.0, 517.3, 1111.1])
def test_the_power_of_a_tone_is_the_integral_over_its_lobe(f_hz):
    found = stft_map(tone(f_hz, 3), FS_HZ, window=512)
    lobe = np.abs(found.f_hz - f_hz) < 20 * found.df_hz
    power = found.level[lobe].sum(axis=0) * found.df_hz
    np.testing.assert_allclose(power, 4.5, rtol=1e-3)


@pytest.mark.parametrize("window", [256, 257])
def test_a_column_obeys_parseval(window):
    x = noise(600) - noise(600).mean()
    found = stft_map(x, FS_HZ, window=window, overlap=0.0)
    w = np.hanning(window + 1)[:-1]
    expected = np.sum((w * x[:window]) ** 2) / np.sum(w**2)
    assert found.level[:, 0].sum() * found.df_hz == pytest.approx(expected, rel=1e-4)


def test_the_resolution_is_that_of_the_window_whatever_the_cells():
    found = stft_map(noise(20_000), FS_HZ, window=4096, overlap=0.9, n_time=5, n_freq=9)
    assert (found.df_hz, found.dt_s) == (2.0, 0.5)
    assert found.quantity == "density"


def test_the_method_says_what_was_used():
    assert stft_map(noise(20_000), FS_HZ).method == f"STFT, Hann 1{THIN}024, 75 %"
    assert stft_map(noise(1000), FS_HZ).method == "STFT, Hann 256, 75 %"


def test_windows_are_moved_apart_until_the_columns_fit():
    assert (102_400 - 1024) // hop_of(102_400, 1024, 0.99, 900) + 1 <= 901


def test_windows_stay_close_enough_to_lose_no_impact():
    assert hop_of(4_000_000, 256, 0.9, 900) == 64


def test_columns_of_several_windows_are_filled():
    found = stft_map(noise(40_000), FS_HZ, window=128, overlap=0.99, n_time=900)
    assert found.time_s.size > 850


def test_less_overlap_is_had_where_it_is_asked_for():
    assert hop_of(4_000_000, 256, 0.25, 900) == 192


def test_memory_does_not_grow_with_the_record():
    x = np.zeros(1_000_000, np.float32)
    x[500_000] = 1
    tracemalloc.start()
    found = stft_map(x, FS_HZ, window=8192, overlap=0.99)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.level.max() > 0
    assert peak < 2 * x.nbytes + 8e6


@pytest.mark.parametrize("window", [0, 127, 16_385])
def test_a_window_that_is_not_offered_is_refused(window):
    with pytest.raises(VibrationError, match=f"choose 128 to 16{THIN}384"):
        stft_map(noise(100), FS_HZ, window=window)


@pytest.mark.parametrize("overlap", [-0.1, 0.995, 1.0, np.nan])
def test_an_overlap_that_is_not_offered_is_refused(overlap):
    with pytest.raises(VibrationError, match="overlap"):
        stft_map(noise(100), FS_HZ, overlap=overlap)
