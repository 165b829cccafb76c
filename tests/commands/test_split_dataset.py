import json

import pytest

from signals.models import Split
from tests.commands.running import called, refusal
from tests.factories import make_dataset, make_user

SPLIT = ("--ratios", "2:1", "--by", "none", "--seed", "5", "--name", "main")


@pytest.fixture
def dataset(seeded):
    make_user("superuser", username="admin")
    return make_dataset(name="Study", per_class=3)


def test_it_makes_a_split_and_says_what_each_side_holds(dataset):
    said = called("split_dataset", "Study", *SPLIT)
    split = Split.objects.get()
    assert (split.name, split.seed, split.version.number) == ("main", 5, 1)
    assert "train: 6 signals (66.7 %)" in said


def test_its_report_is_read_by_a_program(dataset):
    told = json.loads(called("split_dataset", "Study", *SPLIT, "--json"))
    assert [side["name"] for side in told["sides"]] == ["train", "test"]
    assert told["sides"][0]["classes"] == {"healthy": 2, "imbalance": 2, "wear": 2}
    assert told["warnings"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ratios", "2:x"), "no ratios"),
        (("--by", "specimen"), "No signal of this dataset belongs to a specimen"),
        (("--of-version", "9"), "no version 9"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(dataset, options, said):
    assert said in str(refusal("split_dataset", "Study", *SPLIT, *options))
