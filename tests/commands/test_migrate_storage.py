import pytest

from common.storage import moving, stored
from signals.selectors import signal_samples, store_path
from tests.commands.running import called, refusal
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db
pytest_plugins = ["tests.buckets"]


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.DATA_DIR, settings.SCRATCH_DIR = tmp_path, tmp_path / "scratch"


def files():
    return {file.key: file.sha256() for file, _ in stored().files()}


def test_a_portal_is_moved_into_a_bucket_and_back(settings, bucket, tmp_path):
    dataset = make_dataset()
    signal = dataset.store.signals.first()
    before, samples = files(), signal_samples(dataset.store.owner, signal)
    draft = tmp_path / "storage" / "uploads" / "1" / "imports" / "2" / "word"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"x")

    assert "2 files" in called("migrate_storage", bucket.url)
    settings.STORAGE_URL = bucket.url
    assert files() == before
    assert (signal_samples(dataset.store.owner, signal) == samples).all()
    assert (tmp_path / "scratch" / "uploads" / "1" / "imports" / "2" / "word").is_file()

    settings.STORAGE_DIR = tmp_path / "other"
    called("migrate_storage", "folder")
    settings.STORAGE_URL = ""
    assert store_path(dataset.store).sha256() == dataset.store.sha256


def test_one_that_was_killed_midway_goes_on(bucket, monkeypatch):
    for number in range(4):
        stored("datasets", number, "signals.h5").put_bytes(b"x" * number)
    copied = moving._copied

    def killed(entry, *rest):
        if entry.key.startswith("datasets/2"):
            raise KeyboardInterrupt
        return copied(entry, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_copied", killed)
        with pytest.raises(KeyboardInterrupt):
            moving.portal_copy(bucket.url)
    bucket.requests.clear()
    assert "4 files" in called("migrate_storage", bucket.url)
    assert [path.split("/")[-2] for verb, path, _ in bucket.requests
            if verb == "PUT" and path.endswith(".h5")] == ["2", "3"]  # fmt: skip


def test_a_second_call_copies_what_is_new_and_removes_what_is_gone(settings, bucket):
    for name in ("one", "two"):
        stored("datasets", 1, name).put_bytes(b"x")
    called("migrate_storage", bucket.url)
    stored("datasets", 1, "two").discard()
    stored("datasets", 1, "three").put_bytes(b"x")
    assert "1 copied now, 1 removed" in called("migrate_storage", bucket.url)
    settings.STORAGE_URL = bucket.url
    assert sorted(files()) == ["datasets/1/one", "datasets/1/three"]


def test_a_copy_that_differs_is_refused_and_not_kept(settings, bucket, monkeypatch):
    stored("one").put_bytes(b"0123456789")

    def short(self, key, file):
        file.write_bytes(b"other")
        put(self, key, file)

    from common.storage.s3 import S3Backend

    put = S3Backend.put
    monkeypatch.setattr(S3Backend, "put", short)
    assert refusal("migrate_storage", bucket.url).returncode == 1
    settings.STORAGE_URL = bucket.url
    assert not stored("one").exists()


@pytest.mark.parametrize("target", ["folder", "https://bucket", "s3://"])
def test_a_target_that_cannot_be_is_refused(target):
    assert refusal("migrate_storage", target).returncode == 2
