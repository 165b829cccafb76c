"""The explorer's scope where datasets are known."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from common.errors import Invalid
from common.remembered import remembered
from datasets.selectors import dataset_brief
from signals.exploration.selection import narrowed
from signals.exploration.table import within_columns
from signals.filters.grid import read_model
from signals.filters.scope import Scope, scope_get, scope_of_store
from signals.filters.signal_filter import FILTER_KEYS, SignalFilter


def explorer_scope(user: Any, chosen: SignalFilter) -> Scope:
    """Return the signals of a filter that `user` may see; an unseen dataset is NotFound."""
    return remembered(("scope", user.pk, chosen), lambda: _scope(user, chosen))


def _scope(user: Any, chosen: SignalFilter) -> Scope:
    if chosen.dataset is None:
        return scope_get(user, chosen)
    return scope_of_store(user, chosen, dataset_brief(user, chosen.dataset).store)


def queried_scope(user: Any, query: QueryDict) -> Scope:
    """Return the signals that an address of the explorer shows, by filter, selection and heads."""
    scope = explorer_scope(user, SignalFilter.from_query(query))
    if selected := query.get("sel", ""):
        scope = narrowed(user, scope, selected)
    return within_columns(scope, read_model(query.get("grid", "")))


def part_query(query: QueryDict, longest: int) -> str:
    """Return what of an address says which part of a dataset is meant; nothing for all of it."""
    keys = [key for key in (*FILTER_KEYS, "sel", "grid") if key != "dataset"]
    pairs = [(key, value) for key in keys for value in query.getlist(key) if value]
    written = urlencode(pairs)
    if len(written) > longest:
        raise Invalid("This choice is too long to keep; narrow the filter, or keep it as a view.")
    return written


def scope_of_part(user: Any, dataset_id: int, query: str) -> Scope:
    """Return the signals of `part_query` in a dataset that `user` may see."""
    asked = QueryDict(query, mutable=True)
    asked["dataset"] = str(dataset_id)
    return queried_scope(user, asked)
