"""Zones by ISO 20816-3."""

import doctest
import math

import pytest

import vibration.machines.iso20816
from vibration.errors import VibrationError
from vibration.machines.iso20816 import MACHINE_GROUPS, ZONES, zone_of


def test_the_examples_run():
    result = doctest.testmod(vibration.machines.iso20816)
    assert (result.attempted > 0, result.failed) == (True, 0)


@pytest.mark.parametrize(
    ("group", "limits"),
    [
        ("group1_rigid", (2.3, 4.5, 7.1)),
        ("group1_flexible", (3.5, 7.1, 11.0)),
        ("group2_rigid", (1.4, 2.8, 4.5)),
        ("group2_flexible", (2.3, 4.5, 7.1)),
    ],
)
def test_limits_literature(group, limits):
    """ISO 20816-3:2022, tables of annex A."""
    assert MACHINE_GROUPS[group].limits == limits


@pytest.mark.parametrize("group", MACHINE_GROUPS)
def test_a_limit_belongs_to_the_better_zone(group):
    limits = MACHINE_GROUPS[group].limits
    assert [zone_of(limit, group) for limit in limits] == ["A", "B", "C"]
    assert [zone_of(math.nextafter(limit, 99), group) for limit in limits] == ["B", "C", "D"]


def test_a_still_machine_is_in_the_best_zone():
    assert {zone_of(0.0, group) for group in MACHINE_GROUPS} == {"A"}


def test_every_zone_has_its_meaning():
    assert [*ZONES] == ["A", "B", "C", "D"]


@pytest.mark.parametrize("velocity_rms_mm_s", [-0.1, math.nan, math.inf])
def test_what_is_no_velocity_is_refused(velocity_rms_mm_s):
    with pytest.raises(VibrationError, match="no RMS velocity"):
        zone_of(velocity_rms_mm_s, "group1_rigid")


def test_an_unknown_group_is_refused():
    with pytest.raises(VibrationError, match="no machine group 'pump'"):
        zone_of(1.0, "pump")
