"""The pyramid of a long record: no extreme is lost, none is invented, damage is said."""

import doctest
import subprocess
import sys
import textwrap
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vibration.store.pyramid_build
from vibration.decimation import min_max
from vibration.errors import VibrationError
from vibration.store import DamagedStoreError, Pyramid, build_pyramid

LONG, SPIKE_AT = 10_000_000, 7_654_321


def reader(x):
    return lambda first, last: x[first:last]


def built(x, path, **choice):
    build_pyramid(reader(x), x.size, path, **choice)
    return path


@pytest.fixture(scope="module")
def spiked(tmp_path_factory):
    """Ten million zeros on the disk, with one spike up and one down beside it."""
    folder = tmp_path_factory.mktemp("long")
    x = np.memmap(folder / "record.f4", np.float32, "w+", shape=(LONG,))
    x[SPIKE_AT], x[SPIKE_AT + 1] = 9.5, -7.25
    with Pyramid(built(x, folder / "pyramid.h5")) as pyramid:
        yield x, pyramid


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """A record of six levels whose last block is short, values often equal."""
    x = np.random.default_rng(1).integers(-50, 50, 20_011).astype(np.float32)
    path = built(x, tmp_path_factory.mktemp("noisy") / "pyramid.h5", block=8, factor=4)
    with Pyramid(path) as pyramid:
        yield x, pyramid


@pytest.fixture
def path(tmp_path):
    return built(np.arange(5000, dtype=np.float32), tmp_path / "pyramid.h5")


def test_the_examples_run():
    result = doctest.testmod(vibration.store.pyramid_build)
    assert (result.attempted > 0, result.failed) == (True, 0)


@pytest.mark.parametrize("span", [3, 100, 3000, 77_777, 500_000, 3_000_000, LONG])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_spike_is_seen_at_every_zoom_that_holds_it(spiked, span, share):
    x, pyramid = spiked
    first = min(max(0, SPIKE_AT - int(share * (span - 2))), LONG - span)
    positions, values = pyramid.window(reader(x), first, first + span, 1000)
    assert (positions[values.argmax()], values.max()) == (SPIKE_AT, np.float32(9.5))
    assert (positions[values.argmin()], values.min()) == (SPIKE_AT + 1, np.float32(-7.25))


@pytest.mark.parametrize("span", [1, 1000, 77_777, 3_000_000])
def test_a_spike_beside_the_window_is_not_shown(spiked, span):
    x, pyramid = spiked
    before = pyramid.window(reader(x), SPIKE_AT - span, SPIKE_AT, 1000)[1]
    after = pyramid.window(reader(x), SPIKE_AT + 2, min(SPIKE_AT + 2 + span, LONG), 1000)[1]
    assert (before == 0).all()
    assert (after == 0).all()


def test_a_long_window_reads_only_what_its_ends_cut(spiked):
    x, pyramid = spiked
    asked = []

    def read(first, last):
        asked.append(last - first)
        return x[first:last]

    pyramid.window(read, 12_345, LONG - 12_345, 1000)
    assert sum(asked) <= 4 * pyramid.block


@settings(max_examples=200, deadline=None)
@given(data=st.data(), n_buckets=st.integers(1, 300))
def test_the_extremes_of_any_part_are_its_own(noisy, data, n_buckets):
    x, pyramid = noisy
    first = data.draw(st.integers(0, x.size - 1))
    last = data.draw(st.integers(first + 1, x.size))
    positions, values = pyramid.window(reader(x), first, last, n_buckets)
    assert (values.min(), values.max()) == (x[first:last].min(), x[first:last].max())
    assert np.array_equal(values, x[positions])
    assert (np.diff(positions) > 0).all()
    assert (positions[0] >= first, positions[-1] < last) == (True, True)
    assert positions.size <= 2 * n_buckets


@settings(max_examples=50, deadline=None)
@given(data=st.data(), n_buckets=st.integers(1, 40))
def test_no_gap_between_points_is_wider_than_two_runs(noisy, data, n_buckets):
    x, pyramid = noisy
    first = data.draw(st.integers(0, x.size - 1000))
    last = data.draw(st.integers(first + 1000, x.size))
    positions, _ = pyramid.window(reader(x), first, last, n_buckets)
    size = (last - first) / n_buckets
    widest = np.diff(np.concatenate([[first], positions, [last]])).max()
    assert widest <= 2 * (1.5 * size + 2 * pyramid.block)


@pytest.mark.parametrize("n_buckets", [1, 7, 100])
def test_a_short_window_is_that_of_the_samples_themselves(noisy, n_buckets):
    x, pyramid = noisy
    last = 1000 + n_buckets * pyramid.block
    positions, values = pyramid.window(reader(x), 1000, last, n_buckets)
    expected_positions, expected_values = min_max(x[1000:last], n_buckets)
    np.testing.assert_array_equal(positions, expected_positions + 1000)
    np.testing.assert_array_equal(values, expected_values)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 700), block=st.integers(2, 20), factor=st.integers(2, 5))
def test_a_record_of_any_length_has_a_pyramid(tmp_path_factory, n, block, factor):
    x = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    path = built(x, tmp_path_factory.mktemp("any") / "pyramid.h5", block=block, factor=factor)
    with Pyramid(path) as pyramid:
        positions, values = pyramid.window(reader(x), 0, n, 1)
    assert (pyramid.n_samples, pyramid.block, pyramid.factor) == (n, block, factor)
    assert set(positions) == {x.argmin(), x.argmax()}
    assert (values.min(), values.max()) == (x.min(), x.max())


def test_the_record_passes_through_memory_in_parts(tmp_path):
    asked = []

    def read(first, last):
        asked.append((first, last))
        return np.zeros(last - first, np.float32)

    build_pyramid(read, 2_500_000, tmp_path / "pyramid.h5")
    assert max(last - first for first, last in asked) <= 1 << 20
    assert [first for first, _ in asked[1:]] == [last for _, last in asked[:-1]]
    assert (asked[0][0], asked[-1][1]) == (0, 2_500_000)


def test_places_take_the_smallest_type(tmp_path):
    with h5py.File(built(np.zeros(70_000, np.float32), tmp_path / "pyramid.h5")) as file:
        assert [file[f"levels/{k}/highest_at"].dtype for k in (0, 1)] == [np.uint8, np.uint16]


def test_an_old_pyramid_is_replaced(path):
    built(np.zeros(9, np.float32), path)
    with Pyramid(path) as pyramid:
        assert pyramid.n_samples == 9


def test_nothing_is_left_of_a_record_that_cannot_be_used(tmp_path):
    x = np.zeros(5000)
    x[4321] = np.nan
    with pytest.raises(VibrationError, match="not finite"):
        built(x, tmp_path / "pyramid.h5")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    script = """
        import pathlib, resource, sys
        import numpy as np
        from vibration.store import StorageFullError, build_pyramid
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            build_pyramid(lambda a, b: np.zeros(b - a), 1_000_000, pathlib.Path(sys.argv[1]))
        except StorageFullError as error:
            print(error)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "pyramid.h5"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "No space left" in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("n", "choice"), [(0, {}), (100, {"block": 1}), (100, {"factor": 1}), (-5, {})]
)
def test_a_pyramid_that_cannot_be_is_refused(tmp_path, n, choice):
    with pytest.raises(VibrationError, match="cannot be"):
        build_pyramid(lambda first, last: np.zeros(last - first), n, tmp_path / "p.h5", **choice)


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 5), (6, 5), (0, 5001)])
def test_a_part_that_the_record_does_not_have_is_refused(path, first, last):
    with Pyramid(path) as pyramid, pytest.raises(VibrationError, match="0 to 5000"):
        pyramid.window(lambda a, b: np.zeros(b - a), first, last, 10)


def test_no_buckets_are_refused(path):
    with Pyramid(path) as pyramid, pytest.raises(VibrationError, match="at least 1"):
        pyramid.window(lambda a, b: np.zeros(b - a), 0, 5000, 0)


def test_a_reader_that_gives_too_little_is_refused(path):
    with Pyramid(path) as pyramid, pytest.raises(VibrationError, match="10 samples were asked"):
        pyramid.window(lambda a, b: np.zeros(b - a - 1), 0, 10, 10)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DamagedStoreError, match=r"pyramid\.h5 does not exist"):
        Pyramid(tmp_path / "pyramid.h5")


@pytest.mark.parametrize("keep", [0, 10, 1000, 3000])
def test_a_file_cut_short_is_said(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedStoreError, match="damaged"):
        Pyramid(path)


def test_another_programs_file_is_said(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["levels"] = [1, 2]
    with pytest.raises(DamagedStoreError, match="not a pyramid"):
        Pyramid(tmp_path / "other.h5")


def test_a_changed_value_is_noticed_when_it_is_read(path):
    content = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        offset = file["levels/0/highest"].id.get_chunk_info(0).byte_offset
    content[offset] ^= 1
    path.write_bytes(content)
    with Pyramid(path) as pyramid, pytest.raises(DamagedStoreError, match="damaged"):
        pyramid.window(lambda a, b: np.zeros(b - a), 0, 5000, 1)


def without(file):
    del file["levels/0/lowest_at"]


def misplaced(file):
    del file["levels/0/lowest_at"]
    file["levels/0/lowest_at"] = np.full(20, 255, np.uint8)


def elsewhere(file):
    del file["levels/0/lowest"]
    file["levels/0/lowest"] = h5py.ExternalLink("other.h5", "/lowest")


def attribute(name, value):
    return lambda file: file.attrs.__setitem__(name, value)


@pytest.mark.parametrize(
    "change",
    [
        without,
        elsewhere,
        attribute("n_samples", 999_999),
        attribute("n_samples", "many"),
        attribute("block", 0),
        attribute("factor", 1),
        attribute("format_version", 99),
        lambda file: file.attrs.pop("block"),
    ],
)
def test_an_altered_file_is_refused(path, change):
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(DamagedStoreError):
        Pyramid(path)


def test_a_place_outside_of_the_record_is_noticed(path):
    with h5py.File(path, "r+") as file:
        misplaced(file)
    with Pyramid(path) as pyramid, pytest.raises(DamagedStoreError, match="outside"):
        pyramid.window(lambda a, b: np.zeros(b - a), 0, 5000, 1)
