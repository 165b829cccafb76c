import doctest

import pytest

from vibration.generation import Estimate, estimates, pace_of
from vibration.generation.estimates import START_S


def of(work_s: float) -> Estimate:
    return Estimate(n_records=1, size_bytes=0, start_s=START_S, work_s=work_s)


def test_examples_run():
    assert doctest.testmod(estimates).failed == 0


def test_without_any_dataset_the_measured_machine_stands():
    pace = pace_of([], [])
    assert pace.start_s == pytest.approx(START_S)
    assert pace.factor == pytest.approx(1)


@pytest.mark.parametrize("factor", [0.5, 1.0, 10.0])
@pytest.mark.parametrize("start_s", [0.5, 6.0])
def test_start_and_factor_are_found_apart(start_s, factor):
    works_s = [0.02, 0.05, 5.0, 10.0]
    pace = pace_of([of(w) for w in works_s], [start_s + factor * w for w in works_s])
    assert pace.start_s == pytest.approx(start_s, rel=0.15)
    assert pace.factor == pytest.approx(factor, rel=0.15)


def test_five_tiny_datasets_say_nothing_of_the_work():
    assert pace_of([of(0.01)] * 5, [9.0] * 5).factor == pytest.approx(1, rel=0.1)


def test_one_large_dataset_corrects_the_work():
    foreseen = of(10.0)
    assert foreseen.fitted(pace_of([foreseen], [137.0])).duration_s == pytest.approx(137, rel=0.1)


def test_no_pace_is_negative():
    pace = pace_of([of(0.01), of(10.0)], [30.0, 0.1])
    assert pace.start_s >= 0
    assert pace.factor > 0
