"""What names speak of, and what numbers under them state."""

import pytest

from vibration.formats.facts import agreed, number_and_unit, rate_of, speed_of, stated
from vibration.formats.recording import Source
from vibration.formats.words import (
    is_interval_name,
    is_rate_name,
    is_speed_name,
    is_time_name,
    kind_of_name,
    no_waveform,
)


@pytest.mark.parametrize(
    "name",
    ["fs", "Fs", "FS_Hz", "sr", "SampleFrequency", "sampling_rate", "vibration_sampling_rate_hz",
     "Abtastrate", "Abtastfrequenz [Hz]", "Fréquence d'échantillonnage", "Frecuencia de muestreo",
     "frequenza di campionamento", "частота дискретизации", "采样频率", "サンプリング周波数",
     "Sample Rate", "ADC_SampleRate", "ODR"],
)  # fmt: skip
def test_a_rate_is_known_in_many_languages(name):
    assert is_rate_name(name)


@pytest.mark.parametrize(
    "name",
    ["shaft rate", "cutoff frequency", "number of samples", "Nyquist frequency", "heart rate",
     "resonance_freq", "Length", "bits per sample", "drehfrequenz"],
)  # fmt: skip
def test_other_frequencies_are_no_rate(name):
    assert not is_rate_name(name)


@pytest.mark.parametrize(
    "name", ["dt", "Tinterval", "Delta_X", "Δt", "wf_increment", "Sample interval", "Ts",
             "sampling period", "Abtastintervall", "X Increment", "time_step"]
)  # fmt: skip
def test_an_interval_is_known_by_its_name(name):
    assert is_interval_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("25600 Hz", (25600.0, "Hz")), ("25.6 kHz", (25.6, "kHz")), ("25,6 kHz", (25.6, "kHz")),
     ("25,600", (25600.0, "")), ("25 600 Hz", (25600.0, "Hz")), ("1/25600 s", (1 / 25600, "s")),
     ("= 1e-4", (1e-4, "")), ("-3", (-3.0, "")), ("fast", None), ("", None),
     ("1/0", None), ("1/0.0 s", None), ("1/.", None), ("1/1.2.3", None), ("1/.5 s", (2.0, "s"))],
)  # fmt: skip
def test_a_value_is_read_with_its_unit(text, expected):
    assert number_and_unit(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("25.600 Hz", (25600.0, "Hz")), ("25.600,5 Hz", (25600.5, "Hz")), ("25,6", (25.6, "")),
     ("39,063 us", (39.063, "us")), ("8,192 kHz", (8.192, "kHz")), ("25.6 kHz", (25.6, "kHz")),
     ("25.600 kHz", (25.6, "kHz")), ("39.063 us", (39.063, "us")), ("0.125 s", (0.125, "s")),
     ("1.500 min-1", (1500.0, "min-1")), ("25,600,000 Hz", None), ("1.2.3", None)],
)  # fmt: skip
def test_beside_decimal_commas_a_point_parts_thousands(text, expected):
    assert number_and_unit(text, decimal=",") == expected


@pytest.mark.parametrize(
    ("name", "value", "unit", "fs_hz"),
    [("fs", 25600, None, 25600), ("fs_khz", 25.6, None, 25600),
     ("Sampling rate", 25.6, "kS/s", 25600),
     ("dt", 1e-4, None, 10000), ("dt_us", 39.0625, None, 25600),
     ("sample time [ms]", 0.1, None, 1e4),
     ("fs", 0, None, None), ("temperature", 20, None, None),
     ("dt", 1e-320, "ns", None), ("dt", 1e-320, "s", None), ("fs", 1e305, "MHz", None)],
)  # fmt: skip
def test_a_number_states_a_rate_by_name_and_unit(name, value, unit, fs_hz):
    assert rate_of(name, value, unit) == (pytest.approx(fs_hz) if fs_hz else None)


@pytest.mark.parametrize(
    ("name", "value", "unit", "rpm"),
    [("rpm", 1480, None, 1480), ("Drehzahl", 1480, "1/min", 1480),
     ("shaft speed", 24.5, "Hz", 1470),
     ("shaft_hz", 25, None, 1500), ("shaft speed", 25, None, None), ("n_rpm", 90, None, 90),
     ("Speed", 1480, "rpm", 1480), ("wind speed", 1480, "m/s", None),
     ("Drehfrequenz", 24875, "Hz", None)],
)  # fmt: skip
def test_a_speed_needs_a_unit_or_a_size_that_leaves_no_choice(name, value, unit, rpm):
    assert speed_of(name, value, unit) == rpm


def test_statements_agree_within_a_hundredth_and_the_file_is_believed_first():
    axis = stated(25641.0, "axis", Source.WORKED_OUT)
    assert agreed([axis, stated(25600.0, "fs")]).value == 25600.0
    assert agreed([axis, stated(12800.0, "fs")]) is None
    assert agreed([]) is None


@pytest.mark.parametrize("name", ["Zeit", "temps (s)", "t_ms", "timestamp", "时间(s)", "X_Value"])
def test_times_are_known_in_many_languages(name):
    assert is_time_name(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Lagertemperatur", "temperature"), ("T_Lager", ""), ("Tacho", "tacho"), ("acc_x", ""),
     ("Phase current A", "current"), ("DE", ""), ("accelerometer_compare", ""),
     ("mic 1", "sound pressure"),
     ("sampled vibration", ""), ("horizontal", "")],
)  # fmt: skip
def test_a_name_speaks_of_another_quantity_or_of_none(name, kind):
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("fft_mag", True), ("PSD", True), ("Spektrum", True), ("xcorr", True), ("acc", False),
     ("softfoot", False), ("lagging", False), ("offset", False)],
)  # fmt: skip
def test_what_is_no_waveform_is_known_by_name(name, is_one):
    assert (no_waveform(name) is not None) is is_one


def test_a_speed_is_no_rate():
    assert is_speed_name("Vitesse de rotation")
    assert not is_speed_name("sampling speed")
