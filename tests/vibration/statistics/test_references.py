import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.welch import welch_psd
from vibration.statistics import references
from vibration.statistics.references import class_reference, load_reference, save_reference

FS_HZ = 1024.0
CURVES = ("f_hz", "low", "median", "high")


def records(n: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 1024)).astype(np.float32)


@given(st.integers(1, 12), st.integers(0, 10**6))
def test_the_median_lies_between_low_and_high(n, seed):
    reference = class_reference(records(n, seed), FS_HZ)
    assert (reference.low <= reference.median).all()
    assert (reference.median <= reference.high).all()


def test_identical_records_have_their_own_psd():
    record = records(1)[0]
    f_hz, psd = welch_psd(record, FS_HZ)
    reference = class_reference([record] * 4, FS_HZ)
    np.testing.assert_allclose(reference.f_hz, f_hz)
    for curve in (reference.low, reference.median, reference.high):
        np.testing.assert_allclose(curve, psd, rtol=1e-6)


@given(st.sampled_from([0.25, 2.0, 10.0]))
def test_quantiles_scale_with_the_square_of_the_gain(gain):
    plain, louder = (class_reference(records() * np.float32(g), FS_HZ) for g in (1, gain))
    for curve in CURVES[1:]:
        scaled = getattr(plain, curve) * gain**2
        np.testing.assert_allclose(getattr(louder, curve), scaled, rtol=1e-4)


def test_the_order_of_the_records_does_not_matter():
    forward, backward = (class_reference(rows, FS_HZ) for rows in (records(), records()[::-1]))
    for curve in CURVES:
        np.testing.assert_array_equal(getattr(forward, curve), getattr(backward, curve))


def test_one_loud_record_in_eleven_leaves_the_median_alone():
    rows = records(11)
    loud = rows.copy()
    loud[3] *= 1000
    plain, disturbed = class_reference(rows, FS_HZ), class_reference(loud, FS_HZ)
    assert (disturbed.median < 3 * plain.high).all()


def test_curves_are_float32_and_as_long_as_the_psd():
    reference = class_reference(records(), FS_HZ)
    f_hz, _ = welch_psd(records(1)[0], FS_HZ)
    for curve in CURVES:
        assert getattr(reference, curve).dtype == np.float32
        assert getattr(reference, curve).shape == f_hz.shape


def test_no_record_is_refused():
    with pytest.raises(VibrationError, match="at least one record"):
        class_reference([], FS_HZ)


def test_a_record_shorter_than_a_segment_is_refused():
    with pytest.raises(VibrationError, match="512 samples is shorter than a segment of 1024"):
        class_reference([np.zeros(1024), np.zeros(512)], FS_HZ)


def tone(n_samples, fs_hz, seed):
    t_s = np.arange(n_samples) / fs_hz
    noise = np.random.default_rng(seed).normal(size=n_samples)
    return np.sin(2 * np.pi * 125 * t_s) + noise * np.sqrt(fs_hz / 2) * 0.01


def test_records_of_other_lengths_and_rates_come_to_one_grid():
    shapes = [(40_960, 4096.0), (50_000, 4096.0), (122_880, 12_288.0), (61_440, 6144.0)]
    rows = [tone(*shape, seed) for seed, shape in enumerate(shapes)]
    found = class_reference(rows, 4096.0, rates_hz=[fs for _, fs in shapes], segment=2048)
    assert found.f_hz[-1] == 2048.0
    line = found.median[np.argmin(np.abs(found.f_hz - 125))]
    floor = np.median(found.median[found.f_hz > 400])
    own = averaged_spectrum(rows[0], 4096.0, segment=2048)
    assert line == pytest.approx(own.values[np.argmin(np.abs(own.f_hz - 125))], rel=0.02)
    assert floor == pytest.approx(1e-4, rel=0.1)  # of the same density at every rate
    assert (found.high[250:] / found.low[250:]).max() < 3


def test_a_slower_record_says_nothing_beyond_half_its_rate():
    rows = [tone(40_960, 4096.0, 0), tone(40_960, 4096.0, 1), tone(10_240, 1024.0, 2)]
    rates = [4096.0, 4096.0, 1024.0]
    assert class_reference(rows, 4096.0, rates_hz=rates, fewest=3).f_hz[-1] == 512.0
    whole = class_reference(rows, 4096.0, rates_hz=rates, fewest=2)
    assert whole.f_hz[-1] == 2048.0
    assert np.isfinite(whole.median).all()


def test_what_was_written_is_read_again(tmp_path):
    reference = class_reference(records(), FS_HZ)
    save_reference(reference, tmp_path / "1.npz")
    again = load_reference(tmp_path / "1.npz")
    assert again.n == reference.n
    for curve in CURVES:
        np.testing.assert_array_equal(getattr(again, curve), getattr(reference, curve))
    assert [path.name for path in tmp_path.iterdir()] == ["1.npz"]


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(VibrationError, match="does not exist"):
        save_reference(class_reference(records(), FS_HZ), tmp_path / "no" / "1.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"\x93NUMPY", b"text"])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "1.npz"
    path.write_bytes(content)
    with pytest.raises(VibrationError, match="no readable reference"):
        load_reference(path)


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "1.npz"
    save_reference(class_reference(records(), FS_HZ), path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(VibrationError):
            load_reference(path)


def test_curves_that_do_not_belong_together_are_refused(tmp_path):
    path = tmp_path / "1.npz"
    np.savez(path, f_hz=np.zeros(4, "f4"), low=np.zeros(3, "f4"), median=0, high=0, n=3, shaft_hz=0)
    with pytest.raises(VibrationError, match="do not belong together"):
        load_reference(path)


def test_pickled_objects_are_never_loaded(tmp_path):
    path = tmp_path / "1.npz"
    np.savez(path, f_hz=np.array([{"a": 1}], dtype=object), low=0, median=0, high=0, n=1)
    with pytest.raises(VibrationError):
        load_reference(path)


def test_the_examples_run():
    assert doctest.testmod(references).failed == 0


def test_records_of_different_speeds_are_aligned_before_the_median():
    t_s = np.arange(8 * int(FS_HZ)) / FS_HZ
    speeds = [20.0, 22.0, 25.0, 27.0, 30.0]
    rows = [np.sin(2 * np.pi * 3 * hz * t_s).astype(np.float32) for hz in speeds]
    apart = class_reference(rows, FS_HZ)
    together = class_reference(rows, FS_HZ, shafts_hz=speeds)
    assert together.median.max() > 100 * apart.median.max()
    assert together.f_hz[together.median.argmax()] == pytest.approx(3 * 25.0, abs=1)
    moved = together.at_speed(20.0)
    assert moved.f_hz[moved.median.argmax()] == pytest.approx(3 * 20.0, abs=1)


def test_a_record_of_unknown_speed_leaves_all_as_they_are():
    rows = records()
    plain, some = class_reference(rows, FS_HZ), class_reference(rows, FS_HZ, shafts_hz=[1.0, None])
    np.testing.assert_array_equal(plain.median, some.median)
    assert some.shaft_hz == 0


def test_the_reference_follows_segment_and_window():
    rows = records()
    reference = class_reference(rows, FS_HZ, segment=256, window="flattop")
    expected = [averaged_spectrum(x, FS_HZ, segment=256, window="flattop").values for x in rows]
    np.testing.assert_allclose(reference.median, np.median(expected, axis=0), rtol=1e-5)
