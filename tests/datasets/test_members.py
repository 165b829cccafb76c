"""Who is let into a dataset, and what that lets them do wherever it is asked."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError

from common.errors import Invalid, NotAllowed, NotFound
from datasets.selectors import datasets_visible
from datasets.services import dataset_delete, dataset_member_remove, dataset_member_set
from datasets.services.hints import dataset_audience, job_audience
from monitoring.models import SystemEvent
from signals.models import FaultClass, Signal, SignalStore, StoreMember
from signals.selectors import (
    may_label,
    signals_visible,
    stores_labelled,
    stores_seen,
    stores_visible,
)
from signals.services.labels import Relabel, signals_relabel
from signals.services.tags import signals_tag
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset()


@pytest.fixture
def member():
    return make_user("viewer")


def let_in(dataset, whom, right="read"):
    return dataset_member_set(
        user=dataset.store.owner, dataset=dataset, name=str(whom), right=right
    )


def sees(user, dataset):
    return {
        datasets_visible(user).filter(pk=dataset.pk).exists(),
        stores_visible(user).filter(pk=dataset.store_id).exists(),
        signals_visible(user).filter(store=dataset.store_id).exists(),
    } == {True}


def group_of(*people):
    group = Group.objects.create(name="Rig 2")
    for person in people:
        person.groups.add(group)
    return group


def test_a_member_sees_the_dataset_and_others_do_not(dataset, member):
    let_in(dataset, member)
    assert sees(member, dataset)
    assert not sees(make_user("curator"), dataset)


def test_whoever_is_in_a_group_sees_what_the_group_was_let_into(dataset, member):
    let_in(dataset, group_of(member))
    assert sees(member, dataset)
    member.groups.clear()
    assert not sees(member, dataset)


def test_a_member_by_name_and_by_group_sees_each_signal_once(dataset, member):
    let_in(dataset, member)
    let_in(dataset, group_of(member))
    assert datasets_visible(member).count() == 1
    assert signals_visible(member).count() == dataset.store.n_signals


def test_taken_out_a_member_sees_nothing(dataset, member):
    row = let_in(dataset, member)
    dataset_member_remove(user=dataset.store.owner, dataset=dataset, member_id=row.pk)
    assert not sees(member, dataset)


def test_a_deactivated_member_sees_nothing(dataset, member):
    let_in(dataset, member)
    member.is_active = False
    assert not sees(member, dataset)


@pytest.mark.parametrize(("right", "may"), [("read", False), ("label", True)])
def test_the_right_to_label_covers_labels_and_tags(dataset, member, right, may):
    let_in(dataset, member, right)
    wear = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
    labels = Relabel(fault_class=FaultClass.objects.get(code="imbalance"))
    assert may_label(member, dataset.store) is may
    acts = (
        lambda: signals_tag(user=member, signals=wear, name="odd"),
        lambda: signals_relabel(user=member, signals=wear, labels=labels, reason="x"),
    )
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()
    assert wear.exists() is not may


def test_a_reader_by_name_who_may_label_by_group_may_label(dataset, member):
    let_in(dataset, member, "read")
    let_in(dataset, group_of(member), "label")
    assert may_label(member, dataset.store)


def test_the_right_to_label_one_dataset_is_none_for_another(dataset, member):
    let_in(dataset, member, "label")
    shared = make_dataset(visibility="shared")
    assert list(stores_labelled(member)) == [dataset.store]
    signals = signals_visible(member)
    with pytest.raises(NotAllowed):
        signals_tag(user=member, signals=signals, name="odd")
    assert sees(member, shared)


def test_given_again_the_right_changes_and_there_is_one_row(dataset, member):
    let_in(dataset, member, "read")
    let_in(dataset, member, "label")
    assert StoreMember.objects.get().may_label


@pytest.mark.parametrize("role", ["viewer", "engineer", "curator"])
def test_only_the_owner_lets_in_and_takes_out(dataset, member, role):
    row = let_in(dataset, member, "label")
    for user in (member, make_user(role)):
        with pytest.raises(NotAllowed):
            dataset_member_set(user=user, dataset=dataset, name=str(user), right="label")
        with pytest.raises(NotAllowed):
            dataset_member_remove(user=user, dataset=dataset, member_id=row.pk)


def test_a_member_of_another_dataset_is_not_taken_out_here(dataset, member):
    row = let_in(dataset, member)
    other = make_dataset(dataset.store.owner)
    with pytest.raises(NotFound):
        dataset_member_remove(user=dataset.store.owner, dataset=other, member_id=row.pk)


@pytest.mark.parametrize(
    ("name", "right", "field"),
    [
        ("", "read", "name"),
        ("nobody", "read", "name"),
        ("a\0b", "read", "name"),
        (None, "x", "right"),
    ],
)
def test_what_is_refused_is_said_at_its_field(dataset, member, name, right, field):
    with pytest.raises(Invalid) as refused:
        let_in(dataset, member if name is None else name, right)
    assert list(refused.value.field_errors) == [field]


def test_the_owner_is_no_member(dataset):
    with pytest.raises(Invalid, match="owns this dataset"):
        let_in(dataset, dataset.store.owner)


def test_a_member_is_a_person_or_a_group(dataset, member):
    for row in (
        StoreMember(store=dataset.store),
        StoreMember(store=dataset.store, user=member, group=group_of()),
    ):
        with pytest.raises(ValidationError):
            row.full_clean()


def test_it_is_written_down_who_was_let_in(dataset, member):
    let_in(dataset, member, "label")
    event = SystemEvent.objects.get(kind="shared")
    assert (event.about, event.detail) == (dataset.store.about, f"{member} may read and label")


def test_its_job_tells_whoever_may_see_how_far_it_is(dataset, member):
    let_in(dataset, member)
    assert f"user.{member.pk}" in job_audience(dataset.job)
    dataset_delete(user=dataset.store.owner, dataset=dataset)
    assert job_audience(dataset.job) == []


def test_hints_go_to_those_who_may_see_and_to_nobody_else(dataset, member):
    let_in(dataset, group_of(member, make_user("viewer", is_active=False)))
    owner = dataset.store.owner_id
    assert set(dataset_audience(dataset)) == {f"user.{owner}", f"user.{member.pk}", "superusers"}


@pytest.mark.parametrize("role", ["engineer", "superuser"])
def test_a_row_s_store_is_looked_for_among_those_that_the_rule_gives(dataset, role):
    person, other = make_user(role), make_user("viewer")
    by_name, by_group, own, shared = (
        make_dataset(owner, visibility=visibility)
        for owner, visibility in (
            (None, "private"),
            (None, "private"),
            (person, "private"),
            (None, "shared"),
        )
    )
    let_in(by_name, person)
    let_in(by_group, group_of(person))
    let_in(dataset, other)
    found = SignalStore.objects.filter(pk__in=stores_seen(person))
    assert set(found) == set(stores_visible(person))
    assert {each.store for each in (by_name, by_group, own, shared)} <= set(found)
    assert (dataset.store in found) == (role == "superuser")


def test_what_is_looked_for_is_of_whoever_asks_and_of_this_moment(dataset, member):
    def seen(person):
        return SignalStore.objects.filter(pk__in=stores_seen(person)).exists()

    assert (seen(dataset.store.owner), seen(member)) == (True, False)
    let_in(dataset, member)
    assert seen(member)
    dataset_member_remove(
        user=dataset.store.owner, dataset=dataset, member_id=StoreMember.objects.get().pk
    )
    assert not seen(member)


@pytest.mark.parametrize("person", [AnonymousUser(), "deactivated"])
def test_nobody_and_a_deactivated_account_find_no_store(dataset, person):
    if person == "deactivated":
        person = dataset.store.owner
        person.is_active = False
    assert not SignalStore.objects.filter(pk__in=stores_seen(person)).exists()
