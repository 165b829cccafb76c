"""A portal that is backed up while people work comes back whole in another place."""

import json
import shutil

import pytest
from django.conf import settings
from django.db import connection

from bearing_portal.operations import backup
from datasets.models import Dataset
from signals.selectors import signal_samples, store_path
from tests.commands.running import called, refusal, run
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(tmp_path):
    """Return the environment of a portal with an empty database and an empty folder."""
    name = f"restored_{settings.DATABASES['default']['NAME'][-20:]}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    facts = connection.settings_dict
    address = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}"
    yield {
        "DATABASE_URL": f"postgresql://{address}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "DATA_DIR": str(tmp_path / "elsewhere"),
        "DJANGO_SETTINGS_MODULE": "bearing_portal.settings.development",
    }
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_portal_comes_back_whole_in_an_empty_place(tmp_path, elsewhere):
    dataset = make_dataset(name="Pump")
    samples = signal_samples(dataset.store.owner, dataset.store.signals.first())
    called("backup", str(tmp_path / "kept"))
    done = run("restore", tmp_path / "kept", **elsewhere)
    assert (done.returncode, done.stdout[:8]) == (0, "Restored"), done.stderr
    assert run("check_storage", **elsewhere).returncode == 0
    (kept,) = (tmp_path / "elsewhere").rglob("signals.h5")
    assert samples.tobytes() in kept.read_bytes()


def test_a_second_backup_copies_only_what_is_new(tmp_path):
    make_dataset()
    called("backup", str(tmp_path / "kept"))
    before = (tmp_path / "kept" / backup.FILES).read_text()
    make_dataset()
    called("backup", str(tmp_path / "kept"))
    after = (tmp_path / "kept" / backup.FILES).read_text()
    assert after.startswith(before)
    assert len(after.splitlines()) > len(before.splitlines())


def test_what_is_gone_leaves_with_the_next_backup(tmp_path):
    dataset = make_dataset()
    key = store_path(dataset.store).key
    called("backup", str(tmp_path / "kept"))
    shutil.rmtree(store_path(dataset.store).path.parent)
    Dataset.objects.all().delete()
    dataset.store.delete()
    called("backup", str(tmp_path / "kept"))
    assert not (tmp_path / "kept" / backup.STORAGE / key).exists()


def test_a_backup_that_was_killed_leaves_the_earlier_one_whole(tmp_path, monkeypatch, elsewhere):
    make_dataset(name="Pump")
    called("backup", str(tmp_path / "kept"))
    make_dataset(name="Fan")

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_dump", killed)
    with pytest.raises(KeyboardInterrupt):
        backup.backup_make(tmp_path / "kept")
    assert run("restore", tmp_path / "kept", **elsewhere).returncode == 0
    assert run("check_storage", **elsewhere).returncode == 0


def test_a_damaged_file_is_not_restored(tmp_path, elsewhere):
    dataset = make_dataset()
    called("backup", str(tmp_path / "kept"))
    copy = tmp_path / "kept" / backup.STORAGE / store_path(dataset.store).key
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    done = run("restore", tmp_path / "kept", **elsewhere)
    assert done.returncode == 2
    assert "another checksum" in done.stderr


def test_nothing_is_restored_over_a_portal_that_is_in_use(tmp_path):
    make_dataset()
    called("backup", str(tmp_path / "kept"))
    error = refusal("restore", str(tmp_path / "kept"))
    assert (error.returncode, str(error)[:30]) == (2, "This database is not empty. Re")


def test_a_folder_that_is_no_backup_is_refused(tmp_path):
    assert "holds no backup" in str(refusal("restore", str(tmp_path)))
    (tmp_path / "letters.txt").write_text("")
    assert "holds other things" in str(refusal("backup", str(tmp_path)))


def test_a_backup_within_the_storage_is_refused():
    error = refusal("backup", str(settings.STORAGE_DIR / "kept"))
    assert "back itself up" in str(error)


def test_a_backup_says_what_it_is(tmp_path):
    make_dataset()
    called("backup", str(tmp_path / "kept"))
    said = json.loads((tmp_path / "kept" / backup.SAID).read_text())
    assert said["n_files"] > 0
    assert said["migrations"]["datasets"].startswith("00")
