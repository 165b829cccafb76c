"""What is drawn of the signals of a filter: how many, in words, and which of them are selected."""

from typing import Any

from bearing_portal.dashboards.explorer.figures.scatter import Cloud
from bearing_portal.dashboards.explorer.reading import narrowed
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.frame.templatetags.portal import thousands
from common.database import among
from signals.filters.scope import Scope


def selected_of(
    user: Any, state: ExplorerState, scope: Scope, clouds: list[Cloud]
) -> frozenset[int] | None:
    """Return which of the drawn signals are selected; None where nothing is."""
    chosen = narrowed(user, state, scope)
    if chosen is None:
        return None
    pks = [int(pk) for cloud in clouds for pk in cloud.pks]
    return frozenset(chosen.signals().filter(pk__in=among(pks)).values_list("pk", flat=True))


def drawn_words(clouds: list[Cloud], n: int) -> str:
    """Say how many points are drawn where it is not all."""
    n_drawn = sum(len(cloud.pks) for cloud in clouds)
    return f" · {thousands(n_drawn)} drawn" if n_drawn < n else ""


def numbers_of(n: int, n_signals: int) -> str:
    if n == n_signals:
        return thousands(n)
    return f"{thousands(n)} of {thousands(n_signals)}, the same share of each class"
