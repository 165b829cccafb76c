"""What is kept of the files of a draft."""

import json
import stat
import zipfile
from io import BytesIO

import numpy as np
import pytest

from common.errors import Invalid
from datasets.imports.paths import PICTURE, draft_folder
from datasets.imports.pictures import picture_of, picture_read, pictures_write
from datasets.imports.selectors import Stage, counts_of, draft_get, stage_of
from datasets.imports.services import reading as reading_module
from datasets.imports.services import unpacking
from datasets.imports.services.drafts import Offered, draft_delete, files_offer
from datasets.imports.services.importing import plan_of
from datasets.imports.services.reading import reading_start
from datasets.jobs import read_import
from datasets.models import ImportFile, ImportRemark
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import Job, Notification
from tests.datasets.imports.drafting import CSV, put, read, recording, zipped

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = ImportFile.Status


def test_channels_are_kept_with_the_source_of_each_fact(draft):
    put(draft, {"pump.csv": CSV.encode()})
    file = read(draft)["pump.csv"]
    channel = file.channels.get()
    assert (file.status, channel.name, channel.n_samples) == (STATUS.READ, "DE (g)", 600)
    assert (channel.fs_hz, channel.fs_source, channel.unit) == (1000.0, "worked out", "g")
    assert channel.is_kept


def test_a_file_without_a_rate_waits_for_one(draft):
    put(draft, {"pump.npy": recording()})
    read(draft)
    assert counts_of(draft) == {"all": 1, "open": 1, "ready": 0, "out": 0}


def test_a_bad_file_is_refused_with_its_reason_and_good_ones_go_on(draft):
    put(draft, {"bad.mat": b"no matlab", "empty.csv": b"", "good.csv": CSV.encode()})
    files = read(draft)
    assert "bad.mat" in files["bad.mat"].reason
    assert files["empty.csv"].reason == "empty.csv is empty."
    assert files["good.csv"].status == STATUS.READ


def test_the_same_content_twice_is_imported_once(draft):
    put(draft, {"a.csv": CSV.encode(), "b.csv": CSV.encode()})
    assert "same content as a.csv" in read(draft)["b.csv"].reason


def test_a_zip_gives_way_to_its_files(draft):
    put(draft, {"rig.zip": zipped(day1__a=recording(), day1__b=recording(4096))})
    files = read(draft)
    assert sorted(files) == ["rig/day1/a", "rig/day1/b"]
    assert {file.status for file in files.values()} == {STATUS.READ}
    stored = {path.name for path in draft_folder(draft.owner_id, draft.pk).iterdir()}
    words = {file.stored for file in files.values()}
    assert stored == words | {f"{word}{PICTURE}" for word in words}


def hostile_zip():
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../out.csv", CSV)
        archive.writestr("inner.zip", zipped(a=b"x"))
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.csv", b"0" * 50_000_000)
        archive.writestr("good.csv", CSV)
    return content.getvalue()


def test_hostile_entries_are_named_and_left_out(draft, tmp_path):
    put(draft, {"rig.zip": hostile_zip()})
    files = read(draft)
    reasons = {path: file.reason for path, file in files.items()}
    assert "leads out" in reasons["rig/out.csv"]
    assert "archive inside" in reasons["rig/inner.zip"]
    assert "link" in reasons["rig/link.csv"]
    assert "200 times" in reasons["rig/bomb.csv"]
    assert files["rig/good.csv"].status == STATUS.READ
    assert not list(tmp_path.rglob("out.csv"))


def test_a_damaged_zip_is_refused_as_a_whole(draft):
    put(draft, {"rig.zip": zipped(a=recording())[:200]})
    assert "damaged zip" in read(draft)["rig.zip"].reason


def test_a_side_car_speaks_for_its_recording(draft):
    said = json.dumps({"sampling_rate_hz": 8000}).encode()
    put(draft, {"rig/a.npy": recording(), "rig/a.json": said})
    files = read(draft)
    assert files["rig/a.json"].status == STATUS.BESIDE
    channel = files["rig/a.npy"].channels.get()
    assert (channel.fs_hz, channel.fs_source) == (8000.0, "side-car")


def test_questions_and_what_is_left_out_are_kept(draft):
    put(draft, {"rig/12k_run.npy": recording()})
    asked = read(draft)["rig/12k_run.npy"].remarks.filter(kind=ImportRemark.Kind.QUESTION)
    assert any(question.about == "fs_hz" for question in asked)


def test_the_owner_is_told_when_all_are_read(draft):
    put(draft, {"a.csv": CSV.encode(), "bad.mat": b"no"})
    read(draft)
    assert Notification.objects.get().text == "1 file of your import can be looked at, 1 refused."


def test_a_killed_reading_goes_on_with_what_it_had_not_read(draft, monkeypatch):
    put(draft, {"a.csv": CSV.encode(), "b.npy": recording()})
    job = reading_start(user=draft.owner, draft=draft)
    real, seen = reading_module._keep, []

    def killed(draft, file, read):
        if seen:
            raise KeyboardInterrupt
        seen.append(file.path)
        real(draft, file, read)

    monkeypatch.setattr(reading_module, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        read_import(str(job.pk))
    assert set(draft.files.values_list("status", flat=True)) == {STATUS.READ, STATUS.RECEIVED}
    monkeypatch.setattr(reading_module, "_keep", real)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED)
    read_import(str(job.pk))
    assert set(draft.files.values_list("status", flat=True)) == {STATUS.READ}


def test_a_reading_killed_while_it_unpacked_begins_the_archive_again(draft, monkeypatch):
    put(draft, {"rig.zip": zipped(a=recording(), b=recording(4096))})
    job = reading_start(user=draft.owner, draft=draft)
    real = unpacking._unpacked_keep
    monkeypatch.setattr(unpacking, "_unpacked_keep", lambda *_: 1 / 0)
    read_import(str(job.pk))
    assert [file.path for file in draft.files.all()] == ["rig.zip"]
    monkeypatch.setattr(unpacking, "_unpacked_keep", real)
    files = read(draft)
    assert sorted(files) == ["rig/a", "rig/b"]
    stored = [p.name for p in draft_folder(draft.owner_id, draft.pk).iterdir()]
    assert len(stored) == 4  # two files and their pictures


def test_a_reading_can_be_cancelled(draft):
    put(draft, {"a.csv": CSV.encode()})
    job = reading_start(user=draft.owner, draft=draft)
    job_cancel_request(user=draft.owner, job=job)
    read_import(str(job.pk))
    assert stage_of(draft_get(draft.owner, draft.pk)) == Stage.COLLECTING
    assert draft.files.get().status == STATUS.RECEIVED


def test_a_draft_that_is_deleted_stops_its_reading(draft):
    put(draft, {"a.csv": CSV.encode()})
    job = reading_start(user=draft.owner, draft=draft)
    draft_delete(user=draft.owner, draft=draft)
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED


def test_what_is_being_read_takes_no_more_files(draft):
    put(draft, {"a.csv": CSV.encode()})
    reading_start(user=draft.owner, draft=draft)
    with pytest.raises(Invalid, match="being read"):
        files_offer(user=draft.owner, draft=draft, files=[Offered("b.csv", 5)])
    with pytest.raises(Invalid, match="being read already"):
        reading_start(user=draft.owner, draft=draft)


def test_more_files_are_read_later_beside_those_that_were(draft):
    put(draft, {"a.csv": CSV.encode()})
    read(draft)
    put(draft, {"b.npy": recording()})
    assert {file.status for file in read(draft).values()} == {STATUS.READ}


def test_a_picture_loses_no_extreme_and_finds_the_line(tmp_path):
    samples = np.sin(2 * np.pi * 0.125 * np.arange(40_000)).astype(np.float32)
    samples[12_345] = 9.0
    path = tmp_path / "picture.npz"
    pictures_write(path, [picture_of(samples)])
    picture = picture_read(path, 0)
    assert picture.values.max() == 9.0
    assert picture.positions.size < 1000
    assert picture.cycles[np.argmax(picture.amplitudes)] == pytest.approx(0.125, abs=1e-3)
    assert picture_read(path, 1) is None
    assert picture_read(tmp_path / "none.npz", 0) is None


@pytest.mark.parametrize("samples", [np.zeros(1), np.full(10, 3.0), np.zeros(5000)])
def test_short_and_constant_channels_have_a_picture(samples):
    assert picture_of(samples).n_samples == samples.size


def test_a_channel_too_large_for_a_spectrum_has_its_curve_alone():
    with np.errstate(over="ignore"):
        picture = picture_of(1e300 * np.random.default_rng(0).standard_normal(5000))
    assert (picture.cycles.size, picture.n_samples) == (0, 5000)


def test_a_folder_of_a_published_run_is_one_run_of_one_specimen(draft):
    rows = np.random.default_rng(1).normal(size=(200, 4))
    text = "\n".join("\t".join(f"{value:.3f}" for value in row) for row in rows).encode()
    put(draft, {f"rig/1st_test/2003.10.22.12.0{n}.24": text + b"\n" * n for n in range(3)})
    files = read(draft).values()
    assert {(file.format, file.specimen, file.run) for file in files} == {
        ("csv/ims", "1st_test", "run")
    }
    said = [(each.run, each.position, each.recorded_at.minute) for each in plan_of(draft).files]
    assert said == [("run", None, 0), ("run", None, 1), ("run", None, 2)]
