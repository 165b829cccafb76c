import numpy as np
import pytest

from vibration.simulation import CLASS_CODES, SEVERITIES, record_columns, single_class_recipe
from vibration.simulation.conditions import Conditions, draw_conditions, fault_gain

RECIPE = single_class_recipe("wear")


@pytest.fixture(scope="module")
def drawn() -> list[Conditions]:
    return [draw_conditions(RECIPE, RECIPE.address(i)) for i in range(2000)]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("speed_ratio", 0.9, 1.1),
        ("load", 0.3, 1.0),
        ("temperature_c", 40.0, 80.0),
        ("reynolds", 500.0, 5000.0),
        ("clearance_ratio", 0.001, 0.003),
        ("initial_phase_rad", 0.0, 2 * np.pi),
    ],
)
def test_conditions_fill_their_range(drawn, name, low, high):
    values = np.array([getattr(c, name) for c in drawn])
    assert low <= values.min() < low + 0.01 * (high - low)
    assert high >= values.max() > high - 0.01 * (high - low)


def test_the_sommerfeld_number_follows_film_physics(drawn):
    for c in drawn[:50]:
        viscosity = np.exp(-0.03 * (c.temperature_c - 60))
        expected = 0.15 * viscosity * c.speed_ratio / (0.3 + 0.7 * c.load)
        assert c.sommerfeld == pytest.approx(np.clip(expected, 0.05, 0.5))
        assert c.physics_factor == pytest.approx(np.sqrt(c.sommerfeld / 0.15))


def test_a_quarter_of_the_records_has_a_transient_each_kind_alike(drawn):
    kinds = [c.transient for c in drawn]
    shares = [kinds.count(k) / len(kinds) for k in ("speed_ramp", "load_step", "thermal_growth")]
    assert sum(shares) == pytest.approx(0.25, abs=0.03)
    assert shares == pytest.approx([0.25 / 3] * 3, abs=0.02)


def test_thirty_percent_of_the_faulty_records_progress(drawn):
    assert np.mean([c.progresses for c in drawn]) == pytest.approx(0.30, abs=0.03)


def test_healthy_records_have_no_severity_and_do_not_progress():
    recipe = single_class_recipe("healthy")
    for columns in (record_columns(recipe, i) for i in range(50)):
        assert (columns["severity"], columns["severity_factor"]) == (None, None)
        assert columns["progresses"] is False


@pytest.mark.parametrize("level", SEVERITIES, ids=lambda level: level.code)
def test_factors_stay_within_their_level(level):
    recipe = single_class_recipe("imbalance", level.code)
    factors = [record_columns(recipe, i)["severity_factor"] for i in range(200)]
    assert level.low <= min(factors) < max(factors) < level.high


def test_the_draws_of_two_classes_differ():
    speeds = {record_columns(single_class_recipe(code), 0)["rpm"] for code in CLASS_CODES}
    assert len(speeds) == len(CLASS_CODES)


def gain_of(steady_index, transient=None, *, progresses=False):
    index = steady_index(RECIPE, transient, progresses=progresses)
    conditions = draw_conditions(RECIPE, RECIPE.address(index))
    return fault_gain(conditions, 1000), conditions.severity_factor


def test_nothing_changes_in_a_steady_record(steady_index):
    gain, factor = gain_of(steady_index)
    assert gain == factor


def test_severity_grows_linearly_by_at_most_0_3(steady_index):
    gain, factor = gain_of(steady_index, progresses=True)
    assert gain[0] == pytest.approx(factor)
    assert gain[-1] == pytest.approx(min(1, factor + 0.3), abs=1e-3)
    assert np.allclose(np.diff(gain), np.diff(gain).mean(), rtol=0, atol=1e-6)


def test_a_load_step_takes_the_fault_from_0_7_to_1_at_40_percent(steady_index):
    gain, factor = gain_of(steady_index, "load_step")
    assert gain[:400] == pytest.approx(0.7 * factor)
    assert gain[400:] == pytest.approx(factor)


def test_thermal_growth_approaches_1_1_from_0_9(steady_index):
    gain, factor = gain_of(steady_index, "thermal_growth")
    t = np.arange(1000) / 1000
    assert gain == pytest.approx(factor * (0.9 + 0.2 * (1 - np.exp(-t / 0.3))), rel=1e-5)
