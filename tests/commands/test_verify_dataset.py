import json

import h5py
import pytest

from datasets.selectors import dataset_folder
from tests.commands.running import called, refusal
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_dataset
from vibration.store import SIGNALS_FILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    return make_dataset(name="Study")


def change(dataset, array, place, value):
    with h5py.File(dataset_folder(dataset).path / SIGNALS_FILE, "r+") as file:
        file[array][place] = value


def test_what_was_made_is_found_as_it_was_made(dataset):
    assert "6 records checked" in called("verify_dataset", "study")


def test_a_changed_sample_is_shown_with_its_record_and_place(dataset):
    with h5py.File(dataset_folder(dataset).path / SIGNALS_FILE, "r+") as file:
        file["signals"][4, 100] += 1e-6
    error = refusal("verify_dataset", "Study")
    assert error.returncode == 1
    assert "2 differences in 6 records" in str(error)  # the record, and the checksum of the file


@pytest.mark.parametrize(
    ("array", "place", "value", "said"),
    [
        ("signals", (4, 100), 1.0, "Record 4: 1 samples differ, the first is number 100"),
        ("features", (2, 0), 9.0, "Record 2: 1 features differ, the first is number 0"),
        ("index/rpm", 3, 1.0, "Record 3: rpm differs: stored 1.0"),
    ],
)
def test_each_part_of_a_record_is_compared(dataset, capsys, array, place, value, said):
    change(dataset, array, place, value)
    with pytest.raises(Exception, match="not as it was made"):
        called_json(dataset)
    assert said in " ".join(json.loads(capsys.readouterr().out)["findings"])


def called_json(dataset):
    from django.core.management import call_command

    call_command("verify_dataset", dataset.name, "--json")


def test_a_sample_is_as_many_records_as_asked(dataset):
    assert "2 records checked" in called("verify_dataset", "Study", "--sample", "2")
    assert "6 records checked" in called("verify_dataset", "Study", "--sample", "1000")


@pytest.mark.parametrize("sample", ["0", "-3"])
def test_a_sample_of_nothing_is_refused(dataset, sample):
    assert refusal("verify_dataset", "Study", f"--sample={sample}").returncode == 2


def test_an_unknown_and_an_unready_dataset_are_refused(dataset):
    make_dataset(name="Soon", ready=False)
    assert refusal("verify_dataset", "No").returncode == 2
    assert "only a ready dataset" in str(refusal("verify_dataset", "Soon"))


def test_recorded_files_and_their_originals_are_known_by_their_checksums(dataset, tmp_path):
    brought = imported(planned(tmp_path / "a.npy", samples()), name="Rig")
    assert "2 files checked" in called("verify_dataset", "Rig")
    original = next((dataset_folder(brought).path / "originals").iterdir())
    original.chmod(0o600)
    original.write_bytes(b"other")
    assert refusal("verify_dataset", "Rig").returncode == 1
    original.unlink()
    assert refusal("verify_dataset", "Rig").returncode == 1
