"""Whose signals a state of the explorer means, with the person's rights."""

from collections.abc import Callable
from typing import Any, TypeVar

from dash.exceptions import PreventUpdate

from bearing_portal.dashboards.explorer.state import ExplorerState, read
from bearing_portal.frame.design.tokens import THEMES
from common.errors import Expected, Invalid
from datasets.scope import explorer_scope
from signals.exploration import selection
from signals.exploration.why_empty import why_empty
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter

T = TypeVar("T")


def scope_of(user: Any, state: ExplorerState) -> Scope:
    """Return the signals of the filter in the address."""
    return explorer_scope(user, SignalFilter.from_query(state.filter_query))


def signals_of(user: Any, state: ExplorerState) -> Scope:
    """Return the signals of the filter where there are any; why there are none is an error."""
    scope = scope_of(user, state)
    if why := why_empty(user, scope):
        raise Invalid(why)
    return scope


def narrowed(user: Any, state: ExplorerState, scope: Scope) -> Scope | None:
    """Return the selected ones among them, for a figure; None where nothing is selected.

    A selection that cannot be read, or whose projection is gone, marks nothing: the line above the
    panels says so. Actions use `selected_or_refused`.
    """
    try:
        return selected_or_refused(user, state, scope)
    except Expected:
        return None


def selected_or_refused(user: Any, state: ExplorerState, scope: Scope) -> Scope | None:
    """Return the selected ones among them; None where nothing is selected."""
    return selection.narrowed(user, scope, state.sel) if state.sel else None


def answered(
    asked: Any, panel: Callable[[ExplorerState], T], instead: Callable[[str, str], T]
) -> T:
    """Return what a panel shows of a question; where it cannot, what it shows instead: a sentence,
    in the theme that was asked for.
    """
    if not isinstance(asked, dict):
        raise PreventUpdate
    try:
        return panel(read(asked))
    except Expected as error:
        theme = asked.get("theme")
        return instead(error.sentence, theme if theme in THEMES else next(iter(THEMES)))
