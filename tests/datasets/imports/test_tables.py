"""Answers from a CSV file: a row a file, a column a fact; all of it holds, or nothing."""

import pytest

from common.errors import Invalid
from datasets.imports.services.tables import table_apply
from datasets.models import ImportFile
from tests.datasets.imports.test_answering import make_file, planned
from tests.factories import make_bearing

pytestmark = pytest.mark.django_db


def test_a_table_says_labels_and_specimens(draft):
    make_file(draft, "rig/a.npy")
    make_file(draft, "rig/b.npy")
    table = b"File;Label;Specimen\na.npy;outer;B1\nrig/b.npy;inner;B2\n"
    assert table_apply(user=draft.owner, draft=draft, content=table).n_files == 2
    said = ImportFile.objects.values_list("label", "specimen")
    assert list(said) == [("outer", "B1"), ("inner", "B2")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"file,other\na,b\n", "needs the column file and .*It has: file, other"),
        (b"name;label\na;b\n", "needs the column file"),
        (b"file,label,Label\na,b,c\n", "two columns for what .Label. says"),
        (b"file,label\na,b\na,c\n", "Line 3: a stands in line 2 too"),
        (b"file,label\na,b,c\n", "Line 2 has 3 cells under 2 titles"),
        (b"file,label\n,b\n", "Line 2 names no file"),
        (b"file,speed\na,fast\n", "Line 2, speed: .fast. is no number. Nothing was changed"),
        (b"file,pulses\na,1.5\n", "Line 2, pulses: .1.5. is no whole number"),
        (b"file,fault size (furlongs)\na,1\n", "not in furlongs"),
        (b"file,class\na,broken\n", "no fault class .broken."),
        (b"file,bearing type\na,ZZ-9\n", "no bearing type .ZZ-9."),
        (b"file,rate\na,5\n", "Line 2, rate: A sampling rate is 10 Hz"),
        (b'file,label\n"a,b\n', "cannot be read"),
        (b"file,label\nz,b\n", "No file of this import"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "cannot be read"),
        (b"x" * 3_000_000, "larger than 2 MB"),
    ],
)
def test_a_table_that_says_nothing_is_refused(draft, content, words):
    make_file(draft, "a")
    with pytest.raises(Invalid, match=words):
        table_apply(user=draft.owner, draft=draft, content=content)


def test_a_table_answers_with_every_column(draft):
    make_file(draft, "rig/a.npy")
    make_bearing(name="ZZ-9")
    table = (
        "File;Label;Class;Severity;Specimen;Bearing type;Run;Sampling rate (Hz);Speed (rpm);Unit;"
        "Pulses per turn;Fault size (in);Fault location\n"
        "a.npy;IR;wear;severe;B1;ZZ-9;first;20480;1797,5;m/s2;1024;0,007;6 o’clock\n"
    )
    outcome = table_apply(user=draft.owner, draft=draft, content=table.encode())
    assert outcome.sentence == "The table answered for 1 file."
    file = planned(draft, "rig/a.npy")
    assert (file.label, file.severity, file.specimen, file.run) == ("wear", "severe", "B1", "first")
    channel = file.channels[0]
    assert (channel.fs_hz, channel.rpm, channel.unit) == (20_480.0, 1797.5, "m/s²")
    assert (file.pulses_per_turn, file.fault_location) == (1024, "6 o’clock")
    assert file.fault_size_mm == pytest.approx(0.1778)
    assert draft.specimens.get(name="B1").bearing.name == "ZZ-9"


def test_an_empty_cell_says_nothing(draft):
    make_file(draft, "a", fs_hz=1000.0)
    for content in (b"file,specimen,run\na,B1,first\n", b"file,specimen,run\na,,second\n"):
        table_apply(user=draft.owner, draft=draft, content=content)
    file = ImportFile.objects.get()
    assert (file.specimen, file.run) == ("B1", "second")


def test_files_that_are_not_here_are_named(draft):
    make_file(draft, "a")
    outcome = table_apply(user=draft.owner, draft=draft, content=b"file,run\na,1\nz,1\n")
    assert outcome.sentence == "The table answered for 1 file. z of it is not here."


def test_a_rate_in_a_table_that_a_file_contradicts_changes_nothing(draft):
    make_file(draft, "a")
    make_file(draft, "sure", fs_hz=12_000.0, rates=[12_000.0])
    with pytest.raises(Invalid, match="contradicts 48000 Hz") as refusal:
        table_apply(user=draft.owner, draft=draft, content=b"file,rate\na,48000\nsure,48000\n")
    assert list(refusal.value.field_errors) == ["table"]
    assert not ImportFile.objects.exclude(fs_hz=None).exists()


def test_one_specimen_has_one_type(draft):
    for path in ("a", "b"):
        make_file(draft, path)
    for name in ("ZZ-8", "ZZ-9"):
        make_bearing(name=name)
    content = b"file,specimen,bearing type\na,B1,ZZ-8\nb,B1,ZZ-9\n"
    with pytest.raises(Invalid, match="one specimen has one type"):
        table_apply(user=draft.owner, draft=draft, content=content)
    assert not draft.specimens.exists()


def test_a_table_may_be_utf_16_as_spreadsheets_write_it(draft):
    make_file(draft, "a")
    content = "file\tlabel\na\tÖl\n".encode("utf-16")
    table_apply(user=draft.owner, draft=draft, content=content)
    assert ImportFile.objects.get().label == "Öl"


def test_a_table_chooses_channels_and_names_the_only_one(draft):
    from datasets.models import ImportChannel

    file = make_file(draft, "a")
    only = file.channels.get()
    table_apply(user=draft.owner, draft=draft, content=b"file,sensor\na,Drive end\n")
    only.refresh_from_db()
    assert only.name == "Drive end"
    second = ImportChannel.objects.create(
        file=file, recording=0, position=1, name="Fan end", n_samples=1, fs_hz=8.0
    )
    table_apply(user=draft.owner, draft=draft, content=b"file,sensor\na,Fan end\n")
    only.refresh_from_db()
    second.refresh_from_db()
    assert (only.is_kept, second.is_kept) == (False, True)
    with pytest.raises(Invalid, match="a has no channel Z; it has Drive end, Fan end"):
        table_apply(user=draft.owner, draft=draft, content=b"file,sensor\na,Z\n")


def test_load_and_time_in_a_table_take_the_place_of_the_file_s(draft):
    make_file(draft, "a")
    content = b"file,load (hp),recorded at\na,2,2024-02-12 10:32:39\n"
    table_apply(user=draft.owner, draft=draft, content=content)
    file = planned(draft, "a")
    assert (file.load, file.recorded_at.isoformat()) == ("2 hp", "2024-02-12T10:32:39+00:00")
