"""The bispectrum against a double loop, triads of known coupling, and chance."""

import numpy as np
import pytest

from vibration.features import FEATURE_NAMES, extract
from vibration.features.higher_order import SEGMENT, bispectrum, principal_domain

FS_HZ = 20_480.0
LOW, HIGH = 21, 40


def triad(phases, amplitudes=(1.0, 2.0, 3.0)):
    """Tones on the bins 21, 40 and 61 whose phases (3, K) are held for one segment each."""
    n = np.arange(phases.shape[1] * SEGMENT)
    held = np.repeat(phases, SEGMENT, axis=1)
    bins = (LOW, HIGH, LOW + HIGH)
    return sum(
        a * np.cos(2 * np.pi * k * n / SEGMENT + phase)
        for a, k, phase in zip(amplitudes, bins, held, strict=True)
    )


def at_triad(result, values):
    return float(values[(result.first == HIGH) & (result.second == LOW)][0])


def random_phases(seed, n_segments=300):
    return np.random.default_rng(seed).uniform(0, 2 * np.pi, (3, n_segments))


def measured(x):
    return dict(zip(FEATURE_NAMES, extract(x, FS_HZ).tolist(), strict=True))


def test_the_principal_domain_is_two_dimensional_and_complete():
    first, second = principal_domain(SEGMENT)
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    assert pairs == {(i, j) for i in range(1, 128) for j in range(1, i + 1) if i + j <= 128}
    assert len(pairs) == first.size == 4096


def test_the_bispectrum_equals_a_naive_double_loop():
    x = np.random.default_rng(2).exponential(size=2048) - 1
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SEGMENT) / SEGMENT)
    segments = np.array([x[i : i + SEGMENT] for i in range(0, x.size - SEGMENT + 1, SEGMENT // 2)])
    X = 2 * np.fft.rfft(segments * window) / window.sum()
    result = bispectrum(x)
    assert result.n_segments == len(segments)
    for i, j, value, coherence in zip(
        result.first, result.second, result.value, result.bicoherence, strict=True
    ):
        products = X[:, i] * X[:, j]
        expected = np.mean(products * X[:, i + j].conj())
        bound = np.mean(np.abs(products) ** 2) * np.mean(np.abs(X[:, i + j]) ** 2)
        assert value == pytest.approx(expected, rel=1e-9)
        assert coherence == pytest.approx(abs(expected) ** 2 / bound, rel=1e-9)


@pytest.mark.parametrize("n", [51_456, 51_457, 102_400, 110_007])
def test_long_records_are_summed_in_parts_without_a_seam(n):
    x = np.random.default_rng(3).exponential(size=n) - 1
    result = bispectrum(x)
    frames = np.lib.stride_tricks.sliding_window_view(x, SEGMENT)[:: SEGMENT // 2]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SEGMENT) / SEGMENT)
    X = np.fft.rfft(frames * window, axis=1) / (SEGMENT / 4)
    expected = np.mean(X[:, HIGH] * X[:, LOW] * X[:, LOW + HIGH].conj())
    assert result.n_segments == len(frames)
    assert at_triad(result, np.abs(result.value)) == pytest.approx(abs(expected))


def test_a_steady_triad_reads_the_product_of_its_amplitudes():
    result = bispectrum(triad(np.zeros((3, 20))))
    assert at_triad(result, np.abs(result.value)) == pytest.approx(6)
    assert measured(triad(np.full((3, 20), 0.4)))["bispectrum_peak"] == pytest.approx(6)


def test_constant_random_phases_still_cohere():
    phases = np.repeat(random_phases(1, 1), 300, axis=1)
    result = bispectrum(triad(phases))
    assert at_triad(result, result.bicoherence) == pytest.approx(1)


def test_a_quadratically_coupled_triad_has_bicoherence_one():
    wandering = np.cumsum(0.1 * random_phases(2), axis=1)
    wandering[2] = wandering[0] + wandering[1]
    noise = 0.01 * np.random.default_rng(3).standard_normal(300 * SEGMENT)
    x = triad(wandering) + noise
    result = bispectrum(x)
    assert at_triad(result, result.bicoherence) > 0.97
    assert measured(x)["bicoherence_max"] > 0.97


def test_independently_wandering_phases_leave_one_over_k():
    coherences = []
    for seed in range(20):
        result = bispectrum(triad(random_phases(seed)))
        coherences.append(at_triad(result, result.bicoherence))
    # neighbouring segments share half their samples: between 1/K of 300 blocks and of 599 segments
    assert 1 / result.n_segments / 2 < np.mean(coherences) < 3 / 300


def test_the_bicoherence_of_noise_stays_near_chance():
    x = np.random.default_rng(4).standard_normal(102_400)
    features = measured(x)
    by_chance = 1 - 0.05 ** (1 / 798)
    assert features["bicoherence_max"] < 0.03
    assert by_chance < features["nonlinearity_index"] < 2 * by_chance


def test_the_nonlinearity_index_is_the_mean_above_chance():
    x = np.random.default_rng(5).standard_normal(20_480)
    result = bispectrum(x - x.mean())
    level = 1 - 0.05 ** (1 / (result.n_segments - 1))
    above = result.bicoherence[result.bicoherence > level]
    assert measured(x)["nonlinearity_index"] == pytest.approx(above.mean(), rel=1e-9)


def test_bins_that_hold_only_rounding_noise_do_not_cohere():
    x = np.tile(np.cos(2 * np.pi * 16 * np.arange(SEGMENT) / SEGMENT), 32)
    assert np.max(bispectrum(x).bicoherence) == pytest.approx(0, abs=1e-12)
    assert measured(x)["nonlinearity_index"] == 0


def test_a_single_coupling_has_low_entropy_and_stands_out():
    coupled = measured(triad(np.zeros((3, 40))))
    noise = measured(np.random.default_rng(6).standard_normal(40 * SEGMENT))
    assert coupled["bispectrum_entropy"] < 0.4
    assert noise["bispectrum_entropy"] > 0.95
    assert coupled["bispectrum_peak_ratio"] > 50 * noise["bispectrum_peak_ratio"]


def test_the_peak_ratio_is_peak_over_mean():
    features = measured(np.random.default_rng(7).standard_normal(4096))
    assert features["bispectrum_peak_ratio"] == pytest.approx(
        features["bispectrum_peak"] / features["bispectrum_mean"]
    )


def test_a_record_whose_whole_segments_are_silent_couples_nothing():
    x = np.zeros(1024 + 100)
    x[-50:-48] = 1, -1  # after the last whole segment
    features = measured(x)
    assert features["bispectrum_peak"] == features["bispectrum_mean"] == 0
    assert np.isnan(features["bispectrum_peak_ratio"])
