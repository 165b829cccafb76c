"""Who beside its owner sees a dataset: members, groups, everybody."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from common.database import after_commit
from common.errors import Invalid, NotFound
from datasets.models import Dataset
from datasets.services.events import dataset_event
from datasets.services.hints import dataset_audience, dataset_hint
from datasets.services.management import may_manage_or_refuse
from monitoring.models import SystemEvent
from signals.models import SignalStore, StoreMember

RIGHTS = {"read": "read", "label": "read and label"}


def dataset_share(*, user: Any, dataset: Dataset, visibility: str) -> None:
    """Show a dataset to everybody, or to its owner and members alone."""
    may_manage_or_refuse(user, dataset, "share")
    if visibility not in SignalStore.Visibility.values:
        raise Invalid("A dataset is private or shared.")
    with transaction.atomic():
        before = dataset_audience(dataset)
        SignalStore.objects.filter(pk=dataset.store_id).update(visibility=visibility)
        dataset_event(dataset, SystemEvent.Kind.SHARED, user, visibility)
        dataset.store.visibility = visibility
        after_commit(dataset_hint, dataset, also=before)


def dataset_member_set(*, user: Any, dataset: Dataset, name: str, right: str) -> StoreMember:
    """Let a person or a group into a dataset, or give another right to one who is in.

    Parameters
    ----------
    user : Any
        The dataset's owner or a superuser.
    name : str
        A person's user name, or a group's name; of two alike it is the person.
    right : str
        "read", or "label" for reading and changing labels and tags.

    Raises
    ------
    Invalid
        With the field it concerns: `name` or `right`.
    """
    may_manage_or_refuse(user, dataset, "share")
    _known_or_refuse(right)
    person, group = _named(name.strip())
    if person is not None and person.pk == dataset.store.owner_id:
        raise _at("name", f"{person} owns this dataset and may do everything with it.")
    with transaction.atomic():
        # The store's row is what two at once wait for.
        store = SignalStore.objects.select_for_update().get(pk=dataset.store_id)
        member = store.members.filter(user=person, group=group).first()
        member = member or StoreMember(store=store, user=person, group=group)
        _write(member, user, dataset, right)
    return member


def dataset_member_change(*, user: Any, dataset: Dataset, member_id: int, right: str) -> None:
    """Give a member another right."""
    may_manage_or_refuse(user, dataset, "share")
    _known_or_refuse(right)
    with transaction.atomic():
        _write(_locked(dataset, member_id), user, dataset, right)


def dataset_member_remove(*, user: Any, dataset: Dataset, member_id: int) -> None:
    """Take a person's or group's right away."""
    may_manage_or_refuse(user, dataset, "share")
    with transaction.atomic():
        member = _locked(dataset, member_id)
        before = dataset_audience(dataset)
        member.delete()
        dataset_event(dataset, SystemEvent.Kind.SHARED, user, f"{member} was taken out")
        after_commit(dataset_hint, dataset, also=before)


def _write(member: StoreMember, user: Any, dataset: Dataset, right: str) -> None:
    member.may_label = right == "label"
    member.full_clean()
    member.save()
    dataset_event(dataset, SystemEvent.Kind.SHARED, user, f"{member} may {RIGHTS[right]}")
    after_commit(dataset_hint, dataset)


def _locked(dataset: Dataset, member_id: int) -> StoreMember:
    found = StoreMember.objects.filter(pk=member_id, store=dataset.store_id)
    member = found.select_related("user", "group").select_for_update(of=["self"]).first()
    if member is None:
        raise NotFound("There is no such member of this dataset.")
    return member


def _known_or_refuse(right: str) -> None:
    if right not in RIGHTS:
        raise _at("right", "Choose what the member may do: read, or read and label.")


def _named(name: str) -> tuple[Any, Group | None]:
    if not name:
        raise _at("name", "Enter the name of a person or a group.")
    if "\0" in name:
        raise _at("name", "There is no person or group of this name.")
    person = get_user_model().objects.filter(username=name, is_active=True).first()
    if person is not None:
        return person, None
    group = Group.objects.filter(name=name).first()
    if group is None:
        raise _at("name", f"There is no person or group “{name[:150]}”.")
    return None, group


def _at(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})
