"""Files built for one person: what is in them, whose they are, how long they stay."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from django.urls import reverse
from django.utils import timezone
from scipy.io import loadmat

from common.errors import Invalid, NotFound, Unavailable
from datasets.exports.snippets import snippet
from datasets.jobs import build_download
from datasets.models import Dataset, Download
from datasets.selectors import dataset_folder, recipe_of
from datasets.services import downloads
from datasets.services.downloads import (
    download_cancel,
    download_file,
    download_get,
    download_request,
    downloads_prune,
    downloads_sweep,
)
from datasets.services.splits import split_create, split_delete
from monitoring.models import Job, Notification
from signals.models import FaultClass, SavedView
from signals.services.tags import signals_tag
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_catalogue, make_dataset, make_user
from vibration.exports import dataset as exports
from vibration.simulation.recipe_text import recipe_from_yaml
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner():
    make_catalogue()
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return make_dataset(owner, name="Whirl study")


@pytest.fixture
def recorded(owner, tmp_path):
    """Two files of one length and another of its own: two shards."""
    return imported(
        planned(tmp_path / "a.npy", samples(seed=1), specimen="B1", run="to failure"),
        planned(tmp_path / "b.npy", samples(3000, seed=2)),
        planned(tmp_path / "c.npy", samples(seed=3)),
        owner=owner,
        licence="CC BY 4.0",
    )


def built(dataset, form, query="", user=None):
    user = user or dataset.store.owner
    row = download_request(user=user, dataset=dataset, form=form, query=query)
    build_download(row.job_id)
    row.refresh_from_db()
    assert row.job.status == Job.Status.COMPLETED, row.job.error
    return row


def content(row):
    return io.BytesIO(download_file(row).read_bytes())


def stored_waveforms(dataset):
    with StoreReader(dataset_folder(dataset).path) as reader:
        return reader.read_rows(0, reader.n)


@pytest.mark.parametrize("form", ["npz", "mat", "hdf5"])
def test_a_part_holds_the_signals_of_the_filter(dataset, form):
    row = built(dataset, form, "class=wear")
    chosen = list(dataset.store.signals.filter(fault_class__code="wear").order_by("row"))
    wanted = stored_waveforms(dataset)[[signal.row for signal in chosen]]
    if form == "hdf5":
        with h5py.File(content(row)) as file:
            found, ids = file["signals"][:], file["index/id"][:]
    elif form == "npz":
        with np.load(content(row), allow_pickle=False) as arrays:
            found, ids = arrays["signals"], arrays["id"]
    else:
        arrays = loadmat(content(row), squeeze_me=True)
        found, ids = arrays["signals"].T, arrays["id"]
    np.testing.assert_array_equal(found, wanted)
    assert ids.tolist() == [signal.pk for signal in chosen]
    assert row.n_signals == len(chosen)


def test_labels_are_those_of_now(dataset):
    signal = dataset.store.signals.order_by("row").first()
    signal.fault_class = FaultClass.objects.get(code="wear")
    signal.save()
    with np.load(content(built(dataset, "npz")), allow_pickle=False) as arrays:
        assert arrays["class"][0] == "wear"


@pytest.mark.parametrize("form", ["npz", "mat", "hdf5"])
def test_recordings_of_several_lengths_come_in_one_archive(recorded, form):
    with zipfile.ZipFile(content(built(recorded, form))) as archive:
        assert len(archive.namelist()) == 2
        assert archive.testzip() is None


def test_a_part_of_one_shard_is_one_file(recorded, tmp_path):
    row = built(recorded, "npz", "specimen=B1")
    with np.load(content(row), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["signals"], np.load(tmp_path / "a.npy")[None])
        assert arrays["specimen"].tolist() == ["B1"]


def test_size_and_checksum_are_those_of_the_file(dataset):
    row = built(dataset, "npz")
    data = download_file(row).read_bytes()
    assert (row.size_bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_the_archive_can_be_published_as_it_is(dataset):
    dataset.licence, dataset.description = "CC BY 4.0", "Whirl at 60 Hz."
    dataset.save()
    with zipfile.ZipFile(content(built(dataset, "archive"))) as archive:
        sums = dict(
            reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        assert set(sums) == set(archive.namelist()) - {"SHA256SUMS"}
        for name, expected in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == expected
        assert sums["data/signals.h5"] == dataset.store.sha256
        assert recipe_from_yaml(archive.read("recipe.yaml").decode()) == recipe_of(dataset)
        index = pq.read_table(io.BytesIO(archive.read("index.parquet")))
        assert index["row"].to_pylist() == list(range(6))
        head = yaml.safe_load(archive.read("README.md").decode().split("---")[1])
        assert (head["license"], head["size_categories"]) == ("cc-by-4.0", ["n<1K"])
        assert head["configs"][0]["data_files"] in sums
        cited = yaml.safe_load(archive.read("CITATION.cff"))
        assert (cited["type"], cited["title"]) == ("dataset", "Whirl study")


def test_the_archive_of_changed_labels_holds_the_new_ones(dataset):
    signal = dataset.store.signals.order_by("row").first()
    signal.fault_class = FaultClass.objects.get(code="wear")
    signal.save()
    with zipfile.ZipFile(content(built(dataset, "archive"))) as archive:
        waveforms = io.BytesIO(archive.read("data/signals.h5"))
    with h5py.File(waveforms) as file:
        assert file["index/class"].asstr()[0] == "wear"


def test_the_archive_of_recordings_holds_every_file_as_stored(recorded):
    with zipfile.ZipFile(content(built(recorded, "archive"))) as archive:
        names = [name for name in archive.namelist() if name.startswith("data/")]
        assert names == ["data/signals-1.h5", "data/signals-2.h5"]
        assert "recipe.yaml" not in archive.namelist()
        assert archive.read("LICENSE.md").decode() == "CC BY 4.0\n"


@pytest.mark.parametrize("form", ["hdf5", "npz", "mat", "archive"])
def test_the_python_lines_open_the_file(dataset, form, tmp_path):
    row = built(dataset, form)
    (tmp_path / row.filename).write_bytes(download_file(row).read_bytes())
    said = subprocess.run(
        [sys.executable, "-c", snippet(form, row.filename).python],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1024" in said.stdout


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_python_lines_open_the_tables(dataset, client, form, tmp_path):
    client.force_login(dataset.store.owner)
    url = reverse("explorer-export", args=[form])
    response = client.get(url, {"dataset": dataset.pk})
    (tmp_path / "a table").write_bytes(b"".join(response.streaming_content))
    said = subprocess.run(
        [sys.executable, "-c", snippet(form, "a table").python],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "6 healthy\n"


@pytest.mark.parametrize("form", ["hdf5", "npz", "mat", "parquet", "csv", "archive"])
def test_each_format_says_how_matlab_opens_it_or_what_to_take_instead(form):
    lines = snippet(form, "a file")
    assert bool(lines.matlab) != bool(lines.instead)


@pytest.mark.skipif(shutil.which("octave-cli") is None, reason="Octave is not installed")
def test_the_matlab_lines_open_the_file(dataset, tmp_path):
    row = built(dataset, "mat")
    (tmp_path / row.filename).write_bytes(download_file(row).read_bytes())
    said = subprocess.run(
        ["octave-cli", "--no-gui", "--eval", snippet("mat", row.filename).matlab],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["1024", "1"]


def test_what_is_there_or_under_way_is_not_built_again(dataset, owner):
    asked = {"user": owner, "dataset": dataset, "form": "npz", "query": ""}
    row = download_request(**asked)
    assert download_request(**asked) == row
    build_download(row.job_id)
    assert download_request(**asked).job_id == row.job_id
    assert Job.objects.filter(kind="build-download").count() == 1


def test_other_labels_make_another_file(dataset, owner):
    row = built(dataset, "npz")
    dataset.store.version += 1
    dataset.store.save()
    asked = {"user": owner, "dataset": dataset, "form": "npz", "query": ""}
    assert download_request(**asked) != row


def asked_again(row):
    dataset = Dataset.objects.get(pk=row.dataset_id)
    asked = {"user": row.owner, "dataset": dataset, "form": row.format, "query": row.query}
    return download_request(**asked)


@pytest.mark.parametrize("word", ["name", "description", "licence", "citation"])
def test_other_words_of_the_dataset_make_another_archive(dataset, word):
    row = built(dataset, "archive")
    Dataset.objects.filter(pk=dataset.pk).update(**{word: "CC0"})
    assert asked_again(row) != row


@pytest.mark.parametrize(("form", "query"), [("archive", ""), ("npz", "tag=loose")])
def test_other_tags_make_another_file(dataset, owner, form, query):
    first, second = dataset.store.signals.order_by("row")[:2]
    signals_tag(user=owner, signals=[first.pk], name="loose")
    row = built(dataset, form, query)
    assert asked_again(row) == row
    signals_tag(user=owner, signals=[second.pk], name="loose")
    assert asked_again(row) != row


def test_other_signals_kept_under_the_same_number_make_another_file(dataset, owner):
    first, second = dataset.store.signals.order_by("row")[:2]
    view = SavedView.objects.create(owner=owner, name="Odd", query=f"dataset={dataset.pk}")
    view.selected.set([first])
    row = built(dataset, "npz", f"sel=kept:{view.pk}")
    view.selected.set([second])
    again = asked_again(row)
    assert again != row
    build_download(again.job_id)
    again.refresh_from_db()
    with np.load(content(again), allow_pickle=False) as arrays:
        assert arrays["id"].tolist() == [second.pk]


def test_a_split_that_got_its_name_again_makes_another_file(dataset, owner):
    said = {"user": owner, "dataset": dataset, "name": "main", "ratios": (0.5, 0.5), "by": "none"}
    split = split_create(**said)
    row = built(dataset, "npz", "split=main&side=train")
    split_delete(user=owner, dataset=dataset, split=split)
    split_create(**said, seed=1)
    assert asked_again(row) != row


def test_a_tag_given_while_a_file_waits_is_in_it_and_it_is_known_as_such(dataset, owner):
    first, second = dataset.store.signals.order_by("row")[:2]
    signals_tag(user=owner, signals=[first.pk], name="loose")
    row = download_request(user=owner, dataset=dataset, form="npz", query="tag=loose")
    signals_tag(user=owner, signals=[second.pk], name="loose")
    build_download(row.job_id)
    row.refresh_from_db()
    assert (row.n_signals, asked_again(row)) == (2, row)


def test_one_knows_of_the_own_downloads_alone(dataset):
    dataset.store.visibility = "shared"
    dataset.store.save()
    row, member = built(dataset, "npz"), make_user("viewer")
    with pytest.raises(NotFound):
        download_get(member, dataset, row.pk)
    assert built(dataset, "npz", user=member) != row


def test_a_link_expires_and_its_file_goes(dataset, settings):
    settings.DOWNLOAD_KEPT_HOURS = 1
    row = built(dataset, "npz")
    assert downloads_prune(now=timezone.now()) == 0
    Download.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound, match="expired"):
        download_get(dataset.store.owner, dataset, row.pk)
    assert downloads_prune(now=timezone.now()) == 1
    assert not download_file(row).exists()


def test_the_file_of_a_deleted_dataset_is_swept(dataset):
    row = built(dataset, "npz")
    Download.objects.all().delete()
    downloads_sweep()
    assert not download_file(row).exists()


def test_a_cancelled_job_leaves_no_file(dataset, owner, storage):
    row = download_request(user=owner, dataset=dataset, form="npz", query="")
    download_cancel(user=owner, download=row)
    build_download(row.job_id)
    row.refresh_from_db()
    assert (row.job.status, row.is_ready) == (Job.Status.CANCELLED, False)
    assert not download_file(row).exists()


def test_work_that_is_stopped_midway_leaves_no_file(dataset, owner, storage, monkeypatch):
    def stop(done, total):
        raise Unavailable("Stopped.")

    row = download_request(user=owner, dataset=dataset, form="hdf5", query="class=wear")
    monkeypatch.setattr("monitoring.jobs.pulse.JobRun.progress", lambda run, *told: stop(*told))
    build_download(row.job_id)
    row.refresh_from_db()
    assert (row.job.status, row.job.error) == (Job.Status.FAILED, "Stopped.")
    assert not list(storage.rglob("*export*"))
    assert not download_file(row).exists()


def test_who_may_no_longer_see_the_dataset_gets_no_file(dataset):
    dataset.store.visibility = "shared"
    dataset.store.save()
    member = make_user("viewer")
    row = download_request(user=member, dataset=dataset, form="npz", query="")
    dataset.store.visibility = "private"
    dataset.store.save()
    build_download(row.job_id)
    row.refresh_from_db()
    assert row.job.status == Job.Status.FAILED
    assert not row.is_ready


def test_an_empty_choice_is_refused(dataset, owner):
    with pytest.raises(Invalid, match="nothing to download"):
        download_request(user=owner, dataset=dataset, form="npz", query="class=oil_whirl")


def test_what_matlab_cannot_hold_is_refused_before_it_is_built(dataset, owner, monkeypatch):
    monkeypatch.setattr(exports, "_MAT_MAX_BYTES", 1000)
    with pytest.raises(Invalid, match="h5read"):
        download_request(user=owner, dataset=dataset, form="mat", query="")


def test_what_the_disk_cannot_hold_is_refused(dataset, owner, monkeypatch):
    def full(size_bytes):
        raise Unavailable("Full.")

    monkeypatch.setattr(downloads, "space_prove", full)
    with pytest.raises(Unavailable):
        download_request(user=owner, dataset=dataset, form="npz", query="")


def test_who_waited_is_told(dataset, owner):
    built(dataset, "npz")
    assert Notification.objects.get(user=owner, title="Download ready").url.endswith("#downloads")
