"""A shaft that speeds up: its angle from a tacho, and its lines sharp in orders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.simulation import record_columns, record_turns, simulate, single_class_recipe
from vibration.spectra.orders import order_spectrum, resample_to_turns, shaft_turns_from_tacho
from vibration.spectra.welch import amplitude_spectrum

FS_HZ = 5000.0
N = 20_000


def ramp_turns(shaft_hz=30.0, first=0.85, last=1.15):
    """The angle of a shaft whose speed rises linearly between 20 % and 60 % of the record."""
    speed_hz = shaft_hz * np.interp(np.arange(N) / N, [0.2, 0.6], [first, last])
    return np.concatenate([[0.0], np.cumsum((speed_hz[1:] + speed_hz[:-1]) / (2 * FS_HZ))])


TURNS = ramp_turns()


def locked(order, turns=TURNS):
    return np.sin(2 * np.pi * order * turns + 0.4)


def pulses(turns, width=0.05):
    return ((turns + 0.63) % 1 < width).astype(float)


@pytest.mark.parametrize("samples_per_turn", [None, 64, 500])
@pytest.mark.parametrize("order", [1, 2, 7, 25])
def test_a_locked_sine_of_1_g_reads_1_g_at_its_order_through_a_ramp(order, samples_per_turn):
    orders, a = order_spectrum(locked(order), TURNS, samples_per_turn=samples_per_turn)
    top = np.argmax(a)
    assert orders[top] == pytest.approx(order)
    assert a[top] == pytest.approx(1, abs=2e-3)


def test_the_plain_spectrum_smears_what_the_order_spectrum_holds_in_one_line():
    _, smeared = amplitude_spectrum(locked(7), FS_HZ)
    _, sharp = order_spectrum(locked(7), TURNS)
    assert smeared.max() < 0.4 * sharp.max()


def test_a_higher_order_than_fits_does_not_fold_back():
    _, a = order_spectrum(locked(50), TURNS, samples_per_turn=64)
    assert a.max() < 0.01


@settings(max_examples=25, deadline=None)
@given(
    f=st.floats(0.01, 0.35),
    first=st.floats(0.6, 1.4),
    last=st.floats(0.6, 1.4),
    offset=st.floats(-100, 100),
)
def test_samples_are_those_of_the_continuous_signal(f, first, last, offset):
    turns = ramp_turns(40.0, first, last)
    record = resample_to_turns(offset + np.sin(2 * np.pi * f * np.arange(N)), turns)
    steps = np.arange(record.samples.size) / record.samples_per_turn
    expected = offset + np.sin(2 * np.pi * f * np.interp(steps, turns, np.arange(N)))
    np.testing.assert_allclose(record.samples[100:-100], expected[100:-100], atol=2e-3)


def test_at_constant_speed_nothing_is_changed():
    x = np.random.default_rng(1).standard_normal(N)
    record = resample_to_turns(x, np.arange(N) / 50.0)
    assert record.samples_per_turn == 50
    np.testing.assert_allclose(record.samples, x[: record.samples.size], atol=1e-9)


def test_the_angular_record_covers_whole_turns():
    record = resample_to_turns(locked(1), TURNS, samples_per_turn=64)
    assert record.n_turns == int(TURNS[-1])
    assert record.samples.shape == (record.n_turns * 64,)


def test_single_precision_stays_single():
    x = locked(1).astype(np.float32)
    assert resample_to_turns(x, TURNS, samples_per_turn=32).samples.dtype == np.float32


@pytest.mark.parametrize(
    ("turns", "samples_per_turn", "words"),
    [
        (TURNS[:-1], None, "one value for each"),
        (np.minimum(TURNS, 50), None, "must rise"),
        (-TURNS, None, "must rise"),
        (np.where(TURNS > 50, np.nan, TURNS), None, "not finite"),
        (TURNS / 1000, None, "one whole turn"),
        (TURNS, 4, "whole number from 8"),
        (TURNS, 32.5, "whole number from 8"),
        (1e4 * np.linspace(0, 1, N) ** 4 + 1e-9 * np.arange(N), None, "almost"),
    ],
)
def test_an_angle_that_cannot_be_followed_is_refused(turns, samples_per_turn, words):
    with pytest.raises(VibrationError, match=words):
        resample_to_turns(locked(1), turns, samples_per_turn=samples_per_turn)


@pytest.mark.parametrize("width", [0.05, 0.5, 0.95])
def test_the_angle_follows_the_pulses_through_a_ramp_to_both_ends(width):
    error = shaft_turns_from_tacho(pulses(TURNS, width), FS_HZ) - TURNS
    assert np.ptp(error) < 0.02  # a sample is 1/167 to 1/145 of a turn


def test_several_pulses_make_a_turn():
    turns = shaft_turns_from_tacho(pulses(12 * TURNS, 0.5), FS_HZ, pulses_per_turn=12)
    assert turns[-1] - turns[0] == pytest.approx(TURNS[-1], abs=0.01)


def test_the_instant_of_a_pulse_is_read_between_samples():
    turns = np.arange(N) * (30.3 / FS_HZ)
    error = shaft_turns_from_tacho(np.sin(2 * np.pi * turns), FS_HZ) - turns
    assert np.ptp(error[200:-200]) < 1e-4


def test_the_angle_always_rises():
    uneven = np.zeros(2000)
    uneven[[100, 110, 600, 640, 1500, 1503, 1900]] = 1
    assert np.all(np.diff(shaft_turns_from_tacho(uneven, FS_HZ)) > 0)


def test_ripple_on_a_pulse_is_not_another_pulse():
    clean = pulses(TURNS, 0.5)
    ripple = 0.09 * np.sin(2 * np.pi * 0.31 * np.arange(N))
    noisy = shaft_turns_from_tacho(clean + ripple, FS_HZ)
    assert noisy[-1] - noisy[0] == pytest.approx(TURNS[-1], abs=0.02)


@pytest.mark.parametrize("gain", [-2.0, 1e-3, 1e3])
def test_neither_unit_nor_sign_of_the_tacho_changes_the_speed(gain):
    turns = shaft_turns_from_tacho(5 + gain * pulses(TURNS, 0.3), FS_HZ)
    assert turns[-1] - turns[0] == pytest.approx(TURNS[-1], abs=0.02)


@pytest.mark.parametrize("tacho", [np.zeros(100), [*[0, 0, 1, 1] * 3, *[0] * 20]])
def test_too_few_pulses_are_refused(tacho):
    with pytest.raises(VibrationError, match="at least 4"):
        shaft_turns_from_tacho(tacho, FS_HZ)


def test_a_turn_without_a_pulse_is_refused():
    with pytest.raises(VibrationError, match="1 or more pulses"):
        shaft_turns_from_tacho(pulses(TURNS), FS_HZ, pulses_per_turn=0)


@pytest.fixture(scope="module")
def ramped():
    """A misaligned machine that runs up, its amplitude constant."""
    recipe = single_class_recipe("misalignment", "severe", fs_hz=5000.0)
    return next(
        (recipe, index)
        for index in range(500)
        if record_columns(recipe, index)["transient"] == "speed_ramp"
        and not record_columns(recipe, index)["progresses"]
    )


def test_a_simulated_run_up_has_its_2x_line_sharp_at_order_2(ramped):
    record = simulate(*ramped)
    orders, a = order_spectrum(record.samples, record_turns(*ramped))
    twice = np.argmin(np.abs(orders - 2))
    assert np.argmax(a) == twice
    assert a[twice] == pytest.approx(0.35 * record.columns["severity_factor"], rel=0.02)


def test_the_plain_spectrum_of_that_run_up_is_smeared(ramped):
    record = simulate(*ramped)
    _, a = amplitude_spectrum(record.samples, record.fs_hz)
    assert a.max() < 0.5 * 0.35 * record.columns["severity_factor"]
