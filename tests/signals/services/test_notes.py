import pytest

from common.errors import Invalid, NotAllowed
from signals.models import Signal, Tag
from signals.services import notes
from signals.services.notes import signals_tag_many
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared")


def all_of(dataset):
    return Signal.objects.filter(store=dataset.store)


def test_an_owner_tags_all_of_a_filter_and_each_once(dataset):
    owner, wear = dataset.store.owner, all_of(dataset).filter(fault_class__code="wear")
    assert signals_tag_many(user=owner, signals=wear, name="odd") == 2
    assert signals_tag_many(user=owner, signals=all_of(dataset), name=" ODD ") == 4
    assert Tag.objects.get().signals.count() == 6


def test_it_takes_ids_and_takes_the_tag_away(dataset):
    owner, pks = dataset.store.owner, list(all_of(dataset).values_list("pk", flat=True))
    signals_tag_many(user=owner, signals=pks, name="odd")
    assert signals_tag_many(user=owner, signals=pks[:2], name="odd", remove=True) == 2
    assert Tag.objects.get(name="odd").signals.count() == 4


def test_a_curator_tags_what_others_share(dataset):
    curator = make_user("curator")
    assert signals_tag_many(user=curator, signals=all_of(dataset), name="odd") == 6


@pytest.mark.parametrize("role", [None, "viewer", "engineer"])
def test_a_member_tags_nothing_of_others(role, dataset):
    with pytest.raises(NotAllowed):
        signals_tag_many(user=make_user(role), signals=all_of(dataset), name="odd")
    assert not Tag.objects.exists()


def test_what_one_does_not_see_is_left_out():
    private, curator = make_dataset(), make_user("curator")
    assert signals_tag_many(user=curator, signals=all_of(private), name="odd") == 0


def test_more_than_a_request_can_carry_is_refused(dataset, monkeypatch):
    monkeypatch.setattr(notes, "MOST_TAGGED", 5)
    with pytest.raises(Invalid, match="At most 5"):
        signals_tag_many(user=dataset.store.owner, signals=all_of(dataset), name="odd")
