"""Text tables as the world writes them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.formats import read_recording

X = np.round(np.random.default_rng(0).standard_normal(50), 4)
Y = np.round(np.random.default_rng(1).standard_normal(50), 4)
XY = list(zip(X, Y, strict=True))


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def table(*columns, separator=",", decimal=".", title="", end="\n"):
    lines = [
        separator.join(repr(float(value)).replace(".", decimal) for value in row)
        for row in zip(*columns, strict=True)
    ]
    return title + end.join(lines) + end


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   ", " \t ", ", ", " ; "])
@pytest.mark.parametrize("title", ["", "left,right\n", "# made by a logger\n#\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_two_columns_are_two_channels_however_separated(tmp_path, separator, title, end):
    text = table(X, Y, separator=separator, end=end, title=title.replace(",", separator))
    recording = read_recording(write(tmp_path, text))
    assert len(recording.channels) == 2
    np.testing.assert_array_equal(recording.channels[0].samples, X)
    np.testing.assert_array_equal(recording.channels[1].samples, Y)


@pytest.mark.parametrize("separator", [";", "\t", " "])
def test_decimal_commas_are_read_between_other_separators(tmp_path, separator):
    recording = read_recording(write(tmp_path, table(X, Y, separator=separator, decimal=",")))
    np.testing.assert_array_equal(recording.channels[1].samples, Y)


def test_one_column_of_decimal_commas_is_one_channel(tmp_path):
    recording = read_recording(write(tmp_path, table(X, decimal=",")))
    np.testing.assert_array_equal(recording.channel().samples, X)


@pytest.mark.parametrize("seed", range(20))
def test_one_column_of_decimal_commas_loses_no_sample_at_its_beginning(tmp_path, seed):
    samples = np.round(5 * np.random.default_rng(seed).standard_normal(500), 4)
    text = "".join(f"{a:.4f}\n".replace(".", ",") for a in samples)
    recording = read_recording(write(tmp_path, text))
    np.testing.assert_array_equal(recording.channel().samples, samples)


@pytest.mark.parametrize("place", [0, 1, 7, 50])
def test_a_whole_number_among_decimal_commas_is_a_sample_too(tmp_path, place):
    samples = np.insert(np.round(X, 3), place, 2.0)
    text = "".join(f"{a:g}\n".replace(".", ",") for a in samples)
    recording = read_recording(write(tmp_path, text))
    np.testing.assert_array_equal(recording.channel().samples, samples)


def test_one_title_over_single_decimals_after_a_comma_is_one_channel(tmp_path):
    samples = np.round(1 + 9 * np.abs(X), 1)
    text = "Schwinggeschwindigkeit (mm/s)\n" + "".join(
        f"{a:.1f}\n".replace(".", ",") for a in samples
    )
    channel = read_recording(write(tmp_path, text)).channel()
    assert (channel.name, channel.unit) == ("Schwinggeschwindigkeit (mm/s)", "mm/s")
    np.testing.assert_array_equal(channel.samples, samples)


@pytest.mark.parametrize("above", ["# rig 3\n", "rig 3: pump\n", "left,right\n", "Counts\n"])
def test_whole_numbers_beside_a_switch_stay_two_columns(tmp_path, above):
    text = above + "".join(f"{1000 + i * 7 % 13},{i % 2}\n" for i in range(50))
    assert len(read_recording(write(tmp_path, text)).channels) == 2


@pytest.mark.parametrize("form", ["{:.5f}", "{}"])
def test_unquoted_decimal_commas_without_titles_are_refused(tmp_path, form):
    rows = [f"{form},{form}".format(a, b).replace(".", ",") for a, b in XY]
    with pytest.raises(VibrationError, match="decimal commas are not quoted"):
        read_recording(write(tmp_path, "fs: 5120\n" + "\n".join(rows)))


@pytest.mark.parametrize(
    "row",
    [
        lambda i: f"{i % 7},{i * 3 % 11},{i * 5 % 13},{i * 7 % 90}",
        lambda i: f"{i % 7:04d},{i * 3 % 11:04d},{i * 5 % 13:04d},{i * 7 % 90:04d}",
        lambda i: f"{i % 7},{i * 3 % 11 - 5},{i * 5 % 13 - 6},{i * 7 % 90 - 45}",
        lambda i: f"{i % 7},{i * 3 % 60:02d},{i * 5 % 13},{100 + i * 7 % 90}",
    ],
)
def test_four_columns_of_whole_numbers_stay_four(tmp_path, row):
    text = "fs: 5120\n" + "".join(row(i) + "\n" for i in range(50))
    assert len(read_recording(write(tmp_path, text)).channels) == 4


def test_titles_prove_that_commas_part_columns(tmp_path):
    text = "a,b,c,d\n" + "".join(f"{i % 7},{i % 11:02d},{i % 5},{i % 9:02d}\n" for i in range(50))
    assert len(read_recording(write(tmp_path, text)).channels) == 4


def pointed(counts):
    return [f"{n:,}".replace(",", ".") for n in counts]


COUNTS = (20_000 * X).astype(int)


@pytest.mark.parametrize("n_columns", [1, 3])
def test_thousands_between_points_are_refused_beside_decimal_commas(tmp_path, n_columns):
    rows = [
        ";".join([f"{i / 5120:.7f}".replace(".", ","), *[n] * n_columns])
        for i, n in enumerate(pointed(COUNTS))
    ]
    with pytest.raises(VibrationError, match=r"Line 2 .*0,0000000;2\.514.*thousands"):
        read_recording(write(tmp_path, "t (s);" + "n;" * n_columns + "\n" + "\n".join(rows)))


def test_thousands_further_down_are_refused_with_their_line(tmp_path):
    rows = [f"{i % 7 / 8:.4f};{i % 11}".replace(".", ",") for i in range(100)]
    rows[80] = "0,5000;1.011"
    with pytest.raises(VibrationError, match=r"Line 81 .*thousands"):
        read_recording(write(tmp_path, "\n".join(rows)))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_thousands_between_points_are_refused_without_any_comma(tmp_path, separator):
    rows = [f"{n}{separator}{n}" for n in pointed(COUNTS)]
    with pytest.raises(VibrationError, match="thousands"):
        read_recording(write(tmp_path, "\n".join(rows)))


def test_one_column_of_thousands_between_points_is_refused(tmp_path):
    with pytest.raises(VibrationError, match="thousands"):
        read_recording(write(tmp_path, "\n".join(pointed(COUNTS))))


@pytest.mark.parametrize("separator", [";", " "])
def test_three_decimals_behind_a_point_stay_decimals(tmp_path, separator):
    samples = np.round(X, 3)
    text = "".join(f"{a:.3f}{separator}{i % 7}\n" for i, a in enumerate(samples))
    np.testing.assert_array_equal(read_recording(write(tmp_path, text)).channel().samples, samples)


def test_dates_between_points_are_no_thousands(tmp_path):
    rows = [f"16.04.2024 10:00:{i:02d};{a}".replace(".5", ",5") for i, a in enumerate([0.5] * 20)]
    assert read_recording(write(tmp_path, "\n".join(rows))).channel().samples[0] == 0.5


def test_two_columns_of_whole_numbers_stay_two(tmp_path):
    text = "".join(f"{a},{b}\n" for a, b in [(3, 5), (-2, 7), (4, -1)] * 10)
    assert len(read_recording(write(tmp_path, text)).channels) == 2


def test_titles_name_the_channels_and_brackets_give_the_unit(tmp_path):
    recording = read_recording(write(tmp_path, table(X, Y, title="DE [g],FE\n")))
    assert [channel.name for channel in recording.channels] == ["DE [g]", "FE"]
    assert [channel.unit for channel in recording.channels] == ["g", None]


def test_quoted_titles_and_trailing_separators_are_read(tmp_path):
    text = '"a";"b";\n' + "".join(f"{x};{y};\n" for x, y in XY)
    recording = read_recording(write(tmp_path, text))
    assert [channel.name for channel in recording.channels] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    recording = read_recording(write(tmp_path, table(X, title="Körper\n"), encoding))
    assert recording.channels[0].name == "Körper"


def test_without_a_time_column_the_rate_is_unknown(tmp_path):
    assert read_recording(write(tmp_path, table(X, Y))).channel().fs_hz is None


@pytest.mark.parametrize("fs_hz", [1000.0, 2500.0, 12000.0, 25600.0, 48828.0, 65535.953])
@pytest.mark.parametrize("start_s", [0.0, -0.5, 10.0])
def test_a_uniform_time_column_gives_the_exact_rate(tmp_path, fs_hz, start_s):
    times_s = start_s + np.arange(2000) / fs_hz
    rows = "".join(f"{t:.9f},{i % 7}\n" for i, t in enumerate(times_s))
    recording = read_recording(write(tmp_path, "time,x\n" + rows))
    assert [channel.name for channel in recording.channels] == ["x"]
    assert recording.channel().fs_hz == fs_hz


def test_a_time_column_without_a_title_counts_seconds(tmp_path):
    recording = read_recording(write(tmp_path, table(np.arange(50) * 4e-4, X)))
    assert recording.channel().fs_hz == 2500.0
    np.testing.assert_array_equal(recording.channel().samples, X)


@pytest.mark.parametrize(("title", "per_s"), [("t [ms]", 1e3), ("Time (us)", 1e6), ("time_s", 1)])
def test_the_unit_of_time_is_taken_from_the_title(tmp_path, title, per_s):
    times = np.arange(50) * per_s / 1000
    recording = read_recording(write(tmp_path, table(times, X, title=f"{title},x\n")))
    assert recording.channel().fs_hz == 1000.0


def test_an_unknown_unit_of_time_gives_no_rate(tmp_path):
    text = table(np.arange(50.0), X, title="time [ticks],x\n")
    assert read_recording(write(tmp_path, text)).channel().fs_hz is None


def test_a_time_column_with_a_gap_gives_no_rate(tmp_path):
    times_s = np.arange(50) / 1000
    times_s[30:] += 0.01
    recording = read_recording(write(tmp_path, table(times_s, X, title="time,x\n")))
    assert recording.channel().fs_hz is None


def test_row_numbers_are_neither_a_channel_nor_a_time(tmp_path):
    recording = read_recording(write(tmp_path, table(np.arange(50.0), X)))
    assert [channel.fs_hz for channel in recording.channels] == [None]
    np.testing.assert_array_equal(recording.channels[0].samples, X)


def test_the_first_vibration_channel_is_chosen_before_a_tachometer(tmp_path):
    text = table(X, Y, title="Tachometer,radial\n")
    assert read_recording(write(tmp_path, text)).channel().name == "radial"


def test_clock_columns_are_the_femto_layout(tmp_path):
    rows = [f"9;39;{39 + i // 40};{i % 40 * 25000};{x};{y}" for i, (x, y) in enumerate(XY)]
    recording = read_recording(write(tmp_path, "\n".join(rows)))
    assert recording.format == "csv/femto"
    assert [(c.name, c.unit, c.fs_hz) for c in recording.channels] == [
        ("horizontal", "g", None),
        ("vertical", "g", None),
    ]


def test_a_temperature_is_no_vibration(tmp_path):
    rows = [f"8,9,{40 + i // 10},{i % 10},70.1" for i in range(50)]
    recording = read_recording(write(tmp_path, "\n".join(rows)))
    with pytest.raises(VibrationError, match="no vibration channel"):
        recording.channel()
    assert recording.channel("temperature").unit == "°C"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("a,b\n", "no table"),
        ("only words\nand more words\n", "no table"),
        ("\n \n", "no table"),
        ("1,2\n3\n", "Line 2 .* is not 2 numbers"),
        ("1,2\n3,x\n", "Line 2 .* is not 2 numbers"),
        ("a,b\n1,2\n3,\n", "Line 3 .* is not 2 numbers"),
        ("1\nnan\n3\n", "not finite"),
        ("1\n1e999\n", "not finite"),
        ("a\0b", "not a text file"),
        (",".join(["1"] * 100), "100 columns"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(tmp_path, text, says):
    with pytest.raises(VibrationError, match=says):
        read_recording(write(tmp_path, text))


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=300), st.text('0123456789.,;-e \t\n"#a', max_size=80)))
def test_no_content_whatever_breaks_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        recording = read_recording(path)
    except VibrationError:
        return
    assert all(np.isfinite(channel.samples).all() for channel in recording.channels)


def test_row_numbers_under_an_empty_title_are_neither_a_channel_nor_a_time(tmp_path):
    recording = read_recording(write(tmp_path, table(np.arange(50.0), X, title=",x\n")))
    assert [(c.name, c.fs_hz) for c in recording.channels] == [("x", None)]


def test_the_title_of_a_single_column_keeps_its_blanks_and_unit(tmp_path):
    channel = read_recording(
        write(tmp_path, table(X, title="Acceleration drive end (g)\n"))
    ).channel()
    assert (channel.name, channel.unit) == ("Acceleration drive end (g)", "g")


def test_times_rounded_to_microseconds_still_give_the_rate(tmp_path):
    rows = "".join(f"{i / 51200:.6f},{i % 7}\n" for i in range(2000))
    assert read_recording(write(tmp_path, "time,x\n" + rows)).channel().fs_hz == 51200.0


@pytest.mark.parametrize(
    "line",
    [
        "a" + " " * 100_000 + "b",
        "fs" + ": x" * 50_000 + "=",
        "(" + "( " * 50_000,
        "word " * 100_000,
        "T" + " " * 100_000 + "1x",
        "a " + "1" * 100_000 + " x y",
        "fs: 1/1" + " " * 100_000 + "x",
    ],
)
def test_a_long_line_above_the_samples_does_not_hold_up_the_reader(tmp_path, line):
    recording = read_recording(write(tmp_path, table(X, title=f"{line}\n# fs: 1000\nleft\n")))
    np.testing.assert_array_equal(recording.channel().samples, X)


def test_a_ratio_by_nothing_above_the_samples_states_nothing(tmp_path):
    text = table(X, title="Channel: 1/0\nfs: 5120 Hz\nacc (g)\n")
    assert read_recording(write(tmp_path, text)).channel().fs_hz == 5120.0


@pytest.mark.parametrize(
    ("line", "fs_hz", "rpm"),
    [
        ("Abtastrate: 25.600 Hz", 25600.0, None),
        ("Abtastintervall: 39,063 us", pytest.approx(1e6 / 39.063), None),
        ("Abtastrate [kHz];8,192", 8192.0, None),
        ("Abtastrate [kHz];25.600", 25600.0, None),
        ("Drehzahl: 1.500 1/min", None, 1500.0),
        ("Drehfrequenz [Hz];24,875", None, 1492.5),
    ],
)
def test_a_key_line_is_written_as_the_samples_under_it(tmp_path, line, fs_hz, rpm):
    text = table(X, Y, separator=";", decimal=",", title=f"{line}\nx (g);y (g)\n")
    channel = read_recording(write(tmp_path, text)).channel()
    assert (channel.fs_hz, channel.rpm) == (fs_hz, rpm)


@pytest.mark.parametrize("value", ["25.600", "25,600"])
def test_a_rate_that_can_be_read_in_two_ways_is_asked(tmp_path, value):
    rows = "".join(f"{i % 7};{i % 5}\n" for i in range(50))
    recording = read_recording(write(tmp_path, f"Sample rate: {value} Hz\nx;y\n{rows}"))
    assert recording.channel().fs_hz is None
    assert {each.value for each in recording.channel().rates} == {25.6, 25600.0}


def test_a_speed_that_can_be_read_in_two_ways_is_left_open(tmp_path):
    rows = "".join(f"{i % 7};{i % 5}\n" for i in range(50))
    text = f"Speed: 1.500 rpm\nfs: 5120 Hz\nx;y\n{rows}"
    channel = read_recording(write(tmp_path, text)).channel()
    assert (channel.fs_hz, channel.rpm) == (5120.0, None)


def test_a_thousand_between_commas_is_known_above_points(tmp_path):
    text = table(X, Y, separator=";", title="Sample rate: 25,600 Hz\nx;y\n")
    assert read_recording(write(tmp_path, text)).channel().fs_hz == 25600.0


def test_a_key_line_keeps_all_its_pairs(tmp_path):
    title = "rig = 3; fs = 25600 Hz, speed : 1480 rpm\nleft\n"
    channel = read_recording(write(tmp_path, table(X, title=title))).channel()
    assert (channel.fs_hz, channel.rpm) == (25600.0, 1480.0)
