"""Roles by group. A superuser has every role."""

from typing import Any

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


def may_manage(user: Any, owner_id: int | None) -> bool:
    """Tell whether `user` may delete, share or cancel what `owner_id` owns."""
    return bool(user.is_active) and (bool(user.is_superuser) or user.pk == owner_id)


def _has_role(user: Any, role: str) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    return bool(user.is_superuser) or user.groups.filter(name=role).exists()
