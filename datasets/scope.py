"""The explorer's scope where datasets are known."""

from typing import Any

from datasets.selectors import dataset_get
from signals.filters.scope import Scope, scope_get
from signals.filters.signal_filter import SignalFilter


def explorer_scope(user: Any, chosen: SignalFilter) -> Scope:
    """Return the signals of a filter that `user` may see; an unseen dataset is NotFound."""
    return scope_get(user, chosen, store_of=lambda pk: dataset_get(user, pk).store_id)
