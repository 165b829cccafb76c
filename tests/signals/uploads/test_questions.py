from pathlib import Path

import numpy as np
import pytest
from django.core.files import File

from common.errors import Invalid
from signals.models import Signal
from signals.selectors import upload_first_signal
from signals.uploads.questions import Questions
from signals.uploads.services import upload_create
from tests.factories import make_user
from tests.signals.recordings import mat, npy, sine, upload
from tests.vibration.test_recordings import FOLDER

pytestmark = pytest.mark.django_db

recordings = pytest.mark.skipif(
    not (FOLDER / "MANIFEST.csv").is_file(),
    reason=f"no recordings in {FOLDER}; set RECORDINGS_DIR to the folder that holds MANIFEST.csv",
)
UESTC = mat(Data=sine(4096), SampleFrequency=8000.0)


def asked(content, **answers):
    nothing = {"fs_hz": None, "rpm": None, "unit": None}
    with pytest.raises(Questions) as questions:
        upload(content, **(nothing | answers))
    return questions.value


def the_signal(kept):
    return Signal.objects.get(store__upload=kept)


def test_all_that_a_file_does_not_say_is_asked_at_once():
    questions = asked(npy(sine()))
    assert set(questions.field_errors) == {"fs_hz", "rpm", "unit"}
    assert questions.summary == "1 channel of 2\u202f048 samples"


@pytest.mark.parametrize("name", ["fs_hz", "rpm", "unit"])
def test_only_what_is_still_open_is_asked(name):
    answers = {"fs_hz": 8000.0, "rpm": 600.0, "unit": "g"} | {name: None}
    assert set(asked(npy(sine()), **answers).field_errors) == {name}


def test_unknown_answers_speed_and_unit():
    signal = the_signal(upload(npy(sine()), rpm="unknown", unit="unknown"))
    assert (signal.rpm, signal.unit) == (None, "unknown")


def test_a_rate_in_the_file_is_not_asked():
    timed = mat(t=np.arange(100) / 5000.0, x=sine(100))
    assert set(asked(timed, name="t.mat").field_errors) == {"rpm", "unit"}


@pytest.mark.parametrize("fs_hz", [0.0, -1.0, float("nan"), float("inf"), 1e12])
def test_a_rate_that_cannot_be_is_refused(fs_hz):
    assert "above 0" in asked(npy(sine()), fs_hz=fs_hz, rpm=1.0, unit="g").field_errors["fs_hz"][0]


@pytest.mark.parametrize("rpm", [0.0, -600.0, float("nan"), 1e9, "fast"])
def test_a_speed_that_cannot_be_is_refused(rpm):
    questions = asked(npy(sine()), fs_hz=1.0, rpm=rpm, unit="g")
    assert "above 0" in questions.field_errors["rpm"][0]


def test_a_unit_too_long_is_refused():
    questions = asked(npy(sine()), fs_hz=1.0, rpm=1.0, unit="millimetres")
    assert "10 characters" in questions.field_errors["unit"][0]


@pytest.mark.parametrize(("given", "written"), [("m/s2", "m/s²"), ("G", "g"), (" µm ", "µm")])
def test_a_unit_is_written_one_way(given, written):
    assert the_signal(upload(npy(sine()), unit=given)).unit == written


def test_a_rate_that_contradicts_the_file_is_refused():
    questions = asked(UESTC, name="a.mat", fs_hz=12_000.0, rpm=1.0, unit="g")
    (sentence,) = questions.field_errors["fs_hz"]
    assert "8000 Hz" in sentence
    assert "12000 Hz" in sentence


def test_a_rate_that_agrees_with_the_file_is_taken():
    assert the_signal(upload(UESTC, name="a.mat", fs_hz=8000.0)).fs_hz == 8000


def test_a_given_speed_takes_the_place_of_the_files():
    content = mat(X097_DE_time=sine(), X097RPM=1796.0)
    assert the_signal(upload(content, name="a.mat", rpm=1772.0)).rpm == 1772


def test_a_lone_temperature_is_asked_for_its_rate_only():
    rows = b"temperature\n" + b"".join(b"20.%d\n" % (n % 7) for n in range(40))
    questions = asked(rows, name="temp.csv")
    assert set(questions.field_errors) == {"fs_hz"}


def test_vectors_of_different_lengths_are_channels_of_one_rate():
    kept = upload(mat(a=sine(2048), b=sine(1024)), name="two.mat")
    found = Signal.objects.filter(store__upload=kept)
    assert sorted(found.values_list("fs_hz", "n_samples")) == [(8000, 1024), (8000, 2048)]
    assert kept.stores.count() == 2


def test_the_first_vibration_channel_is_the_one_to_open():
    text = "speed rpm,DE [g]\n" + "".join(f"600,{value:.4f}\n" for value in sine(1500))
    kept = upload(text.encode(), name="two.csv")
    assert Signal.objects.get(pk=upload_first_signal(kept)).channel == "DE [g]"


def take(path, **answers):
    with (FOLDER / path).open("rb") as file:
        return upload_create(
            owner=make_user(), file=File(file), file_name=Path(path).name, **answers
        )


@recordings
@pytest.mark.parametrize(("path", "n"), [("cwru/174_0.mat", 2), ("cwru/105_0.mat", 3)])
def test_cwru_states_speed_and_unit_but_no_rate(path, n):
    with pytest.raises(Questions) as questions:
        take(path)
    assert set(questions.value.field_errors) == {"fs_hz"}
    kept = take(path, fs_hz=12_000.0)
    found = Signal.objects.filter(store__upload=kept).order_by("pk")
    assert len(found) == n
    assert {(s.fs_hz, s.unit) for s in found} == {(12_000, "g")}
    assert all(signal.rpm > 1700 and signal.rms > 0 for signal in found)


@recordings
def test_mfpt_states_everything():
    signal = the_signal(take("mfpt/InnerRaceFault_vload_1.mat"))
    assert (signal.fs_hz, signal.rpm, signal.unit) == (48_828, 1500, "g")
    assert (signal.label, signal.n_samples) == ("InnerRaceFault_vload_1", 146_484)


@recordings
def test_a_file_of_short_arrays_is_refused_with_what_it_holds():
    (path,) = (p for p in sorted((FOLDER / "mat73").glob("*.mat"))[:1])
    with pytest.raises(Invalid, match="no numeric signal"):
        take(path.relative_to(FOLDER))


def test_an_axis_without_a_unit_is_asked_about_with_a_proposal():
    text = "Time,Acc\n" + "".join(f"{i / 10:.1f},{v:.4f}\n" for i, v in enumerate(sine(1500)))
    questions = asked(text.encode(), name="a.csv")
    assert questions.proposals == {"fs_hz": 10000.0}
    assert "10000 Hz in ms" in questions.field_errors["fs_hz"][0]


def test_a_temperature_without_a_rate_beside_samples_is_not_kept():
    content = mat(time=np.arange(2048) / 8000, vib=sine(2048), temperature=40 + sine(21))
    kept = upload(content, name="two.mat", fs_hz=None)
    assert the_signal(kept).channel == "vib"


def test_uneven_times_are_resampled_where_the_person_gives_the_rate():
    times_s = np.arange(2048) / 8000 + 2e-5 * np.sin(np.arange(2048.0))
    rows = "".join(f"{t:.7f},{v:.5f}\n" for t, v in zip(times_s, sine(2048), strict=True))
    text = ("time (s),acc (g)\n" + rows).encode()
    assert "uneven" in asked(text, name="a.csv").field_errors["fs_hz"][0]
    signal = the_signal(upload(text, name="a.csv", fs_hz=8000.0))
    assert signal.fs_hz == 8000


def test_a_rate_given_for_times_with_a_gap_is_refused_naming_where_to_cut():
    times_s = np.where(np.arange(2048) < 1000, 0, 10) + np.arange(2048) / 8000
    rows = "".join(f"{t:.7f},{v:.5f}\n" for t, v in zip(times_s, sine(2048), strict=True))
    text = ("time (s),acc (g)\n" + rows).encode()
    (asks,) = asked(text, name="a.csv").field_errors["fs_hz"]
    assert asks.endswith("after sample 1000: cut the file there.")
    refused = asked(text, name="a.csv", fs_hz=8000.0, rpm=600.0, unit="g")
    assert "after sample 1000: cut the file there." in refused.field_errors["fs_hz"][0]
