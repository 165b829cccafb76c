"""A dataset in other formats is the same dataset."""

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.io import loadmat

from vibration.errors import VibrationError
from vibration.exports import dataset as exports
from vibration.exports import parts
from vibration.exports.dataset import EXPORTS, export_hdf5, export_mat, export_npz, export_parquet
from vibration.formats import read_recording
from vibration.generation import generate
from vibration.simulation import Recipe
from vibration.store import DamagedStoreError, StoreReader

RECIPE = Recipe(
    per_class=2,
    classes=("healthy", "wear"),
    fs_hz=4096.0,
    duration_s=0.3,  # an odd number of samples
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "dataset"
    generate(RECIPE, folder)
    return folder


@pytest.fixture(scope="module")
def store(dataset):
    with StoreReader(dataset) as reader:
        yield reader


def waveforms(store):
    return np.stack([store.read(row) for row in range(store.n)])


def test_hdf5_is_the_stored_file(dataset, store, tmp_path):
    export_hdf5(dataset, tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["signals"][:], waveforms(store))
    with StoreReader(tmp_path / "a.h5") as copy:
        assert Recipe.from_dict(copy.recipe) == RECIPE


def test_npz_holds_every_array_without_pickle(dataset, store, tmp_path):
    export_npz(dataset, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["signals"], waveforms(store))
        np.testing.assert_array_equal(archive["features"], store.features())
        assert archive["feature_names"].tolist() == list(store.feature_names)
        assert archive["fs"] == RECIPE.fs_hz
        for name, values in store.index().items():
            np.testing.assert_array_equal(archive[name], values)


def test_npz_is_streamed_in_blocks_that_join(dataset, store, tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "_BLOCK_BYTES", 4 * RECIPE.n_samples * 2)
    export_npz(dataset, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["signals"], waveforms(store))


def test_parquet_has_a_row_per_record_and_no_waveforms(dataset, store, tmp_path):
    export_parquet(dataset, tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.num_rows == store.n
    assert set(table.column_names) == {*store.columns, *store.feature_names}
    np.testing.assert_array_equal(table["rms"].to_numpy(), store.features()[:, 0])


def test_parquet_has_null_where_nothing_is_known(dataset, tmp_path):
    export_parquet(dataset, tmp_path / "a.parquet")
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    healthy = [row for row in rows if row["class"] == "healthy"]
    assert {row["severity"] for row in healthy} == {None}
    assert {row["severity_factor"] for row in healthy} == {None}


def test_matlab_matrix_has_a_column_per_record(dataset, store, tmp_path):
    export_mat(dataset, tmp_path / "a.mat")
    found = loadmat(tmp_path / "a.mat", simplify_cells=True)
    np.testing.assert_array_equal(found["signals"], waveforms(store).T)
    np.testing.assert_array_equal(found["features"], store.features())
    assert found["fs"] == RECIPE.fs_hz
    assert list(found["feature_names"]) == list(store.feature_names)
    assert list(found["class"]) == store.index()["class"].tolist()


def test_an_exported_matlab_file_is_read_back(dataset, store, tmp_path):
    export_mat(dataset, tmp_path / "a.mat")
    recording = read_recording(tmp_path / "a.mat")
    third = recording.channel("record 3")
    assert recording.format == "mat/portal"
    assert (third.fs_hz, third.unit, third.rpm) == (4096.0, "g", store.index()["rpm"][3])
    np.testing.assert_array_equal(third.samples, store.read(3))


def test_a_matlab_file_over_its_limit_is_refused_naming_hdf5(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "_MAT_MAX_BYTES", 1000)
    with pytest.raises(VibrationError, match="hdf5"):
        export_mat(dataset, tmp_path / "a.mat")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_a_damaged_dataset_leaves_no_export(dataset, tmp_path, export):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "signals.h5").write_bytes((dataset / "signals.h5").read_bytes()[:5000])
    with pytest.raises(DamagedStoreError):
        export(broken, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [broken]


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_a_folder_that_does_not_exist_is_named(dataset, tmp_path, export):
    with pytest.raises(VibrationError, match="does not exist"):
        export(dataset, tmp_path / "no" / "out")
