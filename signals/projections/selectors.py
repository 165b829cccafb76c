"""Projections that were asked for, and their points."""

from collections.abc import Collection
from typing import Any

from common.errors import NotFound
from signals.feature_groups import FAMILIES
from signals.filters.scope import Scope
from signals.models import Projection
from signals.projections.files import ProjectionPoints, points_load
from signals.projections.keys import projection_key
from signals.selectors import stores_visible
from vibration.statistics.projection import Method, ProjectionParameters


def projection_find(
    user: Any,
    scope: Scope,
    method: Method,
    parameters: ProjectionParameters,
    features: Collection[str] = FAMILIES,
) -> Projection | None:
    """Return the projection that was asked for of this scope, done or not; None where none was."""
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    key = projection_key(scope, method, parameters, features)
    return Projection.objects.select_related("job", "store").filter(key=key).first()


def projection_get(user: Any, key: str) -> Projection:
    """Return one projection whose store `user` may see, with its job."""
    rows = Projection.objects.select_related("job", "store")
    row = rows.filter(key=key, store__in=stores_visible(user)).first()
    if row is None:
        raise NotFound("There is no such projection; compute it again.")
    return row


def projections_lasting(user: Any) -> set[str]:
    """Return the keys of the projections that `user` may draw upon."""
    rows = Projection.objects.filter(is_done=True, store__in=stores_visible(user))
    return set(rows.values_list("key", flat=True))


def projection_points(user: Any, key: str) -> ProjectionPoints | None:
    """Return the points of a projection; None where they are not there (yet)."""
    row = projection_get(user, key)
    return points_load(row.key) if row.is_done else None
