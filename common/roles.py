"""Roles by group, and the one rule of who sees what.

A superuser has every role. Whoever is logged in counts as a viewer, in a group or not.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from common.remembered import is_remembering, remembered

M = TypeVar("M", bound=Model)

VIEWER = "viewer"
ENGINEER = "engineer"
CURATOR = "curator"
ROLES = (VIEWER, ENGINEER, CURATOR)


def is_engineer(user: Any) -> bool:
    """Tell whether `user` may create, import and train."""
    return _has_role(user, ENGINEER)


def is_curator(user: Any) -> bool:
    """Tell whether `user` may edit labels and tags of shared data."""
    return _has_role(user, CURATOR)


def visible_to(
    user: Any, rows: QuerySet[M], *, owner: str = "owner", shared: Q | None = None
) -> QuerySet[M]:
    """Return the rows that `user` may see: own and shared ones; a superuser all.

    Parameters
    ----------
    user : Any
        Sees nothing where nobody is logged in, or the account is deactivated.
    owner : str
        Lookup from a row to who owns it.
    shared : Q, optional
        Which rows are shared with everybody; none where not given.
    """
    if not user.is_authenticated or not user.is_active:
        return rows.none()
    if user.is_superuser:
        return rows.filter(**{f"{owner}__isnull": False})  # what is being removed has none
    own = Q(**{owner: user.pk})
    return rows.filter(own if shared is None else own | shared)


def may_manage(user: Any, owner_id: int | None) -> bool:
    """Tell whether `user` may delete, share or cancel what `owner_id` owns."""
    return bool(user.is_active) and (bool(user.is_superuser) or user.pk == owner_id)


def _has_role(user: Any, role: str) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    # All of them at once: a page asks for several.
    return role in remembered(("roles", user.pk), lambda: _roles_of(user))


def _roles_of(user: Any) -> frozenset[str]:
    """Return the names of a person's groups, as they were read with the session of a request that
    only reads; elsewhere as they are now.
    """
    read: frozenset[str] | None = getattr(user, "roles_read", None) if is_remembering() else None
    return frozenset(user.groups.values_list("name", flat=True)) if read is None else read
