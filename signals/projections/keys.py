"""What decides a projection: its key is a hash of all that.

Of the store, its version, the filter, the method and the parameters that the method uses.
"""

import json
from collections.abc import Collection
from dataclasses import replace

from common.errors import Invalid
from signals.feature_groups import (
    FAMILIES,
    SETS,
    measured_groups,
    measured_or_refused,
    names_of_sets,
)
from signals.filters.scope import Scope, digest
from signals.models import Projection, Signal
from vibration.statistics.projection import Method, ProjectionParameters


def sets_of(row: Projection) -> tuple[str, ...]:
    """Return the codes of the features that a projection is of."""
    return tuple(row.features.split(",")) if row.features else FAMILIES


def projection_key(
    scope: Scope,
    method: Method,
    parameters: ProjectionParameters,
    features: Collection[str] = FAMILIES,
) -> str:
    """Return the hash of all that decides a projection."""
    if scope.store is None:
        raise Invalid("Choose one dataset; a projection is of one.")
    told = parameters.used_by(method)
    # As a row gives them back: 5 and 5.0 are one perplexity.
    told = {name: told[name] if isinstance(told[name], str) else float(told[name]) for name in told}
    used = json.dumps(told, sort_keys=True)
    store = f"{scope.store.pk}.{version_number(scope)}.{scope.split.pk if scope.split else ''}"
    parts = [store, query_of(scope), _tags_now(scope), method.value, used]
    names = names_of_sets(features)
    if written := sets_text(features):
        measured_or_refused(scope.user, scope.store, names)
        groups = {each.code for each in measured_groups(scope.user, scope.store).groups}
        # Another measurement is another projection.
        stamp = measured_groups(scope.user, scope.store).stamp if groups & set(features) else ""
        parts += [written, stamp]
    return digest(*parts)


def sets_text(features: Collection[str]) -> str:
    """Return the codes as a row keeps them; empty for the 36."""
    return "" if set(features) == set(FAMILIES) else ",".join(c for c in SETS if c in features)


def version_number(scope: Scope) -> int:
    """Return the number of the version that the scope means."""
    current = scope.store.version if scope.store else 0
    return scope.version.number if scope.version else current


def query_of(scope: Scope) -> str:
    """Return the filter without its dataset, as a row keeps it."""
    return replace(scope.filter, dataset=None).to_query()


def _tags_now(scope: Scope) -> str:
    """Return which signals have a tag of the filter, hashed: no version tells when that changes."""
    if not scope.filter.tags or scope.store is None:
        return ""
    links = Signal.tags.through.objects.filter(
        tag__name__in=scope.filter.tags, signal__store=scope.store.pk
    )
    pks = links.order_by("signal").values_list("signal", flat=True).distinct()
    return digest(*map(str, pks))
