import pytest

from vibration.errors import VibrationError
from vibration.generation import VerificationCancelled, generate, verify_records
from vibration.simulation import Recipe

RECIPE = Recipe(
    per_class=50,
    classes=("healthy", "imbalance"),
    augmentation=False,
    duration_s=0.25,
    fs_hz=4096.0,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "dataset"
    generate(RECIPE, folder)
    return folder


def test_processes_find_the_same_as_none(folder):
    done = []
    assert verify_records(folder, range(RECIPE.n_records), workers=2, progress=done.append) == []
    assert done[-1] == RECIPE.n_records


@pytest.mark.parametrize("row", [-1, RECIPE.n_records])
def test_a_row_that_is_not_there_is_refused(folder, row):
    with pytest.raises(VibrationError, match="There is no record"):
        verify_records(folder, [row])


def test_it_stops_when_asked(folder):
    with pytest.raises(VerificationCancelled):
        verify_records(folder, range(10), cancelled=lambda: True)
