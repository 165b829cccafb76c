import numpy as np
import pytest

from vibration.simulation import Recipe, record_columns, simulate, simulate_parts
from vibration.simulation.augmentation import draw_augmentation
from vibration.simulation.conditions import draw_conditions

RECIPE = Recipe(per_class=200, classes=("imbalance",), duration_s=0.5)
COPIES = range(200, 260)


def drawn(index):
    address = RECIPE.address(index)
    conditions = draw_conditions(RECIPE, address)
    return draw_augmentation(address.key, conditions, RECIPE.n_samples)[0], conditions


def copies_of_kind(kind):
    return [i for i in COPIES if drawn(i)[0].kind == kind]


def test_a_copy_has_its_originals_columns_and_is_marked():
    copy, original = record_columns(RECIPE, 203), record_columns(RECIPE, 3)
    assert (copy.pop("augmented"), original.pop("augmented")) == (True, False)
    assert (copy.pop("seed_key"), original.pop("seed_key")) == (
        "0/imbalance/3/copy",
        "0/imbalance/3",
    )
    assert copy == original
    assert original["source_index"] == 3


def test_all_three_kinds_occur():
    assert {drawn(i)[0].kind for i in COPIES} == {"shift", "scale", "noise"}


def test_a_shifted_copy_is_its_original_turned_by_at_most_2_percent():
    for index in copies_of_kind("shift"):
        shift = drawn(index)[0].shift_samples
        assert 0 < abs(shift) <= 0.02 * RECIPE.n_samples
        assert np.array_equal(
            simulate(RECIPE, index).samples, np.roll(simulate(RECIPE, index - 200).samples, shift)
        )


def test_a_scaled_copy_is_its_original_times_0_85_to_1_15():
    for index in copies_of_kind("scale")[:5]:
        scale = drawn(index)[0].scale
        assert 0.85 <= scale <= 1.15
        expected = scale * simulate(RECIPE, index - 200).samples
        assert np.abs(simulate(RECIPE, index).samples - expected).max() < 0.0011


def test_a_noisier_copy_has_noise_of_0_02_to_0_05():
    for index in copies_of_kind("noise")[:5]:
        parts, original = simulate_parts(RECIPE, index), simulate_parts(RECIPE, index - 200)
        noise = parts.pop("augmentation_noise")
        assert 0.02 * 0.97 <= noise.std() <= 0.05 * 1.03
        assert all(np.array_equal(parts[name], original[name]) for name in original)


def test_a_record_that_changes_is_never_shifted_circularly():
    for index in COPIES:
        augmentation, conditions = drawn(index)
        if conditions.transient or conditions.progresses:
            assert augmentation.kind != "shift"


def test_every_shift_lies_within_2_percent_and_none_is_zero():
    shifts = [drawn(i)[0].shift_samples for i in copies_of_kind("shift")]
    assert min(shifts) < 0 < max(shifts)


def test_without_augmentation_no_record_is_a_copy():
    recipe = Recipe(per_class=5, augmentation=False)
    assert not any(record_columns(recipe, i)["augmented"] for i in range(recipe.n_records))


@pytest.mark.parametrize("index", COPIES[:12])
def test_the_parts_of_a_copy_sum_to_it(index):
    recipe = Recipe(
        per_class=200, classes=("imbalance",), duration_s=0.5, noises=("measurement", "pink")
    )
    assert np.array_equal(
        sum(simulate_parts(recipe, index).values()), simulate(recipe, index).samples
    )
