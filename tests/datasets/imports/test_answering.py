"""What a person answers: for one file or many, all of it or nothing."""

import pytest

from common.errors import Invalid
from datasets.imports.facts import file_planned, n_segments, rate_of, unit_of
from datasets.imports.selectors import counts_of, files_of
from datasets.imports.services.answering import (
    Answers,
    answers_forget,
    channel_names_choose,
    channels_choose,
    files_answer,
    files_chosen,
    labels_map,
    specimen_describe,
)
from datasets.models import ImportChannel, ImportFile, ImportRate
from signals.models import FaultClass
from tests.factories import make_bearing, make_user

pytestmark = pytest.mark.django_db


def make_file(draft, path, *, fs_hz=None, rates=(), label="", channels=("DE",)):
    """Write the rows that reading a file leaves."""
    file = ImportFile.objects.create(
        draft=draft, path=path, stored=path.replace("/", "-"), size_bytes=1, received_bytes=1,
        status="read", sha256=f"{hash(path):064x}"[-64:], format="npy", label=label,
    )  # fmt: skip
    for position, name in enumerate(channels):
        channel = ImportChannel.objects.create(
            file=file, recording=0, position=position, name=name, n_samples=1000, fs_hz=fs_hz,
            fs_source="in the file" if fs_hz else "", waits_for_rate=fs_hz is None,
        )  # fmt: skip
        for value in rates:
            ImportRate.objects.create(
                channel=channel, fs_hz=value, source="in the file", words=f"line {value:g}"
            )
    return file


def answer(draft, *paths, **said):
    files = files_of(draft).filter(path__in=paths) if paths else files_chosen(draft, None)
    return files_answer(user=draft.owner, draft=draft, files=files, answers=Answers(**said))


def planned(draft, path):
    file = ImportFile.objects.select_related("draft", "fault_class", "severity").get(path=path)
    return file_planned(file)


def test_one_rate_answers_many_files(draft):
    for path in ("a", "b", "c"):
        make_file(draft, path)
    assert answer(draft, "a", "b", fs_hz=20_480.0) == 2
    assert counts_of(draft) == {"all": 3, "open": 1, "ready": 2, "out": 0}
    channel = planned(draft, "a").channels[0]
    assert (channel.fs_hz, channel.fs_source) == (20_480.0, "given by the person")


def test_a_rate_that_contradicts_a_file_by_more_than_one_percent_is_refused_for_all(draft):
    make_file(draft, "open")
    make_file(draft, "sure", fs_hz=12_000.0, rates=[12_000.0])
    with pytest.raises(Invalid, match=r"sure: The file says 12000 Hz.*contradicts 48000 Hz"):
        answer(draft, fs_hz=48_000.0)
    assert not ImportFile.objects.exclude(fs_hz=None).exists()
    answer(draft, fs_hz=12_050.0)  # within 1 %: the file's own stays
    assert planned(draft, "sure").channels[0].fs_hz == 12_000.0


def test_of_a_file_that_contradicts_itself_one_of_its_rates_may_be_chosen(draft):
    make_file(draft, "both", rates=[12_000.0, 48_000.0])
    with pytest.raises(Invalid, match=r"12000 Hz .line 12000. and 48000 Hz"):
        answer(draft, fs_hz=20_000.0)
    assert answer(draft, fs_hz=48_000.0) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"fs_hz": 5.0}, "fs_hz"),
        ({"fs_hz": float("nan")}, "fs_hz"),
        ({"fs_hz": 1e9}, "fs_hz"),
        ({"rpm": 0.0}, "rpm"),
        ({"rpm": float("inf")}, "rpm"),
        ({"unit": "x" * 11}, "unit"),
        ({"specimen": "a\0b"}, "specimen"),
        ({"run": "x" * 200}, "run"),
        ({"pulses_per_turn": 0}, "pulses_per_turn"),
        ({"pulses_per_turn": 10**9}, "pulses_per_turn"),
        ({"fault_size_mm": "large"}, "fault_size_mm"),
        ({"fault_size_mm": "7 miles"}, "fault_size_mm"),
        ({"fault_size_mm": "0"}, "fault_size_mm"),
        ({"fault_location": "x" * 200}, "fault_location"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_its_field(draft, said, field):
    make_file(draft, "a")
    with pytest.raises(Invalid) as refusal:
        answer(draft, **said)
    assert list(refusal.value.field_errors) == [field]


def test_nothing_said_and_nothing_chosen_are_refused(draft):
    with pytest.raises(Invalid, match="at least one file"):
        answer(draft, rpm=900.0)
    make_file(draft, "a")
    with pytest.raises(Invalid, match="at least one thing"):
        answer(draft)


def test_a_unit_fills_only_what_the_file_leaves_open(draft):
    file = make_file(draft, "a", channels=("DE", "FE"))
    file.channels.filter(name="DE").update(unit="mm/s", unit_source="in the file")
    answer(draft, unit="m/s2")
    file.refresh_from_db()
    units = [unit_of(file, channel) for channel in file.channels.all()]
    assert [(u.value, u.source) for u in units] == [
        ("mm/s", "in the file"),
        ("m/s²", "given by the person"),
    ]


def test_specimens_and_labels_are_taken_from_folder_and_name(draft):
    make_file(draft, "rig/B1/IR007.mat")
    answer(draft, specimen_from="folder", label_from="name", run="first")
    file = ImportFile.objects.get()
    assert (file.specimen, file.label, file.run) == ("B1", "IR007", "first")


@pytest.mark.parametrize(
    ("text", "size_mm"),
    [("0.18", 0.18), ("0,5 mm", 0.5), ("7 mil", 0.1778), ("0.007in", 0.1778), ("180 µm", 0.18)],
)
def test_a_fault_size_is_kept_in_mm(draft, text, size_mm):
    make_file(draft, "a", fs_hz=1000.0)
    answer(draft, fault_size_mm=text, fault_location="6 o’clock")
    file = planned(draft, "a")
    assert file.fault_size_mm == pytest.approx(size_mm)
    assert (file.fault_location, file.fault_source) == ("6 o’clock", "given by the person")


def test_pulses_are_answered_for_many_files_with_their_source(draft):
    for path in ("a", "b"):
        make_file(draft, path, fs_hz=1000.0)
    assert answer(draft, pulses_per_turn=1024) == 2
    file = planned(draft, "b")
    assert (file.pulses_per_turn, file.pulses_source) == (1024, "given by the person")
    assert planned(draft, "a").fault_source == ""


def test_labels_mean_classes(draft):
    for path, label in (("a", "IR"), ("b", "IR"), ("c", "N")):
        make_file(draft, path, label=label, fs_hz=1000.0)
    wear = FaultClass.objects.get(code="wear")
    assert labels_map(user=draft.owner, draft=draft, classes={"IR": wear, "N": None}) == 3
    assert [planned(draft, path).label for path in "abc"] == ["wear", "wear", ""]


def test_labels_that_no_file_has_cost_no_query(draft, django_assert_max_num_queries):
    make_file(draft, "a", label="IR", fs_hz=1000.0)
    with django_assert_max_num_queries(30):
        unknown = {f"a{n}": None for n in range(1000)}
        assert labels_map(user=draft.owner, draft=draft, classes=unknown) == 0


def test_channels_are_chosen_in_one_file_and_in_all(draft):
    first = make_file(draft, "a", channels=("DE", "FE"), fs_hz=1000.0)
    make_file(draft, "b", channels=("DE", "FE"), fs_hz=1000.0)
    kept = {first.channels.get(name="FE").pk}
    channels_choose(user=draft.owner, draft=draft, file=first, kept=kept)
    assert [each.name for each in planned(draft, "a").channels] == ["FE"]
    files = files_chosen(draft, None)
    channel_names_choose(user=draft.owner, draft=draft, files=files, name="DE", is_kept=False)
    assert [each.name for each in planned(draft, "b").channels] == ["FE"]


def test_a_channel_without_a_rate_of_its_own_cannot_be_kept(draft):
    file = make_file(draft, "a", fs_hz=1000.0, channels=("DE", "odd"))
    odd = file.channels.get(name="odd")
    ImportChannel.objects.filter(pk=odd.pk).update(fs_hz=None, waits_for_rate=False, is_kept=False)
    with pytest.raises(Invalid, match="no sampling rate"):
        channels_choose(user=draft.owner, draft=draft, file=file, kept={odd.pk})
    assert rate_of(file, odd).value == 1000.0  # as it was before


def test_a_file_left_out_can_be_taken_in_again(draft):
    make_file(draft, "a", fs_hz=1000.0)
    answer(draft, is_left_out=True)
    assert counts_of(draft)["out"] == 1
    answer(draft, is_left_out=False)
    assert counts_of(draft)["ready"] == 1


def test_answers_are_taken_back(draft):
    make_file(draft, "a")
    answer(draft, fs_hz=1000.0, specimen="B1", rpm=900.0, fault_size_mm="1", pulses_per_turn=2)
    answers_forget(user=draft.owner, draft=draft, files=files_chosen(draft, None))
    file = ImportFile.objects.get()
    assert (file.fs_hz, file.rpm, file.specimen) == (None, None, "")
    assert (file.fault_size_mm, file.pulses_per_turn) == (None, None)


def test_a_specimen_has_a_type_of_the_catalogue(draft):
    make_file(draft, "a", fs_hz=1000.0)
    answer(draft, specimen="B1")
    bearing = make_bearing()
    specimen_describe(user=draft.owner, draft=draft, name="B1", bearing=bearing)
    assert draft.specimens.get().bearing == bearing
    with pytest.raises(Invalid, match="No file"):
        specimen_describe(user=draft.owner, draft=draft, name="B2", bearing=bearing)


def test_a_stranger_answers_nothing(draft):
    file = make_file(draft, "a")
    with pytest.raises(Exception, match="no such import"):
        files_answer(
            user=make_user("engineer"), draft=draft, files=files_of(draft), answers=Answers(rpm=9.0)
        )
    file.refresh_from_db()
    assert file.rpm is None


@pytest.mark.parametrize(
    ("n", "segment", "overlap", "signals"),
    [(1000, None, 0, 1), (1000, 256, 0, 3), (1000, 256, 0.5, 6), (1000, 1000, 0, 1), (9, 64, 0, 0)],
)
def test_a_record_becomes_so_many_signals(n, segment, overlap, signals):
    assert n_segments(n, segment, overlap) == signals
