import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.health.score import health_score

CHECKS = ("database", "valkey", "workers", "storage", "science", "migrations", "clock")
BEST = {"longest_wait_s": 0.0, "disk_free_share": 0.5, "memory_free_share": 0.5}
ALL_WELL = dict.fromkeys(CHECKS, True)

shares = st.none() | st.floats(0, 1)
waits = st.none() | st.floats(0, 1e6)
services = st.fixed_dictionaries({name: st.booleans() for name in CHECKS})


@given(services, waits, shares, shares)
def test_a_score_is_between_0_and_100_and_the_sum_of_its_parts(checks, wait, disk, memory):
    score = health_score(
        services=checks, longest_wait_s=wait, disk_free_share=disk, memory_free_share=memory
    )
    assert 0 <= score.total <= 100
    assert all(0 <= part.points <= part.of for part in score.parts)
    assert sum(part.of for part in score.parts) == 100


def test_everything_well_is_100():
    assert health_score(services=ALL_WELL, **BEST).total == 100


def test_nothing_known_is_0():
    unknown = dict.fromkeys(BEST)
    assert health_score(services={}, **unknown).total == 0


@pytest.mark.parametrize("name", CHECKS)
def test_each_failing_check_costs_points(name):
    assert health_score(services=ALL_WELL | {name: False}, **BEST).total < 100


@pytest.mark.parametrize("value", BEST)
def test_what_could_not_be_measured_earns_nothing(value):
    for unknown in (None, math.nan):
        assert health_score(services=ALL_WELL, **BEST | {value: unknown}).total == 80


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_a_longer_wait_never_scores_higher(one, other):
    short, long = sorted((one, other))
    assert _total(longest_wait_s=long) <= _total(longest_wait_s=short)


@pytest.mark.parametrize("value", ["disk_free_share", "memory_free_share"])
@given(one=st.floats(0, 1), other=st.floats(0, 1))
def test_more_room_never_scores_lower(value, one, other):
    little, much = sorted((one, other))
    assert _total(**{value: little}) <= _total(**{value: much})


@pytest.mark.parametrize(
    ("value", "full", "none"),
    [
        ("longest_wait_s", 10, 600),
        ("disk_free_share", 0.20, 0.05),
        ("memory_free_share", 0.40, 0.05),
    ],
)
def test_the_documented_ends_of_each_scale(value, full, none):
    assert _total(**{value: full}) == 100
    assert _total(**{value: none}) == 80
    assert _total(**{value: (full + none) / 2}) == 90


def _total(**values):
    return health_score(services=ALL_WELL, **BEST | values).total
