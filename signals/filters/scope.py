"""The signals of a filter as one person may see them: what the explorer's functions are given."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from common.errors import Invalid, NotFound
from signals.filters.once import made_once
from signals.filters.signal_filter import SignalFilter
from signals.models import Shard, Signal, SignalStore
from signals.selectors import cache_key, stores_visible

TIMEOUT_S = 3600


@dataclass(frozen=True)
class Scope:
    """A filter whose rights are settled.

    Attributes
    ----------
    user : Any
        For whom.
    filter : SignalFilter
        What was asked for.
    store : SignalStore or None
        Of the filter's dataset; None where it names none and means all that the person may see.
    within : Q or None
        A selection among the filter's signals, where there is one (`exploration.selection`).
    within_key : str
        What decides the selection; empty where a result of it may not be kept.
    """

    user: Any
    filter: SignalFilter
    store: SignalStore | None
    within: Q | None = None
    within_key: str = ""

    def signals(self, other: SignalFilter | None = None) -> QuerySet[Signal]:
        """Return the signals of the filter, or of another one in the same stores, unordered.

        By the ids of stores, without a join: so the indexes that begin with the store serve.
        """
        chosen = replace(other or self.filter, dataset=None)
        own = Signal.objects.order_by()
        if self.within is not None:
            own = own.filter(self.within)
        if self.store is not None:
            return chosen.apply(own.filter(store=self.store.pk))
        return chosen.apply(own.filter(store__in=stores_visible(self.user).values("pk").order_by()))

    def units(self) -> list[str]:
        """Return the units of its records, each once; those of one file share theirs."""
        if self.store is not None and self.store.n_shards:
            return sorted(set(self.store.shards.values_list("unit", flat=True)))
        if self.store is not None:
            return list(self.store.signals.values_list("unit", flat=True)[:1])
        own = Signal.objects.filter(store=OuterRef("pk")).order_by()
        held = self.signals().filter(store=OuterRef("pk"))
        stores = stores_visible(self.user).filter(Exists(held)).order_by()
        found = set(stores.values_list(Subquery(own.values("unit")[:1]), flat=True))
        shards = Shard.objects.filter(store__in=stores.values("pk"))
        return sorted(found | set(shards.values_list("unit", flat=True)))

    def unit_words(self) -> str:
        """Return the unit of its records, in words where there are several; nothing for none."""
        units = self.units()
        return "mixed units" if len(units) > 1 else next(iter(units), "")

    def key(self, operation: str, inputs: str = "") -> str | None:
        """Return the cache's key of a result; None where it may not be cached.

        A tag is given and taken without a new version of the store, and several stores have none
        in common. A selection that hangs on tags has no key for the same reason.
        """
        if self.store is None or self.filter.tags:
            return None
        if self.within is not None and not self.within_key:
            return None
        query = replace(self.filter, dataset=None).to_query()
        return cache_key(operation, self.store, digest(query, self.within_key, inputs))

    def cached(
        self,
        operation: str,
        make: Callable[[], bytes],
        inputs: str = "",
        timeout_s: int = TIMEOUT_S,
    ) -> bytes:
        """Return what `make` returned for the same store, filter and inputs, made once for all who
        ask at the same time.
        """
        key = self.key(operation, inputs)
        return make() if key is None else made_once(key, make, timeout_s)


def scope_get(
    user: Any, chosen: SignalFilter, *, store_of: Callable[[int], int] | None = None
) -> Scope:
    """Return the scope of a filter for `user`.

    Parameters
    ----------
    user : Any
        For whom.
    chosen : SignalFilter
        What is asked for.
    store_of : callable, optional
        Returns the store's id of a dataset's id, or raises NotFound; needed where the filter names
        a dataset.

    Raises
    ------
    NotFound
        Where the dataset is none that `user` may see.
    """
    if chosen.dataset is None:
        return Scope(user, chosen, None)
    if store_of is None:
        raise Invalid("This place cannot filter by dataset.")
    store = stores_visible(user).filter(pk=store_of(chosen.dataset)).first()
    if store is None:
        raise NotFound("There is no such dataset.")
    return Scope(user, chosen, store)


def digest(*parts: str) -> str:
    """Return a short hash of texts, which no other texts have."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
