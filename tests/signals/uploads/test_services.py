import hashlib
import os
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Invalid, NotAllowed, Unavailable
from monitoring.jobs.reconcile import jobs_reconcile
from monitoring.models import SystemEvent
from signals.models import Signal, SignalStore, Upload
from signals.selectors import channels_of, signal_samples, store_path
from signals.services.mains import mains_of
from signals.uploads.questions import Answers, Questions
from signals.uploads.receiving import Received
from signals.uploads.services import (
    KEPT,
    MOST_UPLOADS,
    upload_create,
    upload_delete,
    upload_folder,
    upload_keep,
    uploads_prune,
    uploads_sweep,
)
from tests.factories import make_user
from tests.signals.recordings import ANSWERS, npy, sine, upload
from vibration.features import FEATURE_NAMES, extract
from vibration.formats import Channel, Reading
from vibration.store import create_store, verify

pytestmark = pytest.mark.django_db


def signals_of(kept):
    return list(Signal.objects.filter(store__upload=kept).order_by("pk"))


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_samples_of_the_file_are_kept():
    kept = upload(npy(sine()))
    (signal,) = signals_of(kept)
    np.testing.assert_array_equal(signal_samples(kept.owner, signal), sine())


def test_the_row_says_what_the_file_was():
    content = npy(sine())
    kept = upload(content, name="pump.npy")
    assert (kept.file_name, kept.format, kept.size_bytes) == ("pump.npy", "npy", len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.expires_at - kept.created_at == KEPT


def test_the_36_features_are_those_of_the_samples():
    (signal,) = signals_of(upload(npy(sine())))
    expected = extract(sine(), ANSWERS["fs_hz"], ANSWERS["rpm"] / 60)
    values = [getattr(signal, name) for name in FEATURE_NAMES]
    measured = [np.nan if value is None else value for value in values]
    np.testing.assert_allclose(measured, expected, rtol=1e-6)


def test_a_short_recording_has_no_features():
    (signal,) = signals_of(upload(npy(sine(512))))
    assert signal.rms is None


def test_the_store_is_private_and_its_file_verifies():
    kept = upload(npy(sine()))
    store = kept.stores.get()
    assert store.visibility == SignalStore.Visibility.PRIVATE
    assert store.folder == f"uploads/{kept.owner_id}/{kept.pk}/1"
    facts = verify(store_path(store).parent.path)
    assert facts["files"]["signals.h5"]["sha256"] == store.sha256


def test_a_store_of_an_upload_cannot_be_shared():
    store = upload(npy(sine())).stores.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SignalStore.objects.filter(pk=store.pk).update(visibility="shared")


def test_the_sent_file_is_not_kept(storage):
    upload(npy(sine()))
    names = {path.name for path in files_below(storage)}
    assert names == {"signals.h5", "metadata.json"}


def test_channels_of_one_shape_share_a_store_in_the_files_order():
    kept = upload(npy(np.stack([sine(), 2 * sine()])), name="pump.npy")
    assert kept.stores.get().n_signals == 2
    labels = [(signal.row, signal.label, signal.channel) for signal in signals_of(kept)]
    assert labels == [(0, "pump · signal 1", "signal 1"), (1, "pump · signal 2", "signal 2")]


def recording(*channels):
    return Received(Reading.of_channels("made", channels), "made.npy", 10, "0" * 64)


def test_channels_of_different_rates_have_stores_of_their_own():
    owner = make_user()
    channels = (
        Channel("slow", sine(1024), fs_hz=1000.0, unit="g", rpm=600.0),
        Channel("fast", sine(4096), fs_hz=4000.0, unit="g", rpm=600.0),
        Channel("slow too", sine(1024), fs_hz=1000.0, unit="g", rpm=600.0),
    )
    kept = upload_keep(owner=owner, received=recording(*channels), answers=Answers())
    found = signals_of(kept)
    assert [signal.channel for signal in found] == ["slow", "fast", "slow too"]
    assert [signal.fs_hz for signal in found] == [1000, 4000, 1000]
    assert kept.stores.count() == 2
    for signal, channel in zip(found, channels, strict=True):
        np.testing.assert_array_equal(signal_samples(owner, signal), channel.samples)


def test_the_channels_of_a_signal_are_all_those_of_its_upload():
    kept = upload(npy(np.stack([sine(), 2 * sine()])))
    first, second = signals_of(kept)
    assert channels_of(kept.owner, second) == [first, second]
    assert channels_of(make_user(), second) == []


def test_a_tachometer_has_no_features_and_is_asked_nothing():
    channels = (
        Channel("tacho", sine(), fs_hz=8000.0, is_vibration=False),
        Channel("DE", sine(), fs_hz=8000.0, unit="g", rpm=600.0),
    )
    kept = upload_keep(owner=make_user(), received=recording(*channels), answers=Answers())
    tacho, drive_end = signals_of(kept)
    assert (tacho.rms, tacho.unit) == (None, "unknown")
    assert drive_end.rms > 0


def test_channels_of_one_name_get_labels_of_their_own():
    channels = [Channel("A", sine(64), fs_hz=8000.0, unit="g", rpm=600.0) for _ in range(3)]
    kept = upload_keep(owner=make_user(), received=recording(*channels), answers=Answers())
    assert [s.label for s in signals_of(kept)] == ["made · A", "made · A 2", "made · A 3"]


def test_names_too_long_for_a_label_are_cut():
    kept = upload(npy(np.stack([sine(), sine()])), name=f"{'x' * 150}.npy")
    assert all(len(signal.label) <= 60 for signal in signals_of(kept))
    assert kept.file_name == f"{'x' * 150}.npy"


def test_a_name_of_any_characters_is_kept_as_what_it_is():
    kept = upload(npy(sine()), name="../../etc/a\x00b\n.npy")
    assert kept.file_name == "a⟨U+0000⟩b⟨U+000A⟩.npy"


def test_too_many_channels_are_refused():
    channels = [Channel(f"{n}", sine(16), fs_hz=8000.0, unit="g", rpm=600.0) for n in range(65)]
    with pytest.raises(Invalid, match="65 channels; at most 64"):
        upload_keep(owner=make_user(), received=recording(*channels), answers=Answers())


def test_a_value_that_single_precision_cannot_hold_is_refused():
    with pytest.raises(Invalid, match=r"3\.4e38"):
        upload(npy(1e300 * sine().astype(np.float64)))


def test_a_file_above_the_limit_is_refused_with_both_sizes(settings):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    with pytest.raises(Invalid, match=r"1\.2 MB; at most 1 MB"):
        upload(b"\x93NUMPY" + bytes(1_200_000))
    assert not Upload.objects.exists()


def test_a_byte_above_the_limit_is_said_as_more_than_the_limit(settings):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    with pytest.raises(Invalid, match=r"1\.000001 MB; at most 1 MB"):
        upload(bytes(1_000_001))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (npy(sine())[:-100], "cut.npy", "cut short"),
        (b"not numbers\n", "text.csv", "no table of numbers"),
        (b"MATLAB 5.0 MAT-file" + bytes(200), "a.mat", "not a MATLAB file"),
        (npy(np.array([0.0, np.nan])), "gap.npy", "not finite"),
        (b"x", "a.docx", "formats are"),
        (b"", "empty.npy", "is empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_formats(content, name, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        upload(content, name=name)
    (said,) = refused.value.field_errors["file"]
    assert all(suffix in said for suffix in (".csv", ".mat", ".npy"))
    assert not Upload.objects.exists()


def test_nothing_is_left_where_the_storage_fails(storage, monkeypatch):
    def full(self, *args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vibration.store.writer.os.pwrite", full)
    with pytest.raises(Unavailable, match=r"[Tt]ry again"):
        upload(npy(np.stack([sine(), sine()])))
    assert not Upload.objects.exists()
    assert files_below(storage) == []


def test_nothing_is_left_where_a_second_store_cannot_be_written(storage, monkeypatch):
    owner = make_user()
    channels = [Channel(f"{n}", sine(n), fs_hz=8000.0, unit="g", rpm=600.0) for n in (1024, 2048)]
    whole = create_store

    def second_fails(folder, **shape):
        if folder.name == "2":
            raise OSError(28, "No space left on device")
        return whole(folder, **shape)

    monkeypatch.setattr("signals.uploads.services.create_store", second_fails)
    with pytest.raises(Unavailable):
        upload_keep(owner=owner, received=recording(*channels), answers=Answers())
    assert not Upload.objects.exists()
    assert files_below(storage) == []


def test_the_fifty_first_upload_is_refused_with_what_to_do():
    owner = make_user()
    now = timezone.now()
    Upload.objects.bulk_create(
        Upload(owner=owner, file_name="a", format="npy", size_bytes=1, expires_at=now + KEPT)
        for _ in range(MOST_UPLOADS)
    )
    with pytest.raises(Invalid, match=r"50 uploads.*Delete one"):
        upload(npy(sine()), owner=owner)
    assert upload(npy(sine())).pk  # another person's count is his own


def test_a_deactivated_person_uploads_nothing():
    with pytest.raises(NotAllowed):
        upload(npy(sine()), owner=make_user(is_active=False))


def test_deleting_takes_rows_and_files(django_capture_on_commit_callbacks):
    kept = upload(npy(np.stack([sine(), sine()])))
    with django_capture_on_commit_callbacks(execute=True):
        upload_delete(user=kept.owner, upload=kept)
    assert not upload_folder(kept).path.exists()
    for model in (Upload, SignalStore, Signal):
        assert not model.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "engineer", "curator"])
def test_nobody_else_deletes_an_upload(role):
    kept = upload(npy(sine()))
    with pytest.raises(NotAllowed):
        upload_delete(user=make_user(role), upload=kept)
    assert Upload.objects.exists()


def test_a_superuser_deletes_an_upload():
    kept = upload(npy(sine()))
    upload_delete(user=make_user("superuser"), upload=kept)
    assert not Upload.objects.exists()


def test_deleting_twice_is_no_error():
    kept = upload(npy(sine()))
    for _ in range(2):
        upload_delete(user=kept.owner, upload=kept)


def test_creation_and_deletion_are_events():
    kept = upload(npy(sine()), name="pump.npy")
    upload_delete(user=kept.owner, upload=kept)
    found = SystemEvent.objects.filter(subject="pump.npy").order_by("pk")
    assert [event.kind for event in found] == ["created", "deleted"]


def test_what_expired_goes_and_the_rest_stays(django_capture_on_commit_callbacks):
    old, young = upload(npy(sine())), upload(npy(sine()))
    Upload.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - 2 * KEPT, expires_at=timezone.now() - timedelta(seconds=1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads_prune(now=timezone.now()) == 1
    assert Upload.objects.get() == young
    assert not upload_folder(old).path.exists()
    assert upload_folder(young).path.exists()


def expire(kept):
    long_ago = timezone.now() - 2 * KEPT
    Upload.objects.filter(pk=kept.pk).update(created_at=long_ago, expires_at=long_ago + KEPT)


def test_the_prune_command_removes_what_expired(capsys):
    expire(upload(npy(sine())))
    call_command("prune")
    assert "uploads: 1 expired removed" in capsys.readouterr().out
    assert not Upload.objects.exists()


def test_the_worker_removes_what_expired():
    expire(upload(npy(sine())))
    jobs_reconcile()
    assert not Upload.objects.exists()


def test_the_sweep_takes_old_orphans_and_nothing_else(storage):
    kept = upload(npy(sine()))
    parent = upload_folder(kept).path.parent
    old, new = parent / "999998", parent / "999999"
    for folder in (old, new):
        (folder / "1").mkdir(parents=True)
    os.utime(old, (0, 0))
    (parent / "5.trash-abcd").mkdir()
    uploads_sweep()
    assert sorted(path.name for path in parent.iterdir()) == sorted([str(kept.pk), "999999"])


def test_a_question_is_asked_before_anything_is_written(storage):
    file = ContentFile(npy(sine()))
    with pytest.raises(Questions):
        upload_create(owner=make_user(), file=file, file_name="a.npy")
    assert not Upload.objects.exists()
    assert not storage.exists() or files_below(storage) == []


def test_the_mains_that_were_stated_are_those_of_the_recording():
    kept = upload(npy(sine()), mains_hz=60)
    assert mains_of(kept.owner, signals_of(kept)[0]).source == "the recording's"
    assert kept.stores.get().mains_hz == 60
