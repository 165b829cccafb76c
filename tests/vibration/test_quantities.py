"""Units: recognised in many spellings, converted within a quantity, refused across two."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration import quantities
from vibration.errors import VibrationError
from vibration.quantities import (
    QUANTITIES,
    UNITS,
    Unit,
    axis_title,
    conversion_factor,
    convert,
    density_unit,
    find_unit,
    powered_unit,
    unit_of,
)

SIZED = [unit for unit in UNITS.values() if unit.is_known]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("g", "g"), ("G", "g"), ("[g]", "g"), ("g's", "g"), ("gn", "g"), ("g rms", "g"),
        ("mg", "mg"), ("m/s^2", "m/s²"), ("m/s2", "m/s²"), ("m/s**2", "m/s²"), ("(m/s²)", "m/s²"),
        ("m s-2", "m/s²"), ("m·s⁻²", "m/s²"), ("m/sec^2", "m/s²"), ("m/sÂ²", "m/s²"),
        ("meters/second^2", "m/s²"), ("MM/S", "mm/s"), ("mm/sec", "mm/s"), ("mm/s RMS", "mm/s"),
        ("ips", "in/s"), ("inch/sec", "in/s"), ("um", "µm"), ("μm", "µm"), ("µm", "µm"),
        ("mils", "mil"), ("micron", "µm"), ("gE", "gE"), ("Volts", "V"), ("mV", "mV"),
        ("uV", "µV"), ("degC", "°C"), ("℃", "°C"), ("N·m", "Nm"), ("N-m", "Nm"), ("dps", "deg/s"),
        ("°/s", "deg/s"), ("MPa", "MPa"), ("mPa", "mPa"), ("1/min", "rpm"), ("RPM", "rpm"),
        ("U/min", "rpm"), ("msec", "ms"), ("us", "µs"), ("counts", "counts"), ("dB", "dB"),
    ],
)  # fmt: skip
def test_a_unit_is_known_however_it_is_spelt(text, name):
    assert find_unit(text).name == name


@pytest.mark.parametrize("text", ["", "furlongs", "mpa", "x" * 100, "²", "()", "m/s³", "g²/Hz"])
def test_what_the_registry_does_not_know_is_no_unit(text):
    assert find_unit(text) is None


@pytest.mark.parametrize("unit", UNITS.values(), ids=lambda unit: unit.name)
def test_each_unit_is_found_under_its_own_name(unit):
    assert find_unit(unit.name) is unit
    assert find_unit(f"({unit.name})") is unit


@given(st.text(max_size=80))
def test_no_text_whatever_breaks_the_search(text):
    assert unit_of(text).name


@pytest.mark.parametrize(
    ("value", "given_unit", "wanted", "expected"),
    [
        (1.0, "g", "m/s²", 9.80665),
        (1.0, "g", "mg", 1000.0),
        (1.0, "in/s", "mm/s", 25.4),
        (1.0, "mil", "µm", 25.4),
        (9806.65, "mm/s²", "g", 1.0),
        (20.0, "°C", "°F", 68.0),
        (0.0, "°C", "K", 273.15),
        (60.0, "rpm", "rev/s", 1.0),
        (360.0, "deg/s", "rad/s", 2 * np.pi),
    ],
)
def test_values_are_converted_as_the_definitions_say(value, given_unit, wanted, expected):
    assert convert(value, given_unit, wanted) == pytest.approx(expected, rel=1e-12)


@given(st.sampled_from(SIZED), st.data(), st.floats(-1e6, 1e6))
def test_there_and_back_is_where_it_was(first, data, value):
    partners = [unit for unit in SIZED if unit.quantity is first.quantity]
    second = data.draw(st.sampled_from(partners))
    assert convert(convert(value, first, second), second, first) == pytest.approx(
        value, rel=1e-9, abs=1e-6
    )


def test_an_array_that_needs_no_conversion_is_not_copied():
    values = np.ones(3)
    assert convert(values, "m/s2", "m/s^2") is values


@pytest.mark.parametrize(
    ("given_unit", "wanted", "says"),
    [
        ("g", "mm/s", "g \\(acceleration\\) .* mm/s \\(velocity\\)"),
        ("°C", "g", "different things"),
        ("gE", "g", "different things"),
        ("counts", "g", "different things"),
        ("furlongs", "cubits", "how large"),
    ],
)
def test_different_things_are_never_converted(given_unit, wanted, says):
    with pytest.raises(VibrationError, match=says):
        conversion_factor(given_unit, wanted)


def test_motion_alone_is_vibration_and_only_its_derivatives_are_integrated():
    assert {q.name for q in QUANTITIES.values() if q.is_vibration} == {
        "acceleration",
        "velocity",
        "displacement",
        "enveloped acceleration",
    }
    assert {q.name: q.integrations for q in QUANTITIES.values() if q.integrations} == {
        "acceleration": 2,
        "velocity": 1,
    }


@pytest.mark.parametrize(
    ("unit", "axis", "density"),
    [
        ("g", "Acceleration (g)", "g²/Hz"),
        ("m/s^2", "Acceleration (m/s²)", "(m/s²)²/Hz"),
        ("mm/s", "Velocity (mm/s)", "(mm/s)²/Hz"),
        ("°C", "Temperature (°C)", "°C²/Hz"),
        ("full scale", "Full scale", "(full scale)²/Hz"),
        ("counts", "Counts", "counts²/Hz"),
        ("furlongs", "Amplitude (furlongs)", "furlongs²/Hz"),
        ("", "Amplitude", "unit²/Hz"),
        (None, "Amplitude", "unit²/Hz"),
        ("unknown", "Amplitude", "unit²/Hz"),
    ],
)
def test_axes_and_densities_are_written_as_the_unit_asks(unit, axis, density):
    assert (axis_title(unit), density_unit(unit)) == (axis, density)


def test_a_power_is_written_after_the_unit():
    assert [powered_unit("g", n) for n in (1, 2, 3)] == ["g", "g²", "g³"]
    assert powered_unit("m/s²", 3) == "(m/s²)³"


def test_an_unknown_unit_keeps_its_text_and_is_not_vibration():
    assert unit_of(" cubits ") == Unit("cubits", QUANTITIES["unknown"])
    assert not unit_of("cubits").quantity.is_vibration


def test_the_examples_run():
    result = doctest.testmod(quantities)
    assert result.attempted > 5
    assert not result.failed
