import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.simulation import single_class_recipe
from vibration.simulation.conditions import draw_conditions
from vibration.simulation.shaft import TimeGrid, shaft_track

RECIPE = single_class_recipe("imbalance")


def track_of(index, recipe=RECIPE):
    address = recipe.address(index)
    conditions = draw_conditions(recipe, address)
    grid = TimeGrid(recipe.fs_hz, recipe.n_samples)
    return shaft_track(conditions, address.key, grid), conditions


@given(
    fs_hz=st.floats(1000, 200_000),
    n=st.integers(100, 30_011),
    order=st.floats(0.001, 0.45),
    phase=st.floats(0, 6.3),
)
def test_a_sine_keeps_its_phase_to_the_end(fs_hz, n, order, phase):
    wave = TimeGrid(fs_hz, n).sine(order * fs_hz, phase, 2.0)
    exact = 2.0 * np.sin(2 * np.pi * order * np.arange(n) + phase)
    assert wave.shape == (n,)
    assert np.abs(wave - exact).max() < 1e-5


def test_a_line_is_a_line():
    assert np.allclose(TimeGrid(1000.0, 777).line(0.5), 0.5 * np.arange(777))


def unwrapped_turns(track):
    """The shaft's phase at every sample from its sine and cosine, in turns."""
    phase = np.arctan2(track.sine(1, 0, 1), track.sine(1, np.pi / 2, 1)).astype(float)
    return np.unwrap(phase) / (2 * np.pi)


def test_the_phase_is_the_integral_of_the_speed(steady_index):
    track, conditions = track_of(steady_index(RECIPE))
    speed_hz = np.diff(unwrapped_turns(track)) * RECIPE.fs_hz
    assert np.allclose(speed_hz, conditions.shaft_hz, rtol=0.006)


def test_orders_share_one_phase(steady_index):
    track, _ = track_of(steady_index(RECIPE))
    once, twice = track.sine(1, 0.0, 1.0), track.sine(2, np.pi / 2, 1.0)
    assert np.allclose(twice, 1 - 2 * once**2, atol=1e-5)


def test_a_ramp_is_frequency_modulation_from_0_85_to_1_15(steady_index):
    track, conditions = track_of(steady_index(RECIPE, "speed_ramp"))
    speed = np.diff(unwrapped_turns(track)[::100]) * RECIPE.fs_hz / 100 / conditions.shaft_hz
    t = (np.arange(speed.size) + 0.5) / speed.size
    assert np.allclose(speed, np.interp(t, [0.2, 0.6], [0.85, 1.15]), rtol=0.006)


@pytest.fixture(scope="module")
def jitter():
    """Relative speed deviation of 60 steady records, at the knots."""
    rows = [track_of(i) for i in range(80)]
    return np.array(
        [t.speed_hz / c.shaft_hz - 1 for t, c in rows if c.transient != "speed_ramp"]
    ), rows[0][0].grid


def test_jitter_has_sigma_of_a_tenth_of_a_percent(jitter):
    deviation, _ = jitter
    assert np.sqrt(np.mean(deviation**2)) == pytest.approx(0.001, rel=0.1)


def test_jitter_stays_below_2_hz(jitter):
    deviation, grid = jitter
    windowed = (deviation - deviation.mean(1, keepdims=True)) * np.hanning(deviation.shape[1])
    power = np.mean(np.abs(np.fft.rfft(windowed)) ** 2, axis=0)
    frequency_hz = np.fft.rfftfreq(deviation.shape[1], grid.block / grid.fs_hz)
    assert power[frequency_hz > 2.8].sum() < 1e-4 * power.sum()


@pytest.mark.parametrize(
    ("fs_hz", "duration_s", "shaft_hz"), [(1000, 0.1, 130), (200_000, 0.1, 1000)]
)
def test_the_phase_holds_at_the_ends_of_the_allowed_ranges(fs_hz, duration_s, shaft_hz):
    recipe = single_class_recipe("imbalance", fs_hz=fs_hz, duration_s=duration_s, shaft_hz=shaft_hz)
    track, conditions = track_of(0, recipe)
    turns = unwrapped_turns(track)
    mean_hz = (turns[-1] - turns[0]) / (turns.size - 1) * fs_hz
    assert mean_hz == pytest.approx(conditions.shaft_hz, rel=0.16)
    assert np.abs(np.diff(turns, 2)).max() < 1e-3
