"""Writes of accounts and of the groups that give them their roles."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from monitoring.accounts.sessions import sockets_recheck
from monitoring.events import event_record
from monitoring.models import SystemEvent


@transaction.atomic
def person_create(*, username: str, password: str | None, role: str | None, **names: str) -> Any:
    """Make an account with a role; without a password nobody can log in to it."""
    person = get_user_model()(username=username, **names)
    person.set_password(password)
    person.full_clean()
    person.save()
    if role is not None:
        person.groups.add(Group.objects.get(name=role))
    return person


def administrator_create(*, username: str, password: str) -> Any:
    """Make an account that has every role."""
    return get_user_model().objects.create_superuser(username=username, password=password)


def rights_of(person: Any) -> str:
    """Say what an account may, for the record."""
    marks = [name for name in ("is_active", "is_staff", "is_superuser") if getattr(person, name)]
    groups = sorted(person.groups.values_list("name", flat=True))
    permissions = sorted(person.user_permissions.values_list("codename", flat=True))
    return ", ".join([*(mark.removeprefix("is_") for mark in marks), *groups, *permissions])


def rights_record(*, user: Any, person: Any, before: str) -> None:
    """Write down that `user` changed what `person` may, where it is not as before."""
    after = rights_of(person)
    if after != before:
        event_record(
            kind=SystemEvent.Kind.ACCESS,
            actor=user,
            subject=person.get_username(),
            detail=f"may: {before or 'nothing'} → {after or 'nothing'}",
        )


def password_changed(*, user: Any) -> None:
    """Write down that `user` chose another password."""
    _note(user, user, "password changed")


def people_deactivate(*, user: Any, people: Iterable[Any]) -> int:
    """Let nobody of `people` in any more, `user` excepted; return how many these are."""
    others = [person for person in people if person.pk != user.pk]
    get_user_model().objects.filter(pk__in=[person.pk for person in others]).update(is_active=False)
    for person in others:
        sockets_recheck(person)
        _note(user, person, "deactivated")
    return len(others)


def people_activate(*, user: Any, people: Iterable[Any]) -> int:
    """Let people in again; return how many."""
    pks = [person.pk for person in people]
    for person in people:
        _note(user, person, "activated")
    return get_user_model().objects.filter(pk__in=pks).update(is_active=True)


@transaction.atomic
def group_grant(*, name: str, permissions: Iterable[Permission]) -> bool:
    """Give a group what it lacks of permissions, and take none away; tell whether it is new."""
    group, is_new = Group.objects.get_or_create(name=name)
    group.permissions.add(*permissions)
    return is_new


def _note(user: Any, person: Any, what: str) -> None:
    event_record(
        kind=SystemEvent.Kind.ACCESS, actor=user, subject=person.get_username(), detail=what
    )
