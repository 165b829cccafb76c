from itertools import pairwise

import pytest

from vibration.simulation import (
    CLASS_CODES,
    FAULT_CLASSES,
    NOISE_CODES,
    SEVERITIES,
    part_title,
    simulate_parts,
    single_class_recipe,
)


def test_there_are_eleven_classes_four_severities_and_seven_noises():
    assert (len(set(CLASS_CODES)), len(SEVERITIES), len(set(NOISE_CODES))) == (11, 4, 7)


def test_severity_factors_do_not_overlap():
    for lower, higher in pairwise(SEVERITIES):
        assert lower.low < lower.high == higher.low < higher.high
    assert (SEVERITIES[0].low, SEVERITIES[-1].high) == (0.20, 1.00)


def test_every_class_names_a_source():
    assert all(spec.sources and spec.signature for spec in FAULT_CLASSES)


@pytest.mark.parametrize("class_code", CLASS_CODES)
def test_every_part_has_a_title(class_code):
    recipe = single_class_recipe(class_code, duration_s=0.1)
    assert all(part_title(name) for name in simulate_parts(recipe, 0))
