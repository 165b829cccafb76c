import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.io import loadmat

from datasets.management.commands.export_dataset import watched
from monitoring.models import SystemEvent
from tests.commands.running import called, refusal
from tests.factories import make_dataset

READERS = {
    "hdf5": lambda path: h5py.File(path)["signals"].shape[0],
    "npz": lambda path: np.load(path)["signals"].shape[0],
    "parquet": lambda path: pq.read_table(path).num_rows,
    "mat": lambda path: loadmat(path)["signals"].shape[1],
}


@pytest.fixture
def dataset(db):
    return make_dataset(name="Study")


def export(path, form="npz", name="study", *more: str) -> str:
    return called("export_dataset", name, "--format", form, "--out", str(path), *more)


@pytest.mark.parametrize("form", READERS)
def test_each_format_holds_every_signal(dataset, tmp_path, form):
    out = tmp_path / "out"
    assert "6 signals" in export(out, form)
    assert READERS[form](out) == 6


def test_an_export_is_recorded(dataset, tmp_path):
    export(tmp_path / "out")
    assert SystemEvent.objects.get(kind="exported").subject == "Study"


def test_an_existing_file_is_kept_unless_forced(dataset, tmp_path):
    out = tmp_path / "out"
    out.write_text("precious")
    error = refusal("export_dataset", "Study", "--format", "npz", "--out", str(out))
    assert error.returncode == 2
    assert out.read_text() == "precious"
    export(out, "npz", "Study", "--force")
    assert READERS["npz"](out) == 6


def test_an_unknown_name_is_refused(dataset, tmp_path):
    out = str(tmp_path / "out")
    assert refusal("export_dataset", "No", "--format", "npz", "--out", out).returncode == 2


def test_a_dataset_that_is_not_ready_is_refused(db, tmp_path):
    make_dataset(name="Soon", ready=False)
    error = refusal("export_dataset", "Soon", "--format", "npz", "--out", str(tmp_path / "out"))
    assert "“Soon” is queued" in str(error)


@pytest.mark.parametrize("target", [".", "no/out"])
def test_a_folder_or_a_missing_folder_is_refused(dataset, tmp_path, target):
    out = str(tmp_path / target)
    assert refusal("export_dataset", "Study", "--format", "npz", "--out", out).returncode == 2


def test_progress_follows_the_growing_file(tmp_path):
    import os
    import threading

    seen, grew = [], threading.Event()

    def show(size: int) -> None:
        seen.append(size)
        if size == 500:
            grew.set()

    with watched(tmp_path / "out", show):
        (tmp_path / f"out.partial-{os.getpid()}-abcd").write_bytes(bytes(500))
        assert grew.wait(300)
    assert seen[-1] == 500
