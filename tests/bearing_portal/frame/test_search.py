"""What the command palette offers, and in which order."""

import pytest

from bearing_portal.frame.search import SHOWN_PER_GROUP, search_portal
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


def titles(user, text):
    return {group: [hit.title for hit in hits] for group, hits in search_portal(user, text)}


def test_without_a_word_it_offers_places_and_datasets_but_no_signal():
    dataset = make_dataset(name="Whirl study")
    offered = titles(dataset.store.owner, "  ")
    assert list(offered) == ["Pages and actions", "Datasets"]
    assert offered["Datasets"] == ["Whirl study"]


@pytest.mark.parametrize("text", ["explorer", "EXPLORER", " ata exp "])
def test_a_place_is_found_by_any_part_of_its_name(text):
    assert titles(make_user("viewer"), text)["Pages and actions"] == ["Data Explorer"]


def test_actions_come_before_places():
    offered = titles(make_user("engineer"), "")["Pages and actions"]
    actions = ["Create a dataset", "Import recordings", "Upload a recording"]
    assert offered[:4] == [*actions, "Home"]


def test_who_may_not_create_may_upload():
    offered = titles(make_user("viewer"), "")["Pages and actions"]
    assert offered[0] == "Upload a recording"
    assert "Create a dataset" not in offered


def test_a_group_without_a_hit_is_not_shown():
    assert titles(make_user("engineer"), "no such thing") == {}


def test_a_dataset_says_how_it_stands():
    dataset = make_dataset(ready=False, name="Whirl study")
    (hit,) = dict(search_portal(dataset.store.owner, "WHIRL"))["Datasets"]
    assert (hit.url, hit.note) == (f"/datasets/{dataset.pk}/", "Queued")


def test_of_many_datasets_the_first_are_shown():
    owner = make_user("engineer")
    for n in range(SHOWN_PER_GROUP + 1):
        make_dataset(owner, ready=False, name=f"Study {n}")
    assert len(titles(owner, "study")["Datasets"]) == SHOWN_PER_GROUP
