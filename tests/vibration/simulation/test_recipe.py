import json
import math
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.simulation import (
    CLASS_CODES,
    NOISE_CODES,
    SEVERITY_CODES,
    Recipe,
    record_columns,
    single_class_recipe,
)

subsets = {
    "classes": st.sets(st.sampled_from(CLASS_CODES), min_size=1).map(tuple),
    "severities": st.sets(st.sampled_from(SEVERITY_CODES), min_size=1).map(tuple),
    "noises": st.sets(st.sampled_from(NOISE_CODES)).map(tuple),
}
recipes = st.builds(
    Recipe,
    seed=st.integers(0, 2**63 - 1),
    per_class=st.integers(1, 100_000),
    augmentation=st.booleans(),
    fs_hz=st.floats(6400, 200_000),
    duration_s=st.floats(0.1, 60),
    shaft_hz=st.floats(1, 800),
    mains_hz=st.sampled_from([50, 60]),
    **subsets,
)


@given(recipes)
def test_a_recipe_survives_json(recipe):
    again = Recipe.from_dict(json.loads(json.dumps(recipe.to_dict())))
    assert again == recipe
    assert again.fingerprint() == recipe.fingerprint()


@given(st.permutations(CLASS_CODES))
def test_the_order_in_which_classes_are_named_does_not_matter(classes):
    assert Recipe(classes=tuple(classes)).fingerprint() == Recipe().fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"per_class": 101},
        {"classes": ("wear",)},
        {"severities": ("mild",)},
        {"noises": ()},
        {"augmentation": False},
        {"fs_hz": 20481.0},
        {"duration_s": 4.0},
        {"shaft_hz": 50.0},
        {"mains_hz": 60.0},
    ],
)
def test_every_field_is_in_the_fingerprint(change):
    assert Recipe(**change).fingerprint() != Recipe().fingerprint()


def test_the_simulator_version_is_in_the_fingerprint(monkeypatch):
    before = Recipe().fingerprint()
    monkeypatch.setattr("vibration.simulation.recipe.SIMULATOR_VERSION", -1)
    assert Recipe().fingerprint() != before


def test_the_default_dataset_has_1430_records_of_102400_samples():
    assert (Recipe().n_records, Recipe().n_samples) == (1430, 102_400)


@pytest.mark.parametrize(("per_class", "total"), [(1, 1), (2, 3), (5, 7), (10, 13), (15, 20)])
def test_augmented_copies_are_30_percent_rounded_half_up(per_class, total):
    assert Recipe(per_class=per_class).n_per_class == total


@given(recipes, st.data())
def test_source_index_points_to_an_original_of_the_same_class_and_severity(recipe, data):
    address = recipe.address(data.draw(st.integers(0, recipe.n_records - 1)))
    source = recipe.address(address.source_index)
    assert not source.key.is_copy
    assert source.severity == address.severity
    assert (source.key.class_code, source.key.number) == (
        address.key.class_code,
        address.key.number,
    )
    assert address.key.is_copy or source == address


def test_records_stand_class_by_class_originals_first():
    recipe = Recipe(per_class=10, classes=("healthy", "wear"))
    keys = [recipe.address(i).key for i in range(recipe.n_records)]
    assert [k.class_code for k in keys] == ["healthy"] * 13 + ["wear"] * 13
    assert [k.is_copy for k in keys] == ([False] * 10 + [True] * 3) * 2


@given(recipes, st.integers(1, 50))
def test_severities_are_dealt_out_evenly_within_each_class(recipe, per_class):
    recipe = replace(recipe, per_class=per_class)
    dealt = Counter(recipe.address(i).severity for i in range(recipe.per_class))
    if recipe.classes[0] == "healthy":
        assert dealt == {None: recipe.per_class}
    else:
        counts = [dealt[code] for code in recipe.severities]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fs_hz": 999.0}, "sampling rate 999 Hz is outside 1000-200000 Hz"),
        ({"fs_hz": 200_001.0}, "sampling rate"),
        ({"duration_s": 0.09}, "duration 0.09 s is outside 0.1-60 s"),
        ({"duration_s": 61.0}, "duration"),
        ({"shaft_hz": 0.5}, "shaft speed 0.5 Hz is outside 1-1000 Hz"),
        ({"shaft_hz": 1001.0}, "shaft speed"),
        ({"mains_hz": 55.0}, "50 or 60 Hz"),
        ({"fs_hz": 6399.0}, "cannot carry cavitation and cavitation_clearance: raise it to 6400"),
        ({"fs_hz": 7680.0, "shaft_hz": 1000.0}, "3X of the shaft speed is 3000 Hz"),
        ({"classes": ()}, "at least one class"),
        ({"severities": ()}, "at least one severity"),
        ({"classes": ("rust",)}, "Unknown class 'rust'"),
        ({"severities": ("awful",)}, "Unknown severity 'awful'"),
        ({"noises": ("hum",)}, "Unknown noise 'hum'"),
        ({"classes": ("wear", "wear")}, "twice"),
        ({"classes": "wear"}, "list of codes"),
        ({"classes": None}, "list of codes"),
        ({"seed": -1}, "seed is a whole number"),
        ({"seed": 1.5}, "seed is a whole number"),
        ({"seed": True}, "seed is a whole number"),
        ({"per_class": 0}, "per_class is a whole number from 1 to 100000"),
        ({"per_class": 100_001}, "per_class"),
        ({"augmentation": 1}, "augmentation is true or false"),
        ({"fs_hz": "20480"}, "fs_hz is a finite number"),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused_with_the_reason(change, reason):
    with pytest.raises(VibrationError, match=reason):
        Recipe(**change)


def test_a_whole_number_beyond_all_floats_is_refused():
    with pytest.raises(VibrationError, match="fs_hz is too large a number"):
        Recipe(fs_hz=10**400)


@pytest.mark.parametrize("name", ["fs_hz", "duration_s", "shaft_hz", "mains_hz"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(name, value):
    with pytest.raises(VibrationError, match=f"{name} is a finite number"):
        Recipe(**{name: value})


def test_a_low_rate_carries_the_classes_without_cavitation():
    assert Recipe(classes=("wear",), fs_hz=1000.0, shaft_hz=130.0).n_samples == 5000


def test_the_fastest_3x_of_an_accepted_recipe_stays_below_nyquist():
    shaft_hz = 1000.0 / 2.56 / 3 - 1e-6
    Recipe(classes=("misalignment",), fs_hz=1000.0, shaft_hz=shaft_hz)
    assert 3 * shaft_hz * 1.10 * 1.15 * (1 + 10 * 0.001) < 500.0


def test_an_unknown_field_is_refused():
    with pytest.raises(VibrationError, match="no field 'colour'"):
        Recipe.from_dict({"colour": "red"})


@pytest.mark.parametrize("index", [-1, 1430, 1.0, None])
def test_an_index_outside_the_dataset_is_refused(index):
    with pytest.raises(VibrationError, match="index is a whole number from 0 to 1429"):
        Recipe().address(index)


def test_healthy_with_a_severity_is_refused():
    with pytest.raises(VibrationError, match="healthy machine has no severity"):
        single_class_recipe("healthy", "mild")


def test_a_single_class_recipe_holds_any_index_and_one_level():
    columns = record_columns(single_class_recipe("wear", "mild"), 77_777)
    assert (columns["severity"], columns["seed_key"]) == ("mild", "0/wear/77777")
