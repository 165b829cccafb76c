"""Whose signals a state of the explorer means, with the person's rights."""

from typing import Any

from bearing_portal.dashboards.explorer.state import ExplorerView
from datasets.scope import explorer_scope
from signals.exploration import selection
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter


def scope_of(user: Any, view: ExplorerView) -> Scope:
    """Return the signals of the filter in the address."""
    return explorer_scope(user, SignalFilter.from_query(view.filter_query))


def narrowed(user: Any, view: ExplorerView) -> Scope | None:
    """Return the selected ones among them; None where nothing is selected."""
    return selection.narrowed(user, scope_of(user, view), view.sel) if view.sel else None
