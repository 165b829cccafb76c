"""The dry run of an import: one object a file, nothing written."""

import json
import stat
import struct
import zipfile

import numpy as np
import pytest

from vibration.errors import FormatError
from vibration.formats import archives, read_recording
from vibration.formats.examples import examples
from vibration.formats.inspection import Inspection, Said

KEYS = ["file", "accepted", "format", "reason", "questions", "channels", "left_out", "label",
        "specimen", "recorded_at"]  # fmt: skip
CHANNEL_KEYS = ["recording", "name", "fs_hz", "fs_source", "rpm", "rpm_source", "n_samples", "unit",
                "quantity", "vibration"]  # fmt: skip
MADE = {e.name: e.content for e in examples(n=256)}


def inspected(*paths, **said):
    return list(Inspection(Said(**said), reader=read_recording).of_paths(paths))


def put(folder, name, content=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(MADE[name]() if content is None else content)
    return path


def test_the_object_has_exactly_the_documented_keys(tmp_path):
    (found,) = inspected(put(tmp_path, "key_lines.csv"))
    assert list(found) == KEYS
    assert list(found["channels"][0]) == CHANNEL_KEYS
    json.dumps(found, allow_nan=False)


def test_a_refused_file_has_the_same_keys_and_a_reason(tmp_path):
    (found,) = inspected(put(tmp_path, "a.csv", b"no numbers"))
    assert list(found) == KEYS
    assert not found["accepted"]
    assert "no table" in found["reason"]


def test_a_file_that_waits_for_its_rate_is_accepted_with_a_question(tmp_path):
    (found,) = inspected(put(tmp_path, "cwru.mat"))
    assert found["accepted"]
    assert {channel["fs_hz"] for channel in found["channels"]} == {None}
    assert [question["about"] for question in found["questions"]] == ["fs_hz"]


def test_what_a_person_says_answers_and_is_called_so(tmp_path):
    path = put(tmp_path, "cwru.mat")
    (found,) = inspected(path, fs_hz=12000.0, rpm=1772.0)
    assert found["questions"] == []
    channel = found["channels"][0]
    assert (channel["fs_hz"], channel["fs_source"]) == (12000.0, "given by the person")
    assert (channel["rpm"], channel["rpm_source"]) == (1772.0, "given by the person")


def test_a_rate_against_the_file_is_refused_with_both(tmp_path):
    (found,) = inspected(put(tmp_path, "key_lines.csv"), fs_hz=44100.0)
    assert "20000 Hz" in found["reason"]
    assert "44100" in found["reason"]


def test_a_unit_is_given_where_the_file_has_none(tmp_path):
    (found,) = inspected(put(tmp_path, "matlab4.mat"), unit="m/s^2")
    assert {(c["unit"], c["quantity"]) for c in found["channels"]} == {("m/s²", "acceleration")}


def test_a_folder_is_walked_and_bad_files_are_listed(tmp_path):
    put(tmp_path, "titled.csv")
    put(tmp_path, "deep/er/bad.npy", b"nothing")
    put(tmp_path, ".hidden.csv", b"1\n2\n")
    found = inspected(tmp_path)
    assert [(each["file"], each["accepted"]) for each in found] == [
        (str(tmp_path / "titled.csv"), True),
        (str(tmp_path / "deep/er/bad.npy"), False),
    ]


def test_the_same_content_twice_is_noticed(tmp_path):
    put(tmp_path, "a.csv", MADE["titled.csv"]())
    put(tmp_path, "b.csv", MADE["titled.csv"]())
    first, second = inspected(tmp_path)
    assert first["accepted"]
    assert "same content" in second["reason"]


@pytest.mark.parametrize(("where", "label"), [("folder", "inner race"), ("name", "titled")])
def test_labels_come_from_folder_or_name(tmp_path, where, label):
    path = put(tmp_path, "inner race/titled.csv", MADE["titled.csv"]())
    (found,) = inspected(path, label_from=where)
    assert found["label"] == label


def test_labels_and_specimens_come_from_a_table(tmp_path):
    path = put(tmp_path, "titled.csv")
    labels = put(tmp_path, "x.labels", b"file,label\ntitled.csv,cage\n")
    bearings = put(tmp_path, "x.bearings", b"file,specimen\ntitled,B7\n")
    (found,) = inspected(path, label_from=str(labels), specimen_from=str(bearings))
    assert (found["label"], found["specimen"]) == ("cage", "B7")


def test_only_the_named_channels_are_kept(tmp_path):
    path = put(tmp_path, "titled.csv")
    (found,) = inspected(path, channels=("FE (g)",))
    assert [channel["name"] for channel in found["channels"]] == ["FE (g)"]
    (other,) = inspected(path, channels=("Z",))
    assert "no channel 'Z'" in other["reason"]


def test_a_side_car_speaks_for_the_recording_beside_it(tmp_path):
    x = np.random.default_rng(0).standard_normal(300)
    put(tmp_path, "rec.csv", "\n".join(map(str, x)).encode())
    side = {"sampling_rate": 48828.0, "signal_unit": "g", "shaft_speed": 25.0, "BPFI": 118.9}
    put(tmp_path, "rec_metadata.json", json.dumps(side).encode())
    found = {each["file"].rpartition("/")[2]: each for each in inspected(tmp_path)}
    channel = found["rec.csv"]["channels"][0]
    assert (channel["fs_hz"], channel["rpm"], channel["unit"]) == (48828.0, 1500.0, "g")
    assert channel["fs_source"] == channel["rpm_source"] == "side-car"
    assert not found["rec_metadata.json"]["accepted"]


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_a_zip_is_read_as_a_folder(tmp_path):
    path = zipped(tmp_path / "a.zip", [("rig/one.csv", MADE["titled.csv"]()),
                                       ("rig/two.mat", MADE["mfpt.mat"]()),
                                       ("__MACOSX/x", b"y")])  # fmt: skip
    found = inspected(path)
    assert [(each["file"], each["format"]) for each in found] == [
        (f"{path}/rig/one.csv", "csv"),
        (f"{path}/rig/two.mat", "mat/mfpt"),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_damaged_entry_is_refused_and_the_next_one_read(tmp_path, method):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("bad.csv", "good.csv"):
            archive.writestr(name, MADE["titled.csv"]())
    content = bytearray(path.read_bytes())
    content[120:400] = bytes(range(70)) * 4
    path.write_bytes(content)
    bad, good = inspected(path)
    assert "is damaged; pack it once more" in bad["reason"]
    assert good["accepted"]


def link():
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("../../etc/a.csv", b"1", "leads out"),
        ("/etc/a.csv", b"1", "leads out"),
        ("..\\a.csv", b"1", "leads out"),
        ("C:/a.csv", b"1", "leads out"),
        ("a\x07.csv", b"1", "cannot be shown"),
        (link(), b"/etc/passwd", "a link"),
        ("inner.zip", b"PK", "inside an archive"),
        ("bomb.csv", b"0\n" * 4_000_000, "200 times"),
    ],
)
def test_entries_that_could_do_harm_are_left_out_by_name(tmp_path, name, content, reason):
    path = zipped(tmp_path / "a.zip", [(name, content), ("good.csv", MADE["titled.csv"]())])
    bad, good = inspected(path)
    assert reason in bad["reason"]
    assert good["accepted"]
    assert not (tmp_path.parent / "a.csv").exists()


def test_an_encrypted_entry_is_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.csv", b"1\n2\n")])
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    (found,) = inspected(path)
    assert "encrypted" in found["reason"]


def test_too_many_entries_or_bytes_refuse_the_archive(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", [(f"{n}.csv", b"1\n2\n") for n in range(5)])
    with (
        pytest.raises(FormatError, match=r"at most 0 MB"),
        archives.opened_zip(path, "a.zip", max_bytes=10),
    ):
        pass
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    (found,) = inspected(path)
    assert "5 entries" in found["reason"]


def test_a_damaged_archive_is_refused(tmp_path):
    (found,) = inspected(put(tmp_path, "a.zip", b"PK\x03\x04" + bytes(50)))
    assert "damaged zip" in found["reason"]


def test_an_entry_that_unpacks_to_more_than_it_says_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.csv", b"1\n" * 1000)])
    with archives.opened_zip(path, "a.zip") as (archive, entries, _):
        lying = archives.Entry("a.csv", 10, entries[0].info)
        with pytest.raises(FormatError, match="more than it says"):
            archives.unpacked(archive, lying, tmp_path / "out", "a.zip")


@pytest.mark.parametrize("is_large", [False, True])
def test_an_archive_of_too_many_entries_is_refused_unlisted(tmp_path, monkeypatch, is_large):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 20)
    n_entries = 70_000 if is_large else 30  # more than 65 535 are counted in another record
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(n_entries):
            archive.writestr(zipfile.ZipInfo(f"{number}.csv"), b"")
    monkeypatch.setattr(zipfile, "ZipFile", None)  # whoever lists them fails
    (found,) = inspected(path)
    assert found["reason"] == f"many.zip holds {n_entries} entries; at most 20 are read."


def test_an_archive_that_lies_about_its_number_of_entries_is_counted_again(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 20)
    path = tmp_path / "lie.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}.csv", b"")
    content = bytearray(path.read_bytes())
    content[-14:-10] = struct.pack("<2H", 3, 3)
    path.write_bytes(content)
    (found,) = inspected(path)
    assert "lie.zip holds 30 entries" in found["reason"]
