import json
import os

import pytest

from common.storage import stored
from datasets.models import Dataset
from signals.selectors import store_path
from tests.commands.running import called, refusal
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


def old(file):
    os.utime(file.path, (0, 0))
    return file


def test_a_storage_that_is_as_its_rows_say_is_said_to_be():
    make_dataset()
    assert called("check_storage") == "Rows and files speak of each other.\n"


def test_a_missing_file_is_named_and_the_status_is_1():
    dataset = make_dataset(name="Pump one")
    store_path(dataset.store).discard()
    error = refusal("check_storage", "--sizes")
    assert (error.returncode, "1 file not as the rows say" in str(error)) == (1, True)


def test_an_altered_file_is_found_by_its_checksum_and_not_by_its_size(capsys):
    dataset = make_dataset()
    with store_path(dataset.store).path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x77")
    assert called("check_storage", "--sizes") == "Rows and files speak of each other.\n"
    assert refusal("check_storage").returncode == 1


def test_the_files_of_a_simulated_dataset_are_made_again():
    dataset = make_dataset()
    store_path(dataset.store).discard()
    assert "they are what they were" in called("check_storage", "--repair")
    assert store_path(dataset.store).sha256() == dataset.store.sha256
    assert called("check_storage") == "Rows and files speak of each other.\n"


def test_a_file_without_a_row_is_found_and_removed():
    make_dataset()
    orphans = [
        stored("datasets", 999, "signals.h5"),
        stored("references", "999.1", "3.npz"),
        stored("results", "projections", "none.npz"),
        stored("results", "downloads", "999"),
        stored("uploads", 1, 999, 1, "signals.h5"),
    ]
    for file in orphans:
        file.put_bytes(b"x")
        old(file)
    young = stored("datasets", 1000, "signals.h5")
    young.put_bytes(b"x")
    assert refusal("check_storage", "--json").returncode == 1
    assert called("check_storage", "--repair").count("belongs to nothing") == len(orphans)
    assert [file.is_file() for file in (*orphans, young)] == [False] * len(orphans) + [True]


def test_what_nobody_knows_of_is_left_alone():
    file = stored("notes", "one")
    file.put_bytes(b"x")
    old(file)
    called("check_storage", "--repair")
    assert file.is_file()


def test_findings_are_printed_for_programs():
    dataset = make_dataset()
    (store_path(dataset.store).parent / "metadata.json").discard()
    said = json.loads(called("check_storage", "--repair", "--json"))
    assert [(each["kind"], each["repaired"]) for each in said["findings"]] == [("missing", True)]
    assert Dataset.objects.count() == 1
