from itertools import pairwise

import numpy as np
import pytest
from scipy import signal, stats

from vibration.simulation import (
    NOISE_CODES,
    Recipe,
    RecordKey,
    adc,
    simulate,
    simulate_parts,
    single_class_recipe,
)
from vibration.simulation.noise import noise_layer
from vibration.simulation.shaft import TimeGrid

RECIPE = Recipe()
GRID = TimeGrid(RECIPE.fs_hz, RECIPE.n_samples)


def layers(code, n=20, recipe=RECIPE, grid=GRID):
    keys = (RecordKey(0, "healthy", i) for i in range(n))
    return np.array([noise_layer(code, recipe, key, grid) for key in keys])


def test_sensor_electronics_are_gaussian_of_sigma_0_03():
    x = layers("measurement", 2)
    assert x.std(axis=1) == pytest.approx([0.03, 0.03], rel=0.02)
    assert stats.kurtosis(x[0]) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_mains_interference_has_its_third_and_fifth_harmonic(mains_hz):
    for x in layers("emi", 5, Recipe(mains_hz=mains_hz)):
        amplitude = np.abs(np.fft.rfft(x)) * 2 / x.size
        bins = (np.array([1, 3, 5]) * mains_hz * 5).astype(int)
        assert 0.01 <= amplitude[bins[0]] <= 0.015
        assert amplitude[bins] / amplitude[bins[0]] == pytest.approx([1, 0.3, 0.2], rel=1e-3)
        assert np.delete(amplitude, bins).max() < 1e-6


@pytest.mark.parametrize(("fs_hz", "n"), [(20480.0, 102_400), (10_007.0, 60_013)])
def test_pink_noise_falls_by_10_db_a_decade_from_1_hz_to_a_quarter_of_the_rate(fs_hz, n):
    x = layers("pink", 20, RECIPE, TimeGrid(fs_hz, n))
    f, psd = signal.periodogram(x, fs_hz, axis=-1)
    edges = np.geomspace(1.0, fs_hz / 4, 13)
    centre, level = [], []
    for low, high in pairwise(edges):
        inside = (f >= low) & (f < high)
        centre.append(np.log10(f[inside]).mean())
        level.append(10 * np.log10(psd.mean(axis=0)[inside]).mean())
    fit = stats.linregress(centre, level)
    assert fit.slope == pytest.approx(-10, abs=0.5)
    assert np.abs(np.diff(level) / np.diff(centre) + 10).max() < 5


def test_pink_noise_has_sigma_0_02_in_every_record():
    assert layers("pink", 5).std(axis=1) == pytest.approx(0.02, rel=1e-4)


def test_thermal_drift_is_a_sine_of_1_5_s():
    t_s = np.arange(RECIPE.n_samples) / RECIPE.fs_hz
    basis = np.array([np.sin(2 * np.pi * t_s / 1.5), np.cos(2 * np.pi * t_s / 1.5)]).T
    for x in layers("drift", 3):
        weights, residual, *_ = np.linalg.lstsq(basis, x, rcond=None)
        assert np.hypot(*weights) == pytest.approx(0.015, rel=1e-4)
        assert residual[0] < 1e-8


def test_calibration_drifts_by_0_001_a_record():
    (x,) = layers("sensor_drift", 1)
    assert (x[0], x[-1]) == pytest.approx((0.0, 0.001), abs=1e-7)
    assert np.diff(x).min() >= 0


def test_impulses_come_twice_a_second_with_random_sign():
    x = layers("impulse", 60)
    onsets = np.abs(np.diff(x, prepend=0.0)) > 0.018
    assert onsets.sum() / (60 * 5.0) == pytest.approx(2.0, rel=0.15)
    peaks = x[onsets]
    assert 0.3 < np.mean(peaks > 0) < 0.7
    assert np.quantile(np.abs(peaks), [0.02, 0.98]) == pytest.approx([0.02, 0.05], abs=0.002)


def test_an_impulse_decays_over_five_samples():
    x = layers("impulse", 1)[0]
    start = int(np.argmax(np.abs(x) > 0))
    assert x[start : start + 6] / x[start] == pytest.approx([*np.exp(-0.3 * np.arange(5)), 0])


def test_the_converter_rounds_to_thousandths():
    x = np.linspace(-2, 2, 12_345, dtype=np.float32)
    assert np.abs(adc(x) - x).max() <= 0.0005 + 1e-6
    steps = adc(x).astype(float) * 1000
    assert np.allclose(steps, np.round(steps), rtol=0, atol=1e-3)
    assert np.array_equal(adc(adc(x)), adc(x))


def test_the_converter_comes_last():
    with_adc = single_class_recipe("wear")
    without = single_class_recipe("wear", noises=[c for c in NOISE_CODES if c != "quantization"])
    assert np.array_equal(simulate(with_adc, 1).samples, adc(simulate(without, 1).samples))


@pytest.mark.parametrize("code", NOISE_CODES)
def test_switching_a_layer_off_changes_nothing_in_the_other_parts(code):
    full = simulate_parts(single_class_recipe("wear_lubrication"), 4)
    rest = [c for c in NOISE_CODES if c != code]
    parts = simulate_parts(single_class_recipe("wear_lubrication", noises=rest), 4)
    assert set(full) - set(parts) == ({f"noise:{code}"} if code != "quantization" else set())
    assert all(np.array_equal(parts[name], full[name]) for name in parts)


@pytest.mark.parametrize("code", [c for c in NOISE_CODES if c != "quantization"])
def test_a_record_with_one_layer_less_is_the_sum_without_it(code):
    rest = [c for c in NOISE_CODES if c not in (code, "quantization")]
    full = simulate_parts(single_class_recipe("oil_whirl"), 2)
    del full[f"noise:{code}"]
    alone = simulate(single_class_recipe("oil_whirl", noises=rest), 2).samples
    assert np.array_equal(alone, sum(full.values()))
