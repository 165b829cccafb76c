"""Averaged spectra: scaling with every window, Parseval, and what averaging means."""

import doctest

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

import vibration.spectra.averaging
import vibration.spectra.windows
from vibration.errors import VibrationError
from vibration.spectra.averaging import WINDOWS, averaged_spectrum, spectrum_of_blocks, window_facts
from vibration.spectra.welch import amplitude_spectrum, welch_psd

FS_HZ = 8000.0


def tone(f_hz, amplitude=1.0, n=8000):
    return amplitude * np.sin(2 * np.pi * f_hz * np.arange(n) / FS_HZ)


def noise(n, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


def reader(x):
    return lambda first, last: x[first:last]


def peak(x, **choice):
    return averaged_spectrum(x, FS_HZ, quantity="amplitude", **choice).values.max()


@pytest.mark.parametrize("module", [vibration.spectra.averaging, vibration.spectra.windows])
def test_the_examples_run(module):
    result = doctest.testmod(module)
    assert (result.attempted > 0, result.failed) == (True, 0)


def test_the_default_is_welchs_density():
    x = noise(20_000)
    f_hz, psd = welch_psd(x, FS_HZ)
    spectrum = averaged_spectrum(x, FS_HZ)
    np.testing.assert_allclose(spectrum.f_hz, f_hz)
    np.testing.assert_allclose(spectrum.values, psd, rtol=1e-9)


def test_a_segment_of_the_whole_record_is_its_amplitude_spectrum():
    x = noise(1001)
    spectrum = averaged_spectrum(x, FS_HZ, quantity="amplitude", segment=x.size)
    np.testing.assert_allclose(spectrum.values, amplitude_spectrum(x, FS_HZ)[1], atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    segment=st.integers(8, 500),
    window=st.sampled_from(["hann", "hamming", "blackman", "boxcar"]),
    overlap=st.sampled_from([0, 0.25, 0.5, 0.66, 0.75, 0.95]),
    scaling=st.sampled_from(["density", "spectrum"]),
)
def test_power_averages_agree_with_scipy(segment, window, overlap, scaling):
    x, noverlap = noise(2000), int(np.floor(segment * overlap + 1e-9))
    quantity = "psd" if scaling == "density" else "amplitude"
    got = averaged_spectrum(
        x, FS_HZ, quantity=quantity, segment=segment, window=window, overlap=overlap
    ).values
    _, expected = scipy.signal.welch(
        x, FS_HZ, window, segment, noverlap, detrend="constant", scaling=scaling
    )
    if scaling == "spectrum":  # scipy's is a mean square per bin, ours an amplitude
        inner = slice(1, -1 if segment % 2 == 0 else None)
        expected[inner] *= 2
        expected = np.sqrt(expected)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9 * expected.max())


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("averaging", ["power", "peak_hold", "linear"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sine_of_1_g_reads_1_g_with_every_window_and_averaging(window, averaging, dtype):
    x = tone(400).astype(dtype)
    spectrum = averaged_spectrum(
        x, FS_HZ, quantity="amplitude", segment=2000, window=window, averaging=averaging
    )
    assert spectrum.f_hz[np.argmax(spectrum.values)] == 400
    assert spectrum.values.max() == pytest.approx(1, rel=1e-5)
    assert spectrum.values.dtype == dtype


@settings(max_examples=20, deadline=None)
@given(shift=st.floats(-0.5, 0.5))
def test_a_flat_top_reads_within_a_thousandth_between_bins(shift):
    assert peak(tone(400 + 4 * shift), segment=2000, window="flattop") == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_line_between_bins_reads_low_by_the_scalloping_loss(window):
    loss_db = window_facts(window, 2000, FS_HZ).scalloping_db
    read_db = -20 * np.log10(peak(tone(402), segment=2000, window=window))
    assert read_db == pytest.approx(loss_db, abs=0.01)


@pytest.mark.parametrize("window", WINDOWS)
def test_the_density_of_noise_integrates_to_its_mean_square(window):
    x = noise(200_000)
    spectrum = averaged_spectrum(x, FS_HZ, segment=2000, window=window)
    assert spectrum.values.sum() * spectrum.df_hz == pytest.approx(np.var(x), rel=0.01)


@pytest.mark.parametrize("n", [1000, 1001])
def test_a_rectangular_periodogram_obeys_parseval(n):
    x = noise(n)
    spectrum = averaged_spectrum(x, FS_HZ, segment=n, window="boxcar")
    assert spectrum.values.sum() * spectrum.df_hz == pytest.approx(np.var(x))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_line_over_its_noise_bandwidth_is_density(window):
    x, choice = tone(400), {"segment": 2000, "window": window}
    density = averaged_spectrum(x, FS_HZ, **choice).values.max()
    bandwidth_hz = window_facts(window, 2000, FS_HZ).enbw_hz
    assert density * bandwidth_hz == pytest.approx(peak(x, **choice) ** 2 / 2)


@pytest.mark.parametrize(
    ("window", "bins", "loss_db"),
    [("boxcar", 1.0, 3.92), ("hann", 1.5, 1.42), ("hamming", 1.36, 1.75), ("blackman", 1.73, 1.10)],
)
def test_window_facts_literature(window, bins, loss_db):
    """Harris 1978, table 1; his Hamming and Blackman are rounded to two digits."""
    facts = window_facts(window, 4096, FS_HZ)
    assert facts.enbw_bins == pytest.approx(bins, abs=0.006)
    assert facts.scalloping_db == pytest.approx(loss_db, abs=0.03)


def test_flat_top_literature():
    """Heinzel et al. 2002, HFT90D: 3.8832 bins, within 0.0039 dB."""
    facts = window_facts("flattop", 4096, FS_HZ)
    assert facts.enbw_bins == pytest.approx(3.8832, abs=1e-4)
    assert facts.scalloping_db < 0.004


def test_a_burst_is_held_by_peak_hold_and_thinned_by_power():
    x = np.zeros(8000)
    x[:1000] = tone(400)[:1000]
    choice = {"segment": 1000, "overlap": 0.0}
    assert peak(x, averaging="peak_hold", **choice) == pytest.approx(1)
    assert peak(x, averaging="power", **choice) == pytest.approx(np.sqrt(1 / 8))
    assert peak(x, averaging="linear", **choice) == pytest.approx(1 / 8)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), quantity=st.sampled_from(["psd", "amplitude"]))
def test_linear_is_never_above_power_nor_power_above_peak_hold(seed, quantity):
    x, choice = noise(3000, seed), {"quantity": quantity, "segment": 300}
    linear, power, held = (
        averaged_spectrum(x, FS_HZ, averaging=each, **choice).values
        for each in ("linear", "power", "peak_hold")
    )
    assert np.all(linear <= power * (1 + 1e-9))
    assert np.all(power <= held * (1 + 1e-9))


def test_an_offset_leaves_no_line():
    assert peak(np.full(8000, 100.0) + tone(400), segment=2000) == pytest.approx(1)


def test_many_segments_are_averaged_in_parts_without_a_seam():
    x = noise(50_000)
    _, expected = scipy.signal.welch(x, FS_HZ, "hann", 512, 256, detrend="constant")
    np.testing.assert_allclose(averaged_spectrum(x, FS_HZ, segment=512).values, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_record_that_is_read_gives_the_spectrum_of_one_that_is_held(dtype):
    x = noise(20_000).astype(dtype)
    held = averaged_spectrum(x, FS_HZ, segment=512, window="flattop", overlap=0.75)
    got = spectrum_of_blocks(
        reader(x), x.size, FS_HZ, segment=512, window="flattop", overlap=0.75, max_segments=10_000
    )
    np.testing.assert_array_equal(got.values, held.values)
    assert got.method == held.method
    assert got.values.dtype == dtype


def test_a_long_record_is_read_at_evenly_spread_segments_its_ends_included():
    asked = []

    def read(first, last):
        asked.append((first, last))
        return noise(last - first, first)

    spectrum = spectrum_of_blocks(read, 100_000, FS_HZ, segment=1000, max_segments=10)
    firsts = np.array([first for first, _ in asked])
    assert (asked[0], asked[-1]) == ((0, 1000), (99_000, 100_000))
    assert spectrum.n_segments == len(asked) == 10
    assert np.ptp(np.diff(firsts)) <= 500


@pytest.mark.parametrize(
    ("n", "choice", "words"),
    [
        (102_400, {}, "Welch, Hann 16\u202f384, 50 %, 11 averages"),
        (102_400, {"segment": 102_400}, "Periodogram, Hann 102\u202f400"),
        (
            102_400,
            {"averaging": "peak_hold", "window": "flattop", "overlap": 0.75},
            "Peak hold, Flat top 16\u202f384, 75 %, 22 segments",
        ),
        (
            102_400,
            {"averaging": "linear", "window": "boxcar", "segment": 512},
            "Linear mean, Rectangular 512, 50 %, 399 averages",
        ),
    ],
)
def test_the_method_is_told(n, choice, words):
    assert averaged_spectrum(np.zeros(n, np.float32), 20_480.0, **choice).method == words


def test_the_method_tells_how_many_segments_were_left_out():
    zeros = np.zeros(64)
    spectrum = spectrum_of_blocks(
        lambda first, last: zeros, 64 * 2000, FS_HZ, segment=64, overlap=0, max_segments=16
    )
    assert spectrum.method == "Welch, Hann 64, 0 %, 16 of 2\u202f000 segments"


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"window": "kaiser"}, "no window 'kaiser': take hann"),
        ({"quantity": "power"}, "no quantity 'power'"),
        ({"averaging": "median"}, "no averaging 'median'"),
        ({"overlap": 1.0}, "not by 1"),
        ({"overlap": -0.1}, "not by -0.1"),
        ({"segment": 7}, "choose 8 to 100"),
        ({"segment": 101}, "choose 8 to 100"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(choice, words):
    with pytest.raises(VibrationError, match=words):
        averaged_spectrum(noise(100), FS_HZ, **choice)


@pytest.mark.parametrize(
    ("read", "choice", "words"),
    [
        (lambda first, last: np.zeros(9), {}, "100 samples were asked for at 0 and 9 came"),
        (lambda first, last: np.full(100, np.nan), {}, "not finite"),
        (lambda first, last: np.zeros(100), {"max_segments": 0}, "allow at least 1"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused(read, choice, words):
    with pytest.raises(VibrationError, match=words):
        spectrum_of_blocks(read, 100, FS_HZ, segment=100, **choice)


@pytest.mark.parametrize(
    ("name", "segment", "words"), [("kaiser", 100, "no window"), ("hann", 4, "too short")]
)
def test_facts_of_a_window_that_cannot_be_are_refused(name, segment, words):
    with pytest.raises(VibrationError, match=words):
        window_facts(name, segment, FS_HZ)


@pytest.mark.parametrize("exponent", [70, 125])  # of the density, of the transform too
def test_a_density_beyond_float32_is_answered_in_float64(exponent):
    x = noise(8192).astype(np.float32) / 8
    density = averaged_spectrum(np.ldexp(x, exponent), FS_HZ).values
    expected = np.ldexp(averaged_spectrum(x.astype(float), FS_HZ).values, 2 * exponent)
    np.testing.assert_allclose(density, expected, rtol=1e-3)


@pytest.mark.parametrize("averaging", ["power", "linear", "peak_hold"])
def test_samples_too_large_for_a_spectrum_are_refused(averaging):
    x = 1e300 * noise(8192)
    with pytest.raises(VibrationError, match="too large for a spectrum: check the unit") as refused:
        averaged_spectrum(x, FS_HZ, averaging=averaging)
    assert refused.value.field == "x"
