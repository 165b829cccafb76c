import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibration.errors import VibrationError
from vibration.generation import generate
from vibration.simulation import CLASS_CODES, NOISE_CODES, SEVERITY_CODES, Recipe
from vibration.simulation.recipe_text import recipe_from_yaml, recipe_to_yaml


def some_of(codes, least=1):
    return st.lists(st.sampled_from(codes), min_size=least, unique=True).map(tuple)


RECIPES = st.builds(
    Recipe,
    seed=st.integers(0, 2**63 - 1),
    per_class=st.integers(1, 100_000),
    classes=some_of(CLASS_CODES),
    severities=some_of(SEVERITY_CODES),
    noises=some_of(NOISE_CODES, least=0),
    augmentation=st.booleans(),
    fs_hz=st.floats(20_000, 200_000),
    duration_s=st.floats(0.1, 60),
    shaft_hz=st.floats(1, 1_000),
    mains_hz=st.sampled_from([50.0, 60.0]),
)


@given(RECIPES)
def test_what_is_written_is_read_back(recipe):
    text = recipe_to_yaml(recipe)
    assert recipe_from_yaml(text) == recipe
    assert recipe_to_yaml(recipe_from_yaml(text)) == text


def test_a_recipe_from_its_text_makes_the_same_bytes(tmp_path):
    recipe = Recipe(
        seed=5, per_class=1, classes=("wear",), fs_hz=4096.3, duration_s=0.3, mains_hz=60.0
    )
    files = []
    for name, each in (("a", recipe), ("b", recipe_from_yaml(recipe_to_yaml(recipe)))):
        files.append((generate(each, tmp_path / name).folder / "signals.h5").read_bytes())
    assert files[0] == files[1]


def test_what_is_missing_has_its_default():
    assert recipe_from_yaml("# mine\nclasses:\n  - wear\n") == Recipe(classes=("wear",))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("speed: 3", "“speed”"),
        ("seed: -1", "seed"),
        ("seed: many", "seed"),
        ("seed: 1\nper_class: 2\nseed: 2", "seed stands twice, again on line 3"),
        ("fs_hz: 5", "fs_hz"),
        ("fs_hz: 2e4Hz", "fs_hz"),
        ("duration_s: 1000", "duration_s"),
        ("shaft_hz: 900\nfs_hz: 5000\nclasses: [healthy]", "shaft_hz"),
        ("mains_hz: 55", "mains_hz"),
        ("classes: wear", "classes"),
        ("classes: [rust]", "rust"),
        ("classes: [wear, wear]", "classes"),
        ("classes: [[wear]]", "list in a list"),
        ("severities: []", "severities"),
        ("noises: ~", "noises"),
        ("augmentation: 3", "augmentation"),
        ("simulator_version: 99", "simulator_version"),
        ("simulator_version: yes", "simulator_version"),
        ("- seed", "keys and values"),
        ("", "keys and values"),
        ("seed: 1\n  bad: [", "Line 2"),
        ("a: &x [1]\nb: *x", "Line 1"),
        ("seed: !!python/object/apply:os.getcwd []", "Line 1"),
        ("seed: " + "9" * 5000, "YAML"),
        ("seed: 2020-99-99", "YAML"),
        ("seed: \x00", "YAML"),
        ("[" * 3000, "list in a list"),
        ("#" * 30_000, "short"),
        ("1: 2", "“1”"),
        ("? [a]\n: 1", "YAML"),
        ("fs_hz: 1" + "0" * 400, "fs_hz"),
        ("seed: 0x" + "f" * 5000, "seed"),
        ("seed: " + ":".join(["59"] * 3000), "seed"),
        ("fs_hz: " + ":".join(["59"] * 3000) + ".5", "YAML"),
        ("simulator_version: 0x" + "f" * 5000, "simulator_version"),
        ("classes: [0x" + "f" * 5000 + "]", "classes"),
        ("classes: !!set {0x" + "f" * 5000 + "}", "classes"),
        ("? 0x" + "f" * 5000 + "\n: 1", "key"),
        ("fs_hz: !!timestamp x", "YAML"),
        ("augmentation: !!bool x", "YAML"),
        ("fs_hz: !!int ''", "YAML"),
        ("? " + "x" * 5000 + "\n: 1", "no key “xxx"),
        ('"\\ud800": 1', "no key “?”"),
        ('? "\\ud800"\n: 1\n? "\\ud800"\n: 1', "? stands twice, again on line 3"),
    ],
)
def test_each_mistake_is_named_in_one_sentence(text, named):
    with pytest.raises(VibrationError) as refused:
        recipe_from_yaml(text)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value).encode()) < 400


def test_a_number_may_be_written_as_in_other_programs():
    assert recipe_from_yaml("fs_hz: 2e4").fs_hz == 20_000
