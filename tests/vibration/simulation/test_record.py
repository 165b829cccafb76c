import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibration.simulation import (
    CLASS_CODES,
    INDEX_COLUMNS,
    NOISE_CODES,
    Recipe,
    adc,
    record_columns,
    record_turns,
    simulate,
    simulate_parts,
    single_class_recipe,
)

SMALL = Recipe(per_class=3, duration_s=0.7001, fs_hz=20_011.0, seed=11)


def digest(recipe, index):
    return hashlib.sha256(simulate(recipe, index).samples.tobytes()).hexdigest()


@pytest.mark.parametrize("class_code", CLASS_CODES)
def test_the_parts_sum_to_the_record_bit_for_bit(class_code):
    recipe = Recipe(per_class=1, classes=(class_code,))
    total = adc(sum(simulate_parts(recipe, 0).values()))
    record = simulate(recipe, 0)
    assert record.samples.dtype == np.float32
    assert record.samples.shape == (102_400,)
    assert np.array_equal(total, record.samples)


@given(
    class_code=st.sampled_from(CLASS_CODES),
    fs_hz=st.floats(6400, 50_000),
    duration_s=st.floats(0.1, 1.0),
    shaft_hz=st.floats(1, 800),
    noises=st.sets(st.sampled_from(NOISE_CODES)),
    index=st.integers(0, 99_999),
)
@settings(max_examples=60, deadline=None)
def test_every_recipe_gives_finite_parts_that_sum(
    class_code, fs_hz, duration_s, shaft_hz, noises, index
):
    recipe = single_class_recipe(
        class_code, fs_hz=fs_hz, duration_s=duration_s, shaft_hz=shaft_hz, noises=noises
    )
    record, parts = simulate(recipe, index), simulate_parts(recipe, index)
    total = sum(parts.values())
    assert all(p.dtype == np.float32 and p.shape == (recipe.n_samples,) for p in parts.values())
    assert np.isfinite(record.samples).all()
    assert np.array_equal(record.samples, adc(total) if "quantization" in noises else total)


@pytest.mark.parametrize("class_code", [c for c in CLASS_CODES if "cavitation" not in c])
def test_the_smallest_record_can_be_made(class_code):
    recipe = single_class_recipe(class_code, fs_hz=1000, duration_s=0.1, shaft_hz=1)
    assert np.isfinite([simulate(recipe, i).samples for i in range(5)]).all()


def test_columns_are_those_of_the_index_in_its_order():
    record = simulate(SMALL, 20)
    assert tuple(record.columns) == INDEX_COLUMNS
    assert record.columns == record_columns(SMALL, 20)
    assert record.fs_hz == SMALL.fs_hz
    json.dumps(record.columns, allow_nan=False)


def test_any_order_gives_the_same_bytes():
    forwards = [digest(SMALL, i) for i in range(SMALL.n_records)]
    backwards = [digest(SMALL, i) for i in reversed(range(SMALL.n_records))]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == len(forwards)


@pytest.mark.parametrize("index", [5, 43])
@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_process_of_its_own_gives_the_same_bytes(index, threads):
    script = (
        "import hashlib, json, sys; from vibration.simulation import Recipe, simulate;"
        "recipe = Recipe.from_dict(json.loads(sys.argv[1]));"
        "print(hashlib.sha256(simulate(recipe, int(sys.argv[2])).samples.tobytes()).hexdigest())"
    )
    recipe = Recipe(per_class=3, seed=2)
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(recipe.to_dict()), str(index)],
        env={"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest(recipe, index)


def test_a_larger_dataset_begins_with_the_smaller_one():
    small = Recipe(per_class=4, classes=("wear",), duration_s=0.2)
    large = Recipe(per_class=40, classes=CLASS_CODES, duration_s=0.2)
    first = CLASS_CODES.index("wear") * large.n_per_class
    for number in range(4):
        assert digest(small, number) == digest(large, first + number)
    assert digest(small, 4) == digest(large, first + 40)


def test_a_level_alone_gives_the_record_that_a_mixed_recipe_deals_at_that_number():
    mixed = single_class_recipe("oil_whirl", duration_s=0.3)
    alone = single_class_recipe("oil_whirl", "moderate", duration_s=0.3)
    assert digest(mixed, 6) == digest(alone, 6)


def test_another_seed_gives_another_record():
    assert digest(Recipe(seed=1), 0) != digest(Recipe(seed=2), 0)


COPIES = Recipe(per_class=40, classes=("healthy",), duration_s=0.7001, fs_hz=2003.0, seed=0)


def jumps(index):
    steps = np.diff(record_turns(COPIES, index))
    return np.count_nonzero(steps > 1.5 * np.median(steps))


@pytest.mark.parametrize("index", [0, 1, 2, *range(COPIES.per_class, COPIES.n_records)])
def test_the_angle_is_the_one_that_the_shafts_own_sine_follows(index):
    wave = simulate_parts(COPIES, index)["residual_1x"].astype(float)
    sine = np.sin(2 * np.pi * record_turns(COPIES, index))
    assert np.allclose(wave / np.abs(wave).max(), sine, atol=2e-3)


@pytest.mark.parametrize("index", [0, *range(COPIES.per_class, COPIES.n_records)])
def test_the_angle_always_rises_and_jumps_once_at_most(index):
    steps = np.diff(record_turns(COPIES, index))
    assert steps.min() > 0
    assert steps.max() <= 1
    assert jumps(index) <= 1


def test_a_circular_shift_splices_the_angle_of_some_copies():
    copies = range(COPIES.per_class, COPIES.n_records)
    assert 0 < sum(map(jumps, copies)) < len(copies)
