"""The dataset's files: what goes in comes out, and damage is said."""

import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path

import h5py
import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.store import (
    INDEX_KINDS,
    DamagedStoreError,
    StorageFullError,
    StoreReader,
    create_store,
    verify,
)

N, N_SAMPLES, NAMES = 5, 300, ("rms", "kurtosis", "skewness")
COLUMNS = {
    "class": "imbalance",
    "severity": "mild",
    "severity_factor": 0.5,
    "progresses": True,
    "rpm": 3600.0,
    "load_percent": 70.0,
    "temperature_c": 50.0,
    "sommerfeld": 0.15,
    "reynolds": 1000.0,
    "clearance_ratio": 0.002,
    "transient": None,
    "augmented": False,
    "source_index": None,
    "seed_key": "0/imbalance/3",
}


def samples(row):
    return np.random.default_rng(row).standard_normal(N_SAMPLES).astype(np.float32)


def fill(target, *, rows=range(N), columns=COLUMNS, **more):
    shape = {"n": N, "n_samples": N_SAMPLES, "fs_hz": 1000.0, "feature_names": NAMES} | more
    with create_store(target, **shape) as writer:
        for row in rows:
            writer.write(row, samples(row), [row, math.nan, 2.5], columns)
    return target


@pytest.fixture
def store(tmp_path):
    return fill(tmp_path / "store", recipe={"seed": 7}, fingerprint="abc")


def test_samples_come_back_bit_for_bit(store):
    with StoreReader(store) as reader:
        for row in range(N):
            np.testing.assert_array_equal(reader.read(row), samples(row))


def test_features_come_back_with_their_names_and_nan(store):
    with StoreReader(store) as reader:
        assert reader.feature_names == NAMES
        np.testing.assert_array_equal(reader.features()[3], np.float32([3, math.nan, 2.5]))


def test_index_columns_come_back_by_kind(store):
    with StoreReader(store) as reader:
        index = reader.index()
    assert set(index) == set(INDEX_KINDS)
    assert index["class"].tolist() == ["imbalance"] * N
    assert index["progresses"].tolist() == [True] * N
    assert index["severity_factor"].tolist() == [0.5] * N


def test_unknown_number_is_nan_and_unknown_text_is_empty(store):
    with StoreReader(store) as reader:
        index = reader.index()
    assert np.isnan(index["source_index"]).all()
    assert index["transient"].tolist() == [""] * N


def test_text_keeps_letters_beyond_ascii(tmp_path):
    fill(tmp_path / "store", columns=COLUMNS | {"class": "déséquilibre"})
    with StoreReader(tmp_path / "store") as reader:
        assert reader.index()["class"][0] == "déséquilibre"


def test_root_says_rate_unit_version_and_fingerprint(store):
    with h5py.File(store / "signals.h5") as file:
        assert file.attrs["fs"] == 1000.0
        assert file.attrs["unit"] == "g"
        assert file.attrs["format_version"] == 1
        assert file.attrs["recipe_fingerprint"] == "abc"


def test_one_record_is_one_uncompressed_chunk(store):
    with h5py.File(store / "signals.h5") as file:
        assert file["signals"].chunks == (1, N_SAMPLES)
        assert file["signals"].compression is None


def test_metadata_holds_the_recipe_and_a_checksum_that_fits(store):
    metadata = verify(store)
    assert metadata["recipe"] == {"seed": 7}
    assert set(metadata["files"]) == {"signals.h5"}


def test_order_of_writing_does_not_change_a_byte(tmp_path):
    first = fill(tmp_path / "first")
    second = fill(tmp_path / "second", rows=[4, 0, 3, 1, 2])
    assert (first / "signals.h5").read_bytes() == (second / "signals.h5").read_bytes()


def test_other_index_columns_can_be_kept(tmp_path):
    fill(tmp_path / "store", columns={"bearing": "6205"}, kinds={"bearing": "text"})
    with StoreReader(tmp_path / "store") as reader:
        assert reader.index()["bearing"].tolist() == ["6205"] * N


def test_a_missing_record_keeps_the_store_from_appearing(tmp_path):
    with pytest.raises(VibrationError, match="1 of 5 records"):
        fill(tmp_path / "store", rows=range(4))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("row", "features", "columns", "says"),
    [
        (np.zeros(7), [1, 2, 3], COLUMNS, "shape"),
        (np.zeros(N_SAMPLES), [1, 2], COLUMNS, "features"),
        (np.zeros(N_SAMPLES), [1, 2, 3], COLUMNS | {"class": "x" * 65}, "longer"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(tmp_path, row, features, columns, says):
    with (
        pytest.raises(VibrationError, match=says),
        create_store(
            tmp_path / "s", n=1, n_samples=N_SAMPLES, fs_hz=1.0, feature_names=NAMES
        ) as writer,
    ):
        writer.write(0, row, features, columns)


def test_an_empty_dataset_is_refused(tmp_path):
    with pytest.raises(VibrationError, match="at least one record"):
        fill(tmp_path / "store", n=0)


def test_a_record_that_is_not_there_is_named(store):
    with StoreReader(store) as reader, pytest.raises(VibrationError, match="no record 5"):
        reader.read(N)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, N_SAMPLES), (17, 42), (299, 300)])
def test_a_part_of_a_record_is_that_part(store, first, last):
    with StoreReader(store) as reader:
        np.testing.assert_array_equal(reader.read_span(3, first, last), samples(3)[first:last])


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 5), (6, 5), (0, N_SAMPLES + 1)])
def test_a_part_that_a_record_does_not_have_is_refused(store, first, last):
    with StoreReader(store) as reader, pytest.raises(VibrationError, match="0 to 300"):
        reader.read_span(0, first, last)


@pytest.mark.skipif(not Path("/proc/self/io").is_file(), reason="counts bytes by /proc/self/io")
def test_a_part_is_read_without_the_rest_of_its_record(tmp_path):
    def bytes_read():
        return int(Path("/proc/self/io").read_text().split()[1])

    with create_store(
        tmp_path / "long", n=1, n_samples=2_000_000, fs_hz=1.0, feature_names=NAMES
    ) as writer:
        writer.write(0, np.zeros(2_000_000), [1, 2, 3], COLUMNS)
    with StoreReader(tmp_path / "long") as reader:
        before = bytes_read()
        reader.read_span(0, 1_234_567, 1_234_667)
        assert bytes_read() - before < 100_000


def test_a_changed_byte_is_noticed(store):
    path = store / "signals.h5"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedStoreError, match="checksum"):
        verify(store)


def test_a_missing_file_is_noticed(store):
    (store / "signals.h5").unlink()
    with pytest.raises(DamagedStoreError, match="missing"):
        verify(store)
    with pytest.raises(DamagedStoreError, match="does not exist"):
        StoreReader(store)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', "\udcff"])
def test_broken_metadata_is_said(store, text):
    (store / "metadata.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedStoreError, match="metadata"):
        verify(store)


@pytest.mark.parametrize("keep", [0, 10, 1000, 8000])
def test_a_file_cut_short_is_said(store, keep):
    path = store / "signals.h5"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedStoreError, match="damaged"):
        StoreReader(path)


def edit(store, change):
    with h5py.File(store / "signals.h5", "r+") as file:
        change(file)
    return store


def without(name):
    def change(file):
        del file[name]

    return change


def instead(name, data):
    def change(file):
        del file[name]
        file[name] = data

    return change


def attribute(name, value):
    def change(file):
        file.attrs[name] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        without("signals"),
        without("features"),
        without("index"),
        instead("signals", np.zeros((N, N_SAMPLES))),
        instead("features", np.zeros((N - 1, 3), np.float32)),
        instead("features", np.zeros((N, 3), np.float32)),
        instead("index/rpm", np.zeros(N + 1)),
        instead("signals", h5py.ExternalLink("other.h5", "/signals")),
        attribute("format", "something else"),
        attribute("format_version", 99),
        attribute("recipe", "{"),
        lambda file: file.attrs.pop("fs"),
    ],
)
def test_a_foreign_or_altered_file_is_refused(store, change):
    edit(store, change)
    with pytest.raises(DamagedStoreError):
        StoreReader(store)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    script = """
        import pathlib, resource, sys
        from vibration.store import StorageFullError, create_store
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        try:
            with create_store(pathlib.Path(sys.argv[1]), n=10, n_samples=100_000, fs_hz=1.0,
                              feature_names=["rms"]):
                print("never reached")
        except StorageFullError as error:
            print(error)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), tmp_path / "store"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "No space left" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_expected_error():
    assert issubclass(StorageFullError, VibrationError)


def test_metadata_is_readable_by_any_json_reader(store):
    assert json.loads((store / "metadata.json").read_text())["n"] == N
