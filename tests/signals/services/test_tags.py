import pytest
from django.contrib.admin.models import LogEntry

from common.errors import Invalid, NotAllowed, NotFound
from signals.models import Signal, Tag
from signals.selectors import tags_visible
from signals.services import tags
from signals.services.tags import (
    signal_tags_set,
    signals_tag,
    tag_delete,
    tag_rename,
    tagging_undo,
)
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared")


def all_of(dataset):
    return Signal.objects.filter(store=dataset.store)


def tagged(user, signals, name, **values):
    return signals_tag(user=user, signals=signals, name=name, **values)


def n_tagged(*args, **values):
    return len(tagged(*args, **values).signals)


def names_on(signals):
    return set(signals.filter(tags__isnull=False).values_list("tags__name", flat=True))


def state_of(signals):
    return set(signals.filter(tags__isnull=False).values_list("pk", "tags__name"))


def test_an_owner_tags_all_of_a_filter_and_each_once(dataset):
    owner, wear = dataset.store.owner, all_of(dataset).filter(fault_class__code="wear")
    assert n_tagged(owner, wear, "odd") == 2
    assert n_tagged(owner, all_of(dataset), " ODD ") == 4
    assert Tag.objects.get().signals.count() == 6


def test_it_takes_ids_and_takes_the_tag_away(dataset):
    owner, pks = dataset.store.owner, list(all_of(dataset).values_list("pk", flat=True))
    tagged(owner, pks, "odd")
    assert n_tagged(owner, pks[:2], "odd", remove=True) == 2
    assert Tag.objects.get(name="odd").signals.count() == 4


def test_a_curator_tags_what_others_share(dataset):
    assert n_tagged(make_user("curator"), all_of(dataset), "odd") == 6


@pytest.mark.parametrize("role", [None, "viewer", "engineer"])
def test_a_member_tags_nothing_of_others(role, dataset):
    with pytest.raises(NotAllowed):
        tagged(make_user(role), all_of(dataset), "odd")
    assert not Tag.objects.exists()


def test_what_one_does_not_see_is_left_out():
    private, curator = make_dataset(), make_user("curator")
    assert n_tagged(curator, all_of(private), "odd") == 0


def test_tagging_nothing_makes_no_tag():
    tagged(make_user("curator"), all_of(make_dataset()), "odd")
    tagged(make_user("curator"), Signal.objects.none(), "odd")
    assert not Tag.objects.exists()


def test_a_tag_that_no_signal_bears_any_more_is_gone(dataset):
    tagged(dataset.store.owner, all_of(dataset), "odd")
    tagged(dataset.store.owner, all_of(dataset), "odd", remove=True)
    assert not Tag.objects.exists()


def test_more_than_a_request_can_carry_is_refused(dataset, monkeypatch):
    monkeypatch.setattr(tags, "MOST_TAGGED", 5)
    with pytest.raises(Invalid, match="At most 5"):
        tagged(dataset.store.owner, all_of(dataset), "odd")


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\u200bb", "\u202eodd", "a\0b"])
def test_a_name_that_is_empty_long_or_invisible_is_refused(name, dataset):
    with pytest.raises(Invalid, match="A tag"):
        tagged(dataset.store.owner, all_of(dataset), name)


def test_each_signal_that_changed_has_its_line_of_history(dataset):
    owner, wear = dataset.store.owner, all_of(dataset).filter(fault_class__code="wear")
    tagged(owner, wear, "odd")
    LogEntry.objects.all().delete()
    tagged(owner, all_of(dataset), "odd")
    changed = all_of(dataset).exclude(fault_class__code="wear")
    assert dict(LogEntry.objects.values_list("object_id", "object_repr")) == {
        str(signal.pk): signal.label for signal in changed
    }
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {"Tag “odd” added."}


@pytest.mark.parametrize("name", ["Loose", "LOOSE", "brand new"])
@pytest.mark.parametrize("remove", [False, True])
def test_undo_leaves_every_tag_as_it_was(name, remove, dataset):
    owner, wear = dataset.store.owner, all_of(dataset).filter(fault_class__code="wear")
    tagged(owner, wear, "Loose")
    before = state_of(all_of(dataset))
    done = tagged(owner, all_of(dataset), name, remove=remove)
    assert (state_of(all_of(dataset)) != before) == bool(done.signals)
    if done.undo:
        assert tagging_undo(user=owner, token=done.undo) == len(done.signals)
    assert state_of(all_of(dataset)) == before


def test_a_tag_given_in_capitals_over_small_letters_says_its_own_name(dataset):
    owner = dataset.store.owner
    tagged(owner, all_of(dataset)[:1], "Loose")
    assert tagged(owner, all_of(dataset), "LOOSE").name == "Loose"


def test_undo_is_for_who_did_it_and_works_once(dataset):
    done = tagged(dataset.store.owner, all_of(dataset), "odd")
    with pytest.raises(NotFound):
        tagging_undo(user=make_user("curator"), token=done.undo)
    tagging_undo(user=dataset.store.owner, token=done.undo)
    with pytest.raises(NotFound):
        tagging_undo(user=dataset.store.owner, token=done.undo)


def test_undo_asks_for_the_right_again(dataset):
    curator = make_user("curator")
    done = tagged(curator, all_of(dataset), "odd")
    curator.groups.clear()
    with pytest.raises(NotAllowed):
        tagging_undo(user=curator, token=done.undo)


def test_a_signal_gets_just_these_tags(dataset):
    signal = all_of(dataset).first()
    for names in (["a", "b"], ["b", "c"], []):
        signal_tags_set(user=dataset.store.owner, signal=signal, names=names)
        assert names_on(all_of(dataset)) == set(names)


def test_capitals_of_a_strangers_tag_stay_unknown(dataset):
    private = make_dataset()
    tagged(private.store.owner, all_of(private), "SeCrEt")
    assert tagged(dataset.store.owner, all_of(dataset), "secret").name == "secret"
    assert names_on(all_of(dataset)) == {"secret"}
    assert names_on(all_of(private)) == {"SeCrEt"}


def test_a_tag_exists_for_whom_a_signal_with_it_does(dataset):
    private = make_dataset()
    tagged(private.store.owner, all_of(private), "secret")
    tagged(dataset.store.owner, all_of(dataset), "known")
    everybody = {"owner": private.store.owner} | {
        role: make_user(role) for role in ("viewer", "engineer", "curator", "superuser")
    }
    seen = {who: {tag.name for tag in tags_visible(user)} for who, user in everybody.items()}
    both, known = {"known", "secret"}, {"known"}
    assert seen == {
        "owner": both,
        "viewer": known,
        "engineer": known,
        "curator": known,
        "superuser": both,
    }


def test_renaming_reaches_what_the_curator_sees_and_no_more(dataset):
    private, curator = make_dataset(), make_user("curator")
    tagged(private.store.owner, all_of(private), "odd")
    tagged(curator, all_of(dataset), "odd")
    tag_rename(user=curator, tag=Tag.objects.get(name="odd"), name="strange")
    assert (names_on(all_of(private)), names_on(all_of(dataset))) == ({"odd"}, {"strange"})


def test_renaming_may_change_capitals_alone(dataset):
    tagged(dataset.store.owner, all_of(dataset), "odd")
    tag_rename(user=make_user("curator"), tag=Tag.objects.get(), name="Odd")
    assert names_on(all_of(dataset)) == {"Odd"}


def test_renaming_to_a_name_in_use_makes_the_two_one(dataset):
    curator = make_user("curator")
    tagged(curator, all_of(dataset), "odd")
    tagged(curator, all_of(dataset)[:2], "rub")
    tag_rename(user=curator, tag=Tag.objects.get(name="odd"), name="RUB")
    assert state_of(all_of(dataset)) == {(signal.pk, "rub") for signal in all_of(dataset)}
    assert not Tag.objects.filter(name="odd").exists()


def test_a_tag_nobody_here_sees_is_neither_renamed_nor_deleted():
    private = make_dataset()
    tagged(private.store.owner, all_of(private), "secret")
    tag, curator = Tag.objects.get(), make_user("curator")
    with pytest.raises(NotFound):
        tag_rename(user=curator, tag=tag, name="known")
    with pytest.raises(NotFound):
        tag_delete(user=curator, tag=tag)


def test_a_tag_is_renamed_and_deleted_by_curators(dataset):
    owner = dataset.store.owner
    tagged(owner, all_of(dataset), "odd")
    with pytest.raises(NotAllowed):
        tag_rename(user=owner, tag=Tag.objects.get(), name="strange")
    with pytest.raises(NotAllowed):
        tag_delete(user=owner, tag=Tag.objects.get())
