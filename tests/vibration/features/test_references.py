"""All 36 features against their definitions, written out with scipy and PyWavelets in float64."""

import numpy as np
import pytest
import pywt
import scipy.signal
import scipy.stats

from vibration.features import FEATURE_NAMES, extract

BANDS_HZ = ((0, 500), (500, 2000), (2000, 5000), (5000, 10_000))


def entropy(values):
    share = values / values.sum()
    return -np.sum(share * np.log(share)) / np.log(share.size)


def time_reference(x):
    rms, size = np.sqrt(np.mean(x**2)), np.abs(x)
    return [
        rms,
        scipy.stats.kurtosis(x, fisher=False),
        scipy.stats.skew(x),
        size.max() / rms,
        rms / size.mean(),
        size.max() / size.mean(),
        size.max() / np.mean(np.sqrt(size)) ** 2,
    ]


def frequency_reference(x, fs_hz, shaft_hz):
    segment = min(2 ** int(np.ceil(np.log2(fs_hz / 1.25))), x.size)
    f_hz, P = scipy.signal.welch(
        x, fs_hz, "hann", segment, noverlap=segment // 2, detrend="constant"
    )
    centroid = np.sum(f_hz * P) / P.sum()
    window = scipy.signal.get_window("hann", x.size)
    A = 2 * np.abs(np.fft.rfft(window * x)) / window.sum()
    line_hz = np.fft.rfftfreq(x.size, 1 / fs_hz)

    def peak(low, high):
        return A[(line_hz >= low * shaft_hz - 1e-6) & (line_hz <= high * shaft_hz + 1e-6)].max()

    return [
        f_hz[f_hz >= 1][np.argmax(P[f_hz >= 1])],
        centroid,
        np.sqrt(np.sum((f_hz - centroid) ** 2 * P) / P.sum()),
        entropy(P),
        scipy.stats.gmean(P) / P.mean(),
        *(P[(f_hz >= low) & (f_hz < high)].sum() * f_hz[1] for low, high in BANDS_HZ),
        peak(1.96, 2.04) / peak(0.98, 1.02),
        peak(2.94, 3.06) / peak(0.98, 1.02),
        peak(0.40, 0.49) / peak(0.98, 1.02),
    ]


def envelope_reference(x, fs_hz):
    e = np.abs(scipy.signal.hilbert(x))
    swing = e - e.mean()
    f_hz = np.fft.rfftfreq(x.size, 1 / fs_hz)
    A = np.abs(np.fft.rfft(swing * scipy.signal.get_window("hann", x.size)))
    return [
        np.std(e),
        scipy.stats.kurtosis(e, fisher=False),
        e.max(),
        f_hz[f_hz >= 1][np.argmax(A[f_hz >= 1])],
    ]


def wavelet_cepstral_reference(x, fs_hz):
    a5, *details = pywt.wavedec(x, "db4", mode="symmetric", level=5)
    energy = [np.sum(d**2) for d in details[::-1]]
    total = sum(energy) + np.sum(a5**2)
    X = np.abs(np.fft.rfft(x))
    c = np.abs(np.fft.irfft(np.log(np.maximum(X, 1e-12 * X.max())), x.size))
    q_ms = 1e3 * np.arange(x.size) / fs_hz
    inside = (q_ms >= 1 - 1e-9) & (np.arange(x.size) <= x.size / 2)
    return [
        sum(energy) / total,
        np.mean([scipy.stats.kurtosis(d, fisher=False) for d in details]),
        *(energy[level - 1] / total for level in (1, 3, 5)),
        c[inside].max() / c[inside].mean(),
        np.sum(q_ms[inside] * c[inside]) / c[inside].sum(),
    ]


def higher_order_reference(x):
    window = scipy.signal.get_window("hann", 256)
    frames = np.lib.stride_tricks.sliding_window_view(x, 256)[::128]
    X = 2 * np.fft.rfft(frames * window) / window.sum()
    B, coherence = [], []
    for j in range(1, 65):
        i = np.arange(j, 129 - j)
        products = X[:, i] * X[:, [j]]
        mean = np.mean(products * X[:, i + j].conj(), axis=0)
        bound = np.mean(np.abs(products) ** 2, axis=0) * np.mean(np.abs(X[:, i + j]) ** 2, axis=0)
        B.append(np.abs(mean))
        coherence.append(np.abs(mean) ** 2 / bound)
    B, coherence = np.concatenate(B), np.concatenate(coherence)
    by_chance = 1 - 0.05 ** (1 / (len(frames) - 1))
    return [
        B.max(),
        B.mean(),
        entropy(B),
        coherence.max(),
        coherence[coherence > by_chance].mean(),
        B.max() / B.mean(),
    ]


def reference(x, fs_hz, shaft_hz):
    x = x.astype(float) - x.astype(float).mean()
    return [
        *time_reference(x),
        *frequency_reference(x, fs_hz, shaft_hz),
        *envelope_reference(x, fs_hz),
        *wavelet_cepstral_reference(x, fs_hz),
        *higher_order_reference(x),
    ]


def faulty_bearing(n, fs_hz):
    """Shaft harmonics, ringing impacts and noise on an offset: no feature is at a special value."""
    t_s = np.arange(n) / fs_hz
    shaft = sum(np.cos(2 * np.pi * 47 * k * t_s + k) / k**2 for k in (1, 2, 3))
    impacts = np.exp(-300 * ((t_s * 143.3) % 1) / 143.3) * np.sin(2 * np.pi * 0.21 * fs_hz * t_s)
    noise = np.random.default_rng(n).standard_normal(n)
    return 0.8 + shaft + 0.7 * impacts + 0.1 * noise


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-7)])
@pytest.mark.parametrize(
    ("n", "fs_hz"),
    [(102_400, 20_480.0), (20_011, 12_000.0), (30_001, 48_828.0), (131_072, 200_000.0)],
)
def test_every_feature_equals_its_definition(n, fs_hz, dtype, tolerance):
    x = faulty_bearing(n, fs_hz).astype(dtype)
    values = dict(zip(FEATURE_NAMES, extract(x, fs_hz, 47.0).tolist(), strict=True))
    expected = dict(zip(FEATURE_NAMES, reference(x, fs_hz, 47.0), strict=True))
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, rel=tolerance), name
