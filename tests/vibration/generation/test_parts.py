import pytest

from vibration.errors import VibrationError
from vibration.generation import copy_rows, generate, produce_rows, store_of
from vibration.simulation import Recipe
from vibration.store import StoreReader, read_metadata

RECIPE = Recipe(per_class=3, classes=("healthy", "oil_whirl"), duration_s=0.1)


def part(folder, rows, recipe=RECIPE):
    with store_of(recipe, folder, n=len(rows)) as writer:
        produce_rows(recipe, writer, rows, first=rows.start)
    return folder


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_parts_put_together_are_the_bytes_of_the_whole(tmp_path, order):
    n = RECIPE.n_records
    cuts = [range(0, 2), range(2, n - 1), range(n - 1, n)]
    parts = [part(tmp_path / str(number), rows) for number, rows in enumerate(cuts)]
    with store_of(RECIPE, tmp_path / "all") as writer:
        for number in order:
            with StoreReader(parts[number]) as reader:
                copy_rows(reader, writer, cuts[number].start)
    whole = generate(RECIPE, tmp_path / "whole")
    assert read_metadata(tmp_path / "all") == read_metadata(whole.folder)


def test_a_part_that_is_missing_leaves_nothing(tmp_path):
    with (
        pytest.raises(VibrationError, match="never written"),
        store_of(RECIPE, tmp_path / "all") as w,
    ):
        produce_rows(RECIPE, w, range(2))
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_recipe_is_refused(tmp_path):
    other = Recipe(per_class=3, classes=("healthy", "oil_whirl"), duration_s=0.1, seed=7)
    made = part(tmp_path / "part", range(2), other)

    def mixed():
        with store_of(RECIPE, tmp_path / "all") as writer, StoreReader(made) as reader:
            copy_rows(reader, writer, 0)

    with pytest.raises(VibrationError, match="another recipe"):
        mixed()
