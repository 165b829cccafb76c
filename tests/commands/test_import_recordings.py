import csv
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError

from datasets.models import Dataset
from signals.models import Recording, Run, Signal
from signals.selectors import signal_samples
from tests.commands.running import NOBODY, called, refusal, run
from tests.factories import make_user
from tests.vibration.formats.published import CASES, RECORDINGS
from vibration.formats.examples import examples
from vibration.machines.bearings import Line
from vibration.machines.lines import find_lines
from vibration.spectra.envelope import envelope_spectrum

MADE = {example.name: example.content for example in examples(n=2048)}
published = pytest.mark.skipif(
    not (RECORDINGS / "MANIFEST.csv").is_file(), reason=f"no recordings in {RECORDINGS}"
)
reported = pytest.mark.skipif(not (CASES / "CASES.json").is_file(), reason=f"no cases in {CASES}")


@pytest.fixture
def owner(seeded):
    return make_user("superuser")


@pytest.fixture
def given(tmp_path):
    """Return a folder to put files into, beside the portal's storage."""
    return tmp_path / "given"


def put(folder: Path, *beginnings: str) -> Path:
    for name, content in MADE.items():
        if name.startswith(beginnings):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content())
    return folder


def listed(*line) -> list:
    return json.loads(called("import_recordings", *map(str, line), "--json"))


def labels() -> list[str]:
    return list(Signal.objects.order_by("pk").values_list("label", flat=True))


def test_a_dry_run_needs_no_services_and_writes_nothing(given):
    done = run("import_recordings", put(given, "titled"), "--dry-run", "--json", **NOBODY)
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = json.loads(done.stdout)
    assert [channel["fs_hz"] for channel in found["channels"]] == [20_000.0, 20_000.0]


def test_nothing_accepted_is_exit_status_2(given):
    given.mkdir()
    (given / "words.csv").write_text("no numbers")
    error = refusal("import_recordings", str(given), "--dry-run")
    assert (error.returncode, str(error)) == (2, "No file was accepted.")


def test_without_a_dataset_or_a_dry_run_it_is_refused(given):
    assert "--dataset" in str(refusal("import_recordings", str(given)))


def test_a_file_becomes_signals_of_a_dataset(owner, given):
    put(given, "titled")
    (found,) = listed(given / "titled.csv", "--dataset", "Rig", "--rpm", 1800)
    assert found["accepted"]
    assert Dataset.objects.get(name="Rig").status == "ready"
    assert labels() == ["titled · DE (g)", "titled · FE (g)"]
    signal = Signal.objects.select_related("recording").first()
    assert (signal.fs_hz, signal.rpm, signal.unit) == (20_000.0, 1800.0, "g")
    assert signal.recording.rpm_source == "given by the person"
    assert signal.rms > 0


def test_a_file_that_waits_for_its_rate_is_listed_and_left_out(owner, given):
    put(given, "titled", "cwru")
    found = listed(given, "--dataset", "Rig")
    assert [(Path(each["file"]).name, each["accepted"]) for each in found] == [
        ("cwru.mat", True),
        ("titled.csv", True),
    ]
    assert set(Recording.objects.values_list("format", flat=True)) == {"csv"}


def test_where_all_files_wait_nothing_is_made(owner, given):
    put(given, "cwru")
    assert refusal("import_recordings", str(given), "--dataset", "Rig").returncode == 2
    assert not Dataset.objects.exists()


def test_the_rate_that_a_person_gives_is_called_so(owner, given):
    listed(put(given, "cwru"), "--dataset", "Rig", "--fs", 12_000)
    assert Recording.objects.get().fs_source == "given by the person"


def test_the_rows_of_a_zip_are_those_of_its_folder(owner, given):
    put(given / "f", "xjtu_run")
    with zipfile.ZipFile(given / "f.zip", "w") as archive:
        for path in sorted((given / "f").rglob("*.csv")):
            archive.write(path, path.relative_to(given / "f"))
    listed(given / "f.zip", "--dataset", "zip")
    listed(given / "f", "--dataset", "folder")
    columns = ("label", "fs_hz", "rpm", "rms", "recording__position", "recording__specimen__name")
    zipped, plain = (
        list(Signal.objects.filter(store__dataset__name=name).order_by("pk").values_list(*columns))
        for name in ("zip", "folder")
    )
    assert zipped == plain
    assert len(plain) == 24


def test_segments_and_channels_are_those_asked_for(owner, given):
    put(given, "titled")
    listed(given, "--dataset", "Rig", "--channel", "DE (g)", "--segment", 1024, "--overlap", 50)
    assert labels() == ["titled #1", "titled #2", "titled #3"]


def test_classes_and_specimens_come_from_where_they_are_said(owner, given):
    put(given / "Inner race", "titled")
    table = given / "specimens.csv"
    table.write_text("file,specimen\ntitled.csv,B7\n")
    listed(
        given / "Inner race", "--dataset", "Rig", "--label-from", "folder",
        "--specimen-from", table,
    )  # fmt: skip
    signal = Signal.objects.select_related("recording__specimen", "fault_class").first()
    assert signal.fault_class.code == "inner_race"
    assert signal.recording.specimen.name == "B7"


def test_a_table_says_every_fact_of_each_file(owner, given):
    from tests.factories import make_bearing

    make_bearing(name="ZZ-9")
    put(given / "rig", "titled", "key_lines", "cwru")
    table = given / "labels.csv"
    table.write_text(
        "File;Class;Severity;Specimen;Bearing type;Run;fs_khz;Speed (Hz);Load_hp;Sensor;"
        "Fault size (mil);Fault location\n"
        "rig/titled.csv;Inner race;severe;B7;ZZ-9;first;20;25;2;DE (g);7;6 o’clock\n"
        "rig/cwru;ball;;;;;12;;;;;\n"
    )
    found = listed(given / "rig", "--dataset", "Rig", "--label-from", table)
    signals = {
        each.recording.name.partition("/")[2]: each
        for each in Signal.objects.select_related(
            "recording__specimen__bearing", "recording__run", "fault_class", "severity"
        )
    }
    titled = signals["titled.csv"]
    recording = titled.recording
    assert (titled.fault_class.code, titled.severity.code) == ("inner_race", "severe")
    assert (titled.channel, titled.rpm, titled.fs_hz) == ("DE (g)", 1500.0, 20_000.0)
    assert (recording.specimen.name, recording.specimen.bearing.name) == ("B7", "ZZ-9")
    assert (recording.run.name, recording.load) == ("first", "2 hp")
    assert recording.fault_size_mm == pytest.approx(0.1778)
    assert recording.fault_location == "6 o’clock"
    assert signals["cwru.mat"].fs_hz == 12_000.0
    assert "severity" not in next(each for each in found if each["file"].endswith("cwru.mat"))


def test_a_pattern_of_paths_says_what_folders_mean(owner, given):
    put(given / "rig" / "cage" / "B7_1500rpm", "titled")
    listed(given / "rig", "--dataset", "Rig", "--pattern", "{label}/{specimen}_{speed}rpm/*")
    signal = Signal.objects.select_related("recording__specimen", "fault_class").first()
    assert (signal.fault_class.code, signal.rpm) == ("cage", 1500.0)
    assert signal.recording.specimen.name == "B7"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--label-from", "nowhere.csv"), "--label-from takes folder, name or a CSV file"),
        (("--specimen-from", "bad.csv"), "needs the columns file and specimen"),
        (("--label-from", "strange.csv"), "No row of strange.csv speaks of any"),
        (("--label-from", "wrong.csv"), "Line 2, speed: “fast” is no number."),
        (("--pattern", "{colour}"), "The pattern names “colour”"),
        (("--pattern", "{label}/{specimen}_x_*"), "No path fits the pattern"),
        (("--fs", "1e12"), "10 Hz to 10 million Hz"),
        (("--fs", "0"), "10 Hz to 10 million Hz"),
        (("--fs", "nan"), "no number"),
        (("--rpm", "-5"), "above 0"),
        (("--unit", "furlongs per night"), "is no unit"),
        (("--segment", "3"), "from 64 to"),
        (("--segment", "128", "--overlap", "99"), "0 to 95"),
        (("--overlap", "0.5"), "say how long they are with --segment"),
        (("--channel", "Z"), "No file was accepted."),
    ],
)
def test_each_option_is_refused_in_one_sentence(given, monkeypatch, options, words):
    put(given, "titled")
    for name, content in {
        "bad.csv": "file,label\na,b\n",
        "strange.csv": "file,label\nother.csv,b\n",
        "wrong.csv": "file,label,speed\ntitled,b,fast\n",
    }.items():
        (given.parent / name).write_text(content)
    monkeypatch.chdir(given.parent)
    error = refusal("import_recordings", str(given), "--dry-run", *options)
    assert len(str(error).splitlines()) == 1
    assert words in str(error)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--dataset", "Rig", "--owner", "nobody"), "no active user “nobody”"),
        (("--dataset", "x" * 300), "100"),
        (("--dataset", "Rig", "--label-from", "types.csv"), "no bearing type “ZZ-9”"),
    ],
)
def test_what_the_portal_does_not_know_is_refused(owner, given, monkeypatch, options, words):
    put(given, "titled")
    (given.parent / "types.csv").write_text("file,label,specimen,type\ntitled,b,B1,ZZ-9\n")
    monkeypatch.chdir(given.parent)
    error = refusal("import_recordings", str(given), *options)
    assert (error.returncode, Dataset.objects.count()) == (2, 0)
    assert words in str(error)


def test_the_same_command_again_adds_only_what_is_new(owner, given):
    put(given, "titled")
    listed(given, "--dataset", "Rig")
    put(given, "key_lines")
    found = listed(given, "--dataset", "Rig")
    assert [each["accepted"] for each in found] == [True, False]
    assert "is in the dataset already" in found[1]["reason"]
    assert Recording.objects.count() == 2


def test_signals_of_several_lengths_are_exported_as_an_archive(owner, given, tmp_path):
    listed(put(given, "titled", "packed"), "--dataset", "Rig")
    put(given, "ims_run")
    listed(given / "ims_run", "--dataset", "Rig")
    called("export_dataset", "Rig", "--format", "npz", "--out", str(tmp_path / "out.zip"))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert set(archive.namelist()) == {"signals-1.npz", "signals-2.npz"}


@pytest.mark.parametrize(
    ("layout", "specimen", "n_channels"),
    [("ims_run", "ims_run", 4), ("femto_run", "Bearing1_1", 2), ("xjtu_run", "Bearing1_1", 2)],
)
def test_a_run_to_failure_keeps_its_order(owner, given, layout, specimen, n_channels):
    listed(put(given, layout) / layout, "--dataset", "Rig")
    found = Run.objects.select_related("specimen").get()
    assert found.specimen.name == specimen
    rows = list(found.recordings.order_by("position").values_list("position", "name"))
    assert [position for position, _ in rows] == list(range(1, 13))
    names = [Path(name).name for _, name in rows]
    assert names == sorted(names, key=lambda name: (len(name), name))
    assert Signal.objects.count() == 12 * n_channels
    # The last recordings are the damaged ones.
    rms = Signal.objects.order_by("recording__position", "pk").values_list("rms", flat=True)
    assert rms[len(rms) - n_channels] > 1.5 * rms[0]


@published
def test_the_published_files_read_as_their_table_says():
    found = {
        str(Path(each["file"]).relative_to(RECORDINGS)): each
        for each in listed(RECORDINGS, "--dry-run")
    }
    rows = list(csv.DictReader((RECORDINGS / "MANIFEST.csv").open(encoding="utf-8")))
    assert len(rows) == 37
    for row in rows:
        each = found[row["file"]]
        is_probe = row["label"].startswith(("NEGATIVE", "FORMAT PROBE")) or row["format"] == "json"
        assert each["accepted"] is not is_probe, row["file"]
        if is_probe:
            assert each["reason"].endswith("."), row["file"]
            continue
        lengths = [channel["n_samples"] for channel in each["channels"]]
        assert max(lengths) == int(row["n_samples"]), row["file"]
        rates = {channel["fs_hz"] for channel in each["channels"]}
        if "fs_hz" in {question["about"] for question in each["questions"]}:
            assert rates == {None}, row["file"]
        else:
            right = pytest.approx(float(row["fs_hz"]), rel=1e-5)
            assert any(rate == right for rate in rates), row["file"]


@reported
def test_the_reported_files_read_as_their_list_says():
    cases = json.loads((CASES / "CASES.json").read_text(encoding="utf-8"))
    try:
        found = listed(*(CASES / case["file"] for case in cases), "--dry-run")
    except CommandError as error:
        pytest.fail(str(error))
    for case, each in zip(cases, found, strict=True):
        assert each["accepted"] is case["accept"], case["id"]
        if case["accept"]:
            channels = [(c["name"], c["n_samples"], c["fs_hz"]) for c in each["channels"]]
            right = [(c["name"], c["n_samples"], c["fs_hz"]) for c in case["channels"]]
            assert channels == right, case["id"]


@published
def test_the_fault_frequencies_stand_in_imported_data_where_they_were_published(owner):
    peaks = list(csv.DictReader((RECORDINGS / "EXPECTED_PEAKS.csv").open(encoding="utf-8")))
    files = {row["file"]: row for row in peaks if not row["fault"].startswith("CONTROL")}
    for row in files.values():
        listed(
            RECORDINGS / row["file"], "--dataset", row["file"], "--fs", row["fs_hz"],
            "--channel", row["signal"], "--no-originals",
        )  # fmt: skip
        signal = Signal.objects.get(store__dataset__name=row["file"])
        spectrum = envelope_spectrum(signal_samples(owner, signal), signal.fs_hz)
        line = Line(row["fault"], 1, float(row["order"]), float(row["expected_hz"]))
        (found,) = find_lines(*spectrum, [line])
        assert found.is_found
        assert found.measured_hz == pytest.approx(
            float(row["measured_hz"]), abs=float(row["tolerance_hz"])
        )
