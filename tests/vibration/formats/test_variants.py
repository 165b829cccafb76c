"""Tables as loggers, oscilloscopes and spreadsheets of many countries write them."""

import numpy as np
import pytest

from vibration.errors import FormatError, VibrationError
from vibration.formats import Channel, read_recording
from vibration.formats.answers import with_rate
from vibration.formats.resampling import resampled

N = 600
I = np.arange(N)  # noqa: E741
X = np.round(np.sin(0.3 * I) + 0.1 * np.random.default_rng(0).standard_normal(N), 4)


def rows(*columns, separator=",", decimal=".", digits=4):
    lines = (
        separator.join(f"{value:.{digits}f}".replace(".", decimal) for value in row)
        for row in zip(*columns, strict=True)
    )
    return "\n".join(lines) + "\n"


def read(tmp_path, text, name="a.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_recording(path, name=name)


S, MS = I / 1000, I * 1.0


@pytest.mark.parametrize(
    ("text", "fs_hz", "unit", "rpm"),
    [
        ("Zeit in ms;Beschl. in m/s²\n" + rows(MS, X, separator=";", decimal=","),
         1000, "m/s²", None),
        ("Czas [ms];Drgania [mm/s]\n" + rows(MS, X, separator=";", decimal=","),
         1000, "mm/s", None),
        ("时间(s),加速度(m/s²)\n" + rows(S, X), 1000, "m/s²", None),
        ("Abtastrate: 25600 Hz\nEinheit: g\n\n" + rows(X), 25600, "g", None),
        ("采样频率:25600Hz\n加速度(g)\n" + rows(X), 25600, "g", None),
        ("Fréquence d'échantillonnage (kHz);25,6\nVitesse de rotation (tr/min);1480\nAcc (g)\n"
         + rows(X, decimal=","), 25600, "g", 1480),
        ("Frecuencia de muestreo = 25600 Hz\nUnidad = mg\nacc\n" + rows(X), 25600, "mg", None),
        ("# Sampling rate: 25,600 Hz\n# Shaft speed: 24.5 Hz\nacc (g)\n" + rows(X),
         25600, "g", 1470),
        ("dt,3.90625e-05\nacc (in/s)\n" + rows(X), 25600, "in/s", None),
        ("Sample interval: 39.0625 us\nUnits: g\n" + rows(X), 25600, "g", None),
        ("Sampling Rate: 25.6 kS/s\nacc_x (g),acc_y (g)\n" + rows(X, -X), 25600, "g", None),
        ("X,CH1,Start,Increment,\nSequence,Volt,-1.0e-02,1.0e-04\n" + rows(MS, X),
         10000, "V", None),
        ("Name,DE,FE\nUnit,g,g\nFs,25600,25600\n" + rows(X, -X).replace("\n", "\n,")[:-1].join(
            [",", ""]), 25600, "g", None),
        ("Record Length,600\nSample Interval,1.0e-4\nVertical Units,V\nHorizontal Units,s\n"
         "Second,Value\n" + rows(I / 10000, X), 10000, "V", None),
        ("Time (s);DE;FE\n(s);(g);(g)\n" + rows(S, X, -X, separator=";"), 1000, "g", None),
        ("Time;DE\ns;m/s^2\n" + rows(S, X, separator=";"), 1000, "m/s²", None),
    ],
)  # fmt: skip
def test_rate_unit_and_speed_are_found_wherever_they_stand(tmp_path, text, fs_hz, unit, rpm):
    channel = read(tmp_path, text).channels[0]
    assert channel.samples.size == N
    assert channel.fs_hz == pytest.approx(fs_hz)
    assert (channel.unit, channel.rpm) == (unit, rpm)


def test_key_columns_beside_the_samples_are_key_lines(tmp_path):
    keys = ["Record Length,600,", "Sample Interval,1e-4,", "Vertical Units,V,"] + [",,"] * (N - 3)
    text = "".join(f"{k},{t:.4f},{x}\n" for k, t, x in zip(keys, I / 10000, X, strict=True))
    channel = read(tmp_path, text).channels[0]
    assert (channel.samples.size, channel.fs_hz, channel.unit) == (N, 10000.0, "V")


@pytest.mark.parametrize(
    "stamp",
    [
        lambda i: f"2024-04-16T11:02:{i // 1000:02d}.{i % 1000:03d}Z",
        lambda i: f"16.04.2024 11:02:{i // 1000:02d}.{i % 1000:03d}",
        lambda i: f"11:59:{59 + i // 1000:02d}.{i % 1000:03d}",
        lambda i: f"{1_700_000_000_000 + i}",
        lambda i: f"{1_700_000_000 + i / 1000:.3f}",
        lambda i: f"{738_000.5 + i / 86_400_000:.13f}",
        lambda i: f"{45_000.25 + i / 86_400_000:.12f}",
    ],
)
def test_times_are_known_by_their_form_or_size(tmp_path, stamp):
    text = "stamp;acc\n" + "".join(f"{stamp(i)};{x}\n" for i, x in enumerate(X))
    (channel,) = read(tmp_path, text).channels
    assert channel.fs_hz == pytest.approx(1000, rel=1e-4)


def test_a_clock_past_midnight_goes_on(tmp_path):
    stamps = [f"{'23:59:59' if i < 300 else '00:00:00'}.{(700 + i) % 1000:03d}" for i in I]
    text = "Time,Acc\n" + "".join(f"{t},{x}\n" for t, x in zip(stamps, X, strict=True))
    assert read(tmp_path, text).channel().fs_hz == pytest.approx(1000)


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (np.where(I > 299, I + 50, I) / 1000, "has a gap once, first at sample 301"),
        (np.where(I == 299, 298, I) / 1000, "repeats once, first at sample 300"),
        (np.where(I == 299, 100, I) / 1000, "goes back once, first at sample 300"),
        (I / 1000 + 2e-4 * np.sin(I), "jitters"),
    ],
)
def test_uneven_times_are_said_with_their_steps_and_first_place(tmp_path, times, says):
    reading = read(tmp_path, "time (s),acc (g)\n" + rows(times, X, digits=6))
    (question,) = reading.questions
    assert question.about == "times"
    assert says in question.sentence
    assert "smallest" in question.sentence
    assert reading.channel().fs_hz is None


@pytest.mark.parametrize(("lost", "is_offered"), [(3, True), (50, False)])
def test_resampling_is_offered_over_few_lost_samples_and_over_no_gap(tmp_path, lost, is_offered):
    times = np.where(I > 299, I + lost, I) / 1000
    (question,) = read(tmp_path, "time (s),acc (g)\n" + rows(times, X)).questions
    assert (question.proposal is not None) == is_offered
    cut = "No resampling bridges a gap of 0.051 s after sample 300: cut the file there."
    assert (cut in question.sentence) != is_offered


def test_times_with_a_gap_are_not_resampled():
    times_s = np.arange(4000) / 1000
    times_s[2000:] += 10
    with pytest.raises(VibrationError, match=r"gap of 10\.001 s after sample 2000: cut the file"):
        resampled(np.sin(2 * np.pi * 49.7 * times_s), times_s, 1000.0)


def test_uneven_times_are_resampled_to_no_more_than_eight_times_their_mean_rate():
    times_s = I / 1000 + 2e-4 * np.sin(I)
    channel = Channel("acc", X, times_s=times_s - times_s[0])
    assert with_rate(channel, 7900.0).fs_hz == 7900
    with pytest.raises(VibrationError, match=r"mean rate of 999\.711 Hz") as refused:
        with_rate(channel, 2e6)
    assert refused.value.field == "fs_hz"


def test_times_rounded_to_milliseconds_are_even(tmp_path):
    text = "time (ms),acc\n" + rows(np.round(I * 1000 / 256), X)
    assert read(tmp_path, text).channel().fs_hz == 256.0


def test_times_that_begin_again_are_recordings(tmp_path):
    reading = read(tmp_path, "time (s),acc (g)\n" + rows((I % 300) / 1000, X))
    assert [(len(r.channels[0].samples), r.channels[0].fs_hz) for r in reading.recordings] == [
        (300, 1000.0),
        (300, 1000.0),
    ]


@pytest.mark.parametrize("title", ["step", "Messpunkt", "n°", "whatever"])
def test_what_only_counts_is_no_channel_wherever_it_stands(tmp_path, title):
    reading = read(tmp_path, f"a,{title},b\n" + rows(X, MS, -X))
    assert [channel.name for channel in reading.channels] == ["a", "b"]


@pytest.mark.parametrize("digits", [0, 1])
def test_an_axis_without_a_unit_is_a_proposal(tmp_path, digits):
    reading = read(tmp_path, rows(I * 10, X, digits=4))
    (question,) = reading.questions
    assert "steps by 10 and states no unit" in question.sentence
    assert reading.channel().fs_hz is None


@pytest.mark.parametrize("above", ["25600\n", "25600\n\n"])
@pytest.mark.parametrize("columns", [1, 2])
def test_a_lone_number_above_the_samples_is_asked_about(tmp_path, above, columns):
    reading = read(tmp_path, above + rows(*[X, -X][:columns]))
    (question,) = reading.questions
    assert question.proposal == 25600.0
    assert "alone" in question.sentence
    assert {channel.samples.size for channel in reading.channels} == {N}


@pytest.mark.parametrize(
    "titles",
    ["Frequenz [Hz];Amplitude [g]", "Ordnung;A", "f;PSD", "Order;Level [dB]", "частота;x"],
)
def test_spectra_are_refused_in_any_language(tmp_path, titles):
    with pytest.raises(FormatError, match=r"spectr|dB"):
        read(tmp_path, f"{titles}\n" + rows(I * 0.625, np.abs(X), separator=";"))


def test_a_spectrum_beside_a_waveform_is_left_out(tmp_path):
    reading = read(tmp_path, "time (s),acc (g),FFT (g)\n" + rows(S, X, np.abs(X)))
    assert [channel.name for channel in reading.channels] == ["acc (g)"]
    assert ("FFT (g)", "a spectrum, no signal over time") in {
        (each.name, each.reason) for each in reading.left_out
    }


def test_a_table_of_features_is_refused(tmp_path):
    with pytest.raises(FormatError, match="table of features"):
        read(tmp_path, "rms,kurtosis,crest factor\n" + rows(X, X + 1, X + 2))


@pytest.mark.parametrize(
    ("title", "quantity"),
    [
        ("Temperature (°C)", "temperature"), ("Strom [A]", "current"), ("gx [deg/s]",
        "angular velocity"), ("Drehmoment [Nm]", "torque"), ("Keyphasor (V)", "tacho"),
        ("Mikrofon [Pa]", "pressure"), ("speed (rpm)", "rotational speed"), ("Load (N)", "force"),
    ],
)  # fmt: skip
def test_other_quantities_are_never_vibration(tmp_path, title, quantity):
    reading = read(tmp_path, f"time (s),acc (g),{title}\n" + rows(S, X, X**2))
    assert [(c.quantity, c.is_vibration) for c in reading.channels] == [
        ("acceleration", True),
        (quantity, False),
    ]


def test_a_steady_speed_channel_is_the_speed_and_a_varying_one_stays_a_curve(tmp_path):
    head = "time (s),acc (g),speed (rpm)\n"
    steady = read(tmp_path, head + rows(S, X, 1500 + 0.01 * X)).channels[0]
    varying = read(tmp_path, head + rows(S, X, 1500 + I**2 / 100)).channels[0]
    assert (steady.rpm, steady.source_of("rpm")) == (pytest.approx(1500, rel=1e-3), "worked out")
    assert varying.rpm is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-8-sig"])
def test_any_encoding_keeps_titles_and_units(tmp_path, encoding):
    text = "Zeit [s],Körper [m/s²]\n" + rows(S, X)
    assert read(tmp_path, text, encoding=encoding).channel().name == "Körper [m/s²]"


def test_words_below_the_samples_are_left_out_and_cut_rows_refused(tmp_path):
    assert read(tmp_path, "a,b\n" + rows(X, -X) + "End of data\n").channels[0].samples.size == N
    with pytest.raises(FormatError, match=f"Line {N + 2} .*'0.12'"):
        read(tmp_path, "a,b\n" + rows(X, -X) + "0.12")


def test_a_line_of_numbers_is_one_waveform(tmp_path):
    reading = read(tmp_path, ",".join(map(str, X)) + "\n" + ",".join(map(str, -X)))
    assert [each.name for each in reading.recordings] == ["row 1", "row 2"]
    np.testing.assert_array_equal(reading.channels[1].samples, -X)


def test_waveforms_in_cells_are_recordings_with_their_rates(tmp_path):
    lines = [f"{n};{1000 * n};[{', '.join(map(str, X))}]" for n in (1, 2)]
    reading = read(tmp_path, "id;fs;signal\n" + "\n".join(lines))
    assert [channel.fs_hz for channel in reading.channels] == [1000.0, 2000.0]


def test_millions_of_columns_are_refused_by_counting(tmp_path):
    with pytest.raises(FormatError, match="3000001 columns"):
        read(tmp_path, "1," * 3_000_000 + "1")


def test_a_column_that_is_not_finite_is_left_out_with_its_count(tmp_path):
    broken = X.copy()
    broken[[5, 9]] = np.nan
    reading = read(tmp_path, "a,b\n" + rows(broken, X))
    assert [channel.name for channel in reading.channels] == ["b"]
    assert "2 of 600 samples not finite" in reading.left_out[0].reason
