"""Files as loggers and colleagues write them: read honestly or asked about, never guessed."""

import json

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from vibration.errors import FormatError
from vibration.formats import read_recording
from vibration.formats.layouts.published_drivetrains import seu, spectraquest

N = 600
X, Y = np.random.default_rng(3).standard_normal((2, N))


def rows(*columns, separator=",", decimal=".", form="%.7f", end="\n"):
    return "".join(
        separator.join((form % value).replace(".", decimal) for value in row) + end
        for row in zip(*columns, strict=True)
    )


def times(fs_hz):
    return np.arange(N) / fs_hz


TEXTS = {
    "german": (
        "Abtastrate [Hz]: 12800\r\nDrehzahl [1/min]: 1480\r\nZeit [s];Beschleunigung [m/s²]\r\n"
        + rows(times(12800), X, separator=";", decimal=",", end="\r\n"),
        "cp1252", 12800.0, "m/s²",
    ),
    "french": (
        "\ufeffFréquence d'échantillonnage;25,6 kHz\nTemps (ms);Accélération X (g)\n"
        + rows(1000 * times(25600), X, separator=";", decimal=","),
        "utf-8", 25600.0, "g",
    ),
    "spanish": (
        "Frecuencia de muestreo = 10000 Hz\nTiempo\tVibración (mm/s)\n"
        + rows(times(10000), X, separator="\t"),
        "utf-8", 10000.0, "mm/s",
    ),
    "chinese": (
        "采样频率,12000\n时间(s),水平振动(g)\n" + rows(times(12000), X), "gbk", 12000.0, "g",
    ),
    "inches": ("# SampleRate: 5120\nTime,Velocity (ips)\n" + rows(times(5120), X), "utf-8",
               5120.0, "in/s"),
    "two bytes": ("Sampling Rate (Hz)\t8000\nX (m/s2)\tY (m/s2)\n" + rows(X, Y, separator="\t"),
                  "utf-16", 8000.0, "m/s²"),
    "mixed ends": (
        "fs=20000\nx (mg),y (mg)\n"
        + "".join(f"{X[n]:.4f},{Y[n]:.4f}" + ("\r\n" if n % 2 else "\n") for n in range(N)),
        "utf-8", 20000.0, "mg",
    ),
    "trailing marks": (
        "dt;0,00005;\nKanal 1;Kanal 2;\n" + rows(X, Y, separator=";", decimal=",", end=";\n"),
        "utf-8", 20000.0, None,
    ),
    "trailing tabs": ("fs 5120 Hz\nData\n" + rows(X, Y, separator="\t", end="\t\n"), "utf-8",
                      5120.0, None),
    "a unit with dots": ("Time [s],Acc [m·s⁻²]\n" + rows(times(10000), X), "utf-8", 10000.0,
                         "m/s²"),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_says_its_rate_and_unit_in_its_own_language(tmp_path, name):
    text, encoding, fs_hz, unit = TEXTS[name]
    path = tmp_path / "record.csv"
    path.write_bytes(text.encode(encoding))
    channel = read_recording(path).channel()
    assert (channel.fs_hz, channel.unit) == (fs_hz, unit)
    np.testing.assert_allclose(channel.samples, X, atol=1e-4)


def test_iso_times_of_a_table_are_read_at_once_and_one_by_one_alike(tmp_path):
    start = np.datetime64("2025-03-02T23:59:59.990000", "us")
    moments = [str(start + np.timedelta64(100 * n, "us")) for n in range(N)]
    for name, marks in (("plain", "{};{:.4f}"), ("quoted", '"{}";"{:.4f}"')):
        lines = [marks.format(moment, x) for moment, x in zip(moments, X, strict=True)]
        (tmp_path / f"{name}.csv").write_text("timestamp;x [g]\n" + "\n".join(lines))
    plain, quoted = (read_recording(tmp_path / f"{n}.csv") for n in ("plain", "quoted"))
    assert plain.channel().fs_hz == quoted.channel().fs_hz == 10_000.0
    assert plain.recordings[0].recorded_at == quoted.recordings[0].recorded_at
    assert plain.recordings[0].recorded_at.isoformat() == "2025-03-02T23:59:59.990000"


def test_a_gap_in_the_times_is_asked_about_with_its_place(tmp_path):
    moments = 1_700_000_000_000 + np.arange(N)
    moments[400:] += 500
    (tmp_path / "a.csv").write_text("ts_ms,x\n" + rows(moments, X, form="%.4f"))
    (question,) = read_recording(tmp_path / "a.csv").questions
    assert question.about == "times"
    assert "has a gap once, first at sample 401" in question.sentence


def test_rates_that_contradict_each_other_are_both_shown(tmp_path):
    (tmp_path / "a.csv").write_text("Sample rate: 25600 Hz\nTime (s),a\n" + rows(times(12800), X))
    (question,) = read_recording(tmp_path / "a.csv").questions
    assert "25600 Hz" in question.sentence
    assert "12800 Hz" in question.sentence


def test_a_sensitivity_that_is_not_applied_is_said(tmp_path):
    text = "Sampling frequency,51200\nSensitivity,100 mV/g\nCh1 (V)\n" + rows(X)
    (tmp_path / "a.csv").write_text(text)
    reading = read_recording(tmp_path / "a.csv")
    assert reading.channels[0].unit == "V"
    assert any("100 mV/g), which is not applied" in each.reason for each in reading.left_out)


def test_named_lines_of_numbers_are_waveforms(tmp_path):
    drawn = np.random.default_rng(1).standard_normal((3, 500))
    text = "".join("pump," + ",".join(f"{v:.5f}" for v in row) + "\n" for row in drawn)
    (tmp_path / "a.csv").write_text(text)
    reading = read_recording(tmp_path / "a.csv")
    np.testing.assert_allclose([c.samples for c in reading.channels], drawn, atol=1e-5)


def test_a_factor_of_the_climate_convention_is_applied(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["vib"] = np.round(1000 * X).astype("i2")
        file["vib"].attrs.update({"scale_factor": 0.001, "fs": 10000, "units": "g"})
    channel = read_recording(tmp_path / "a.h5").channel()
    assert (channel.unit, channel.fs_hz) == ("g", 10_000.0)
    np.testing.assert_allclose(channel.samples, X, atol=6e-4)


def test_whole_numbers_beside_any_other_scale_stay_counts(tmp_path):
    counts = np.round(1000 * X).astype("i2")
    np.savez(tmp_path / "a.npz", data=counts, scale=0.001, fs=48000.0, unit="g")
    channel = read_recording(tmp_path / "a.npz").channel()
    assert (channel.unit, channel.fs_hz) == ("counts", 48_000.0)
    np.testing.assert_array_equal(channel.samples, counts)


def test_a_scale_in_a_side_car_leaves_whole_numbers_counts(tmp_path):
    np.save(tmp_path / "a.npy", np.round(1000 * X).astype("i2"))
    (tmp_path / "a.json").write_text(json.dumps({"fs": 16000, "unit": "g", "scale": 0.001}))
    assert read_recording(tmp_path / "a.npy").channel().unit == "counts"


def test_samples_over_an_angle_are_not_said_to_stand_over_time(tmp_path):
    (tmp_path / "a.csv").write_text("Angle (deg),Acc (g)\n" + rows(0.5 * np.arange(N), X))
    reading = read_recording(tmp_path / "a.csv")
    assert reading.channel().fs_hz is None
    assert "angle" in reading.left_out[0].reason


@pytest.mark.parametrize(
    ("name", "label", "load"),
    [("N400", "healthy", "0 W"), ("IO604", "rolling_combined", "400 W"),
     ("B502", "rolling_element", "200 W")],
)  # fmt: skip
def test_a_ball_bearing_of_hanoi_is_known_by_its_name(tmp_path, name, label, load):
    savemat(tmp_path / f"{name}.mat", {"data": np.tile(X, 1000)})
    reading = read_recording(tmp_path / f"{name}.mat")
    recording, channel = reading.recordings[0], reading.channel()
    assert (reading.format, recording.label, recording.facts["load"]) == ("mat/hust", label, load)
    assert (channel.fs_hz, channel.source_of("fs_hz")) == (51_200.0, "known layout")


def test_a_short_file_of_such_a_name_is_asked_about(tmp_path):
    savemat(tmp_path / "B502.mat", {"data": X})
    assert read_recording(tmp_path / "B502.mat").channel().fs_hz is None


def test_a_gearbox_of_southeast_university_is_asked_its_rate(tmp_path, monkeypatch):
    monkeypatch.setattr("vibration.formats.layouts.published_drivetrains._SEU_FEWEST", N)
    head = "".join(f"head line {word}\n" for word in "abcdefghijklmnop")
    table = rows(*[X] * 8, separator="\t", end="\t\n")
    (tmp_path / "inner_30_2.csv").write_text(head + table)
    reading = read_recording(tmp_path / "inner_30_2.csv")
    assert (reading.format, reading.recordings[0].label) == ("csv/seu", "inner_race")
    assert [c.is_vibration for c in reading.channels].count(False) == 1
    assert (reading.channels[0].rpm, reading.channels[0].fs_hz) == (1800.0, None)
    assert reading.questions[0].about == "fs_hz"


def test_a_bearing_of_huazhong_has_three_axes(tmp_path, monkeypatch):
    monkeypatch.setattr("vibration.formats.layouts.published_drivetrains._HUST_FEWEST", N)
    table = rows(times(25600), 0 * X, X, Y, X, separator="\t")
    (tmp_path / "0.5X_O_65Hz.xls").write_text("Data\n" + table)
    reading = read_recording(tmp_path / "0.5X_O_65Hz.xls")
    assert (reading.format, reading.recordings[0].label) == ("csv/hust", "outer_race")
    assert [c.name for c in reading.channels] == ["X", "Y", "Z"]
    assert {(c.fs_hz, c.rpm) for c in reading.channels} == {(25_600.0, 3900.0)}


@pytest.mark.parametrize("layout", [seu, spectraquest])
def test_a_layout_is_not_told_by_a_name_alone(layout, tmp_path):
    path = tmp_path / "ball_20_0.csv"
    path.write_text("a,b\n" + rows(X, Y))
    assert read_recording(path).format == "csv"


@pytest.mark.parametrize("shape", [(4, 50, 6), (70, 70)])
def test_a_shape_that_does_not_tell_its_axis_of_time_is_refused(tmp_path, shape):
    np.save(tmp_path / "a.npy", np.zeros(shape))
    with pytest.raises(FormatError, match=r"axes|which axis is time"):
        read_recording(tmp_path / "a.npy")
