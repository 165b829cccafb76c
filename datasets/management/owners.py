"""Whose a dataset is that a command makes."""

from typing import Any

from django.contrib.auth import get_user_model

from common.errors import Invalid


def owner_named(username: str | None) -> Any:
    """Return the user of this name; without a name the first superuser."""
    users = get_user_model().objects.filter(is_active=True).order_by("pk")
    if username is None:
        owner = users.filter(is_superuser=True).first()
        if owner is None:
            raise Invalid("There is no superuser to own the dataset; name a user with --owner.")
        return owner
    owner = users.filter(username=username).first()
    if owner is None:
        raise Invalid(f"There is no active user “{username}”.")
    return owner
