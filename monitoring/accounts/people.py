"""Writes of accounts and of the groups that give them their roles."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from monitoring.accounts.sessions import sockets_recheck


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


def people_deactivate(*, user: Any, people: Iterable[Any]) -> int:
    """Let nobody of `people` in any more, `user` excepted; return how many these are."""
    others = [person for person in people if person.pk != user.pk]
    get_user_model().objects.filter(pk__in=[person.pk for person in others]).update(is_active=False)
    for person in others:
        sockets_recheck(person)
    return len(others)


def people_activate(*, people: Iterable[Any]) -> int:
    """Let people in again; return how many."""
    pks = [person.pk for person in people]
    return get_user_model().objects.filter(pk__in=pks).update(is_active=True)


@transaction.atomic
def group_grant(*, name: str, permissions: Iterable[Permission]) -> bool:
    """Give a group what it lacks of permissions, and take none away; tell whether it is new."""
    group, is_new = Group.objects.get_or_create(name=name)
    group.permissions.add(*permissions)
    return is_new
