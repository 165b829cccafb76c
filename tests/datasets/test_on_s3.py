"""A dataset's life in a bucket: what is fetched, what is left, what is said when it is gone."""

import io
import json
from contextlib import ExitStack

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from common.storage import stored, work_folder
from datasets import jobs
from datasets.models import Dataset
from datasets.services import dataset_delete, dataset_purge, dataset_retry, files_sweep
from datasets.services.files import final_folder
from datasets.verification.checking import dataset_verify
from signals.selectors import signal_samples, store_path
from signals.uploads.services import upload_create, upload_delete
from signals.waveforms import sources
from signals.waveforms.references import reference_get
from signals.waveforms.sources import source_of
from tests.factories import make_dataset, make_user
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db(transaction=True)
pytest_plugins = ["tests.buckets"]
FILE = "signals.h5"


@pytest.fixture(autouse=True)
def on_s3(settings, tmp_path, bucket):
    settings.STORAGE_URL, settings.SCRATCH_DIR = bucket.url, tmp_path / "scratch"


def generated(**values):
    dataset = make_dataset(ready=False, **values)
    jobs.generate(str(dataset.job_id))
    return Dataset.objects.select_related("store__owner", "job").get(pk=dataset.pk)


def test_a_generated_dataset_lies_in_the_bucket_and_nowhere_else():
    dataset = generated()
    assert (dataset.status, dataset.job.error) == ("ready", "")
    assert final_folder(dataset.pk).names() == ["metadata.json", FILE]
    assert store_path(dataset.store).sha256() == dataset.store.sha256
    assert [path for path in work_folder().rglob("*") if path.is_file()] == []


def test_a_record_is_one_request_of_its_own_bytes(bucket):
    dataset = make_dataset()
    first, second = dataset.store.signals.order_by("row")[:2]
    assert source_of(dataset.store.owner, first).whole.size
    bucket.requests.clear()
    samples = source_of(dataset.store.owner, second).whole
    (span,) = bucket.asked("GET")
    begin, end = map(int, span.removeprefix("bytes=").split("-"))
    assert end - begin + 1 == samples.nbytes
    assert bucket.asked("HEAD") == []


def test_what_is_read_from_a_bucket_is_what_lies_in_a_folder(settings):
    dataset = make_dataset()
    with ExitStack() as stack:
        there = stack.enter_context(StoreReader(store_path(dataset.store)))
        here = stack.enter_context(
            StoreReader(stack.enter_context(final_folder(dataset.pk).local()))
        )
        for row in range(here.n):
            assert np.array_equal(there.read(row), here.read(row))
        assert np.array_equal(there.read_rows(1, 3), here.read_rows(1, 3))
        assert np.array_equal(there.features(1), here.features(1), equal_nan=True)
        for name, column in here.index(2).items():
            np.testing.assert_array_equal(there.column(name, 2), column)
        for name in ("fs_hz", "unit", "recipe", "feature_names", "fingerprint", "n", "columns"):
            assert getattr(there, name) == getattr(here, name)


def test_a_file_of_before_its_layout_was_written_down_is_read_by_hdf5(bucket):
    dataset = make_dataset()
    metadata = final_folder(dataset.pk) / "metadata.json"
    said = json.loads(metadata.read_bytes())
    del said["layout"]
    metadata.put_bytes(json.dumps(said).encode())
    bucket.requests.clear()
    signal = dataset.store.signals.order_by("row").last()
    samples = signal_samples(dataset.store.owner, signal)
    with final_folder(dataset.pk).local() as path, StoreReader(path) as here:
        assert np.array_equal(samples, here.read(signal.row))


def test_the_explorers_rows_touch_no_file(bucket, client):
    dataset = make_dataset()
    client.force_login(dataset.store.owner)
    bucket.requests.clear()
    for page in ("table/rows/?start=0&end=50&", "filters/?"):
        assert client.get(f"/data-explorer/{page}dataset={dataset.pk}").status_code == 200
    assert bucket.requests == []


def test_the_pyramid_of_a_long_record_lies_in_the_bucket(monkeypatch):
    monkeypatch.setattr(sources, "LONG_SAMPLES", 500)
    dataset = make_dataset()
    source = source_of(dataset.store.owner, dataset.store.signals.first())
    first = source.extremes(0, source.n_samples, 20)
    again = source.extremes(0, source.n_samples, 20)
    assert np.array_equal(first[1], again[1])
    assert sources.pyramid_file(source.file, source.row).is_file()


def test_an_expected_spectrum_is_kept_in_the_bucket_until_the_next_version():
    dataset = make_dataset(per_class=3)
    signal = dataset.store.signals.select_related("store").filter(fault_class__isnull=False).first()
    assert reference_get(dataset.store.owner, signal) is not None
    assert stored("references", f"{dataset.store_id}.1").names() != []


def test_a_dataset_is_verified_from_the_bucket():
    assert dataset_verify(make_dataset()).findings == ()


def test_to_verify_a_record_fetches_its_samples_and_no_others(bucket):
    dataset = make_dataset(per_class=4)
    n_bytes = 4 * dataset.store.signals.first().n_samples
    bucket.requests.clear()
    assert dataset_verify(dataset, row=1).findings == ()
    spans = [span.removeprefix("bytes=").split("-") for span in bucket.asked("GET", FILE)]
    sizes = [int(last) - int(first) + 1 for first, last in spans]
    assert sizes.count(n_bytes) == 1
    assert sum(sizes) < 1.2 * n_bytes


def test_processes_find_in_a_bucket_what_differs(bucket):
    dataset = make_dataset(per_class=7)
    file = store_path(dataset.store)
    content = bytearray(file.read_bytes())
    samples = signal_samples(dataset.store.owner, dataset.store.signals.get(row=3))
    content[content.index(samples.tobytes()) + 4 * 10] ^= 1
    file.put_bytes(bytes(content))
    findings = dataset_verify(dataset).findings
    assert [(each.row, each.sample) for each in findings] == [(3, 10), (None, None)]


def test_a_deleted_dataset_leaves_nothing_in_the_bucket():
    dataset = generated()
    dataset_delete(user=dataset.store.owner, dataset=dataset)
    dataset_purge(user=dataset.store.owner, dataset=dataset)
    assert not stored("datasets").exists() or not list(stored("datasets").files())


def test_the_sweep_removes_what_belongs_to_no_dataset():
    dataset = make_dataset()
    (stored("datasets", dataset.pk + 1000) / FILE).put_bytes(b"x")
    files_sweep()
    assert [file.key for file, _ in stored("datasets").files()] == [
        f"datasets/{dataset.pk}/metadata.json",
        f"datasets/{dataset.pk}/{FILE}",
    ]


def test_a_bucket_that_is_gone_fails_the_job_in_words_and_a_retry_succeeds(settings, bucket):
    dataset = make_dataset(ready=False)
    settings.STORAGE_URL = "s3://key:secret@bucket?endpoint=http://127.0.0.1:1"
    jobs.generate(str(dataset.job_id))
    dataset.refresh_from_db()
    assert (dataset.status, dataset.job.status) == ("failed", "failed")
    assert "The storage does not answer" in dataset.job.error

    settings.STORAGE_URL = bucket.url
    dataset_retry(user=dataset.store.owner, dataset=dataset)
    jobs.generate(str(dataset.job_id))
    assert Dataset.objects.get(pk=dataset.pk).status == "ready"


def test_a_record_of_a_bucket_that_is_gone_is_refused_in_words(settings, client):
    dataset = make_dataset()
    client.force_login(dataset.store.owner)
    settings.STORAGE_URL = "s3://key:secret@bucket?endpoint=http://127.0.0.1:1"
    answer = client.get(reverse("datasets:download", args=[dataset.pk]))
    assert answer.status_code == 503
    assert "The storage does not answer" in answer.content.decode()


def test_an_upload_lies_in_the_bucket_until_it_is_deleted():
    content = io.BytesIO()
    np.save(content, np.sin(np.arange(4096)))
    upload = upload_create(
        owner=make_user(),
        file=ContentFile(content.getvalue()),
        file_name="pump.npy",
        fs_hz=8000.0,
        rpm="unknown",
        unit="g",
    )
    (store,) = upload.stores.all()
    assert signal_samples(upload.owner, store.signals.first()).size
    upload_delete(user=upload.owner, upload=upload)
    assert list(stored("uploads").files()) == []
