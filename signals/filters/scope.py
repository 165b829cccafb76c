"""The signals of a filter as one person may see them: what the explorer's functions are given."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from common.database import among
from common.errors import Invalid, NotFound
from common.remembered import remembered
from signals.filters.at_version import signals_at
from signals.filters.once import made_once
from signals.filters.signal_filter import NO_SIDE, SignalFilter
from signals.models import Shard, Signal, SignalStore, Split, SplitMember, Version
from signals.selectors import cache_key, store_visible, stores_seen, stores_visible

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
    version : Version or None
        The earlier version that is meant; None is the one that is current.
    split : Split or None
        Of the filter, where it names one.
    """

    user: Any
    filter: SignalFilter
    store: SignalStore | None
    within: Q | None = None
    within_key: str = ""
    version: Version | None = None
    split: Split | None = None

    def every_signal(self) -> QuerySet[Signal]:
        """Return signals whoever owns them, as they are in the scope's version: for rows that the
        scope has named by their ids.
        """
        return Signal.objects.order_by() if self.version is None else signals_at(self.version)

    def split_shown(self) -> Split | None:
        """Return the split of the filter, else the newest of the store: what a column shows."""
        if self.split is not None or self.store is None:
            return self.split
        return self.store.splits.first()

    def signals(self, other: SignalFilter | None = None) -> QuerySet[Signal]:
        """Return the signals of the filter, or of another one in the same stores, unordered.

        By the ids of stores, without a join: so the indexes that begin with the store serve.
        """
        chosen = replace(other or self.filter, dataset=None)
        own = self.every_signal()
        if chosen.sides and self.split is not None:
            own = own.filter(on_sides(self.split, chosen.sides))
        if self.within is not None:
            own = own.filter(self.within)
        if self.store is not None:
            return chosen.apply(own.filter(store=self.store.pk))
        return chosen.apply(own.filter(store__in=stores_seen(self.user)))

    def units(self) -> list[str]:
        """Return the units of its records, each once; those of one file share theirs."""
        if self.store is None:
            return self._units()
        return remembered(("units", self.store.pk), self._units)

    def _units(self) -> list[str]:
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
        query = replace(self.filter, dataset=None, version=None).to_query()
        split = str(self.split.pk) if self.split else ""  # a name may be given again
        number = self.version.number if self.version else None
        inputs = digest(query, self.within_key, split, inputs)
        return cache_key(operation, self.store, inputs, version=number)

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
        if key is None:
            return make()
        return remembered(("made", key), lambda: made_once(key, make, timeout_s))


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
        if chosen.version is not None or chosen.split:
            raise Invalid("A version or a split is of one dataset; choose the dataset first.")
        return Scope(user, chosen, None)
    if store_of is None:
        raise Invalid("This place cannot filter by dataset.")
    store = store_visible(user, store_of(chosen.dataset))
    if store is None:
        raise NotFound("There is no such dataset.")
    return scope_of_store(user, chosen, store)


def scope_of_store(user: Any, chosen: SignalFilter, store: SignalStore) -> Scope:
    """Return the scope of a filter in a store that `user` may see."""
    version, split = earlier_version(store, chosen.version), split_named(store, chosen.split)
    return Scope(user, chosen, store, version=version, split=split)


def earlier_version(store: SignalStore, number: int | None) -> Version | None:
    """Return a version of a store by its number; None for the one that is current."""
    if number is None or number == store.version:
        return None
    version = store.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"The dataset has no version {number}.")
    return version


def split_named(store: SignalStore, name: str) -> Split | None:
    """Return a split of a store by its name; None where none is named."""
    if not name:
        return None
    split = store.splits.filter(name=name).first()
    if split is None:
        raise NotFound(f"The dataset has no split “{name}”.")
    return split


def sides_of(split: Split | None, pks: list[int]) -> dict[int, str]:
    """Return the name of the side of each of some signals that a split knows, by id."""
    if split is None or not pks:
        return {}
    names = dict(split.sides.values_list("position", "name"))
    members = SplitMember.objects.filter(split=split, signal__in=among(pks)).order_by()
    return {pk: names[side] for pk, side in members.values_list("signal_id", "side")}


def on_sides(split: Split, names: tuple[str, ...]) -> Q:
    """Return the condition of lying on sides of a split."""
    places = dict(split.sides.values_list("name", "position"))
    if unknown := sorted(set(names) - places.keys() - {NO_SIDE}):
        raise Invalid(f"The split “{split}” has no side “{unknown[0]}”; choose another one.")
    members = SplitMember.objects.filter(split=split).order_by()
    wanted = [places[name] for name in names if name in places]
    found = Q(pk__in=members.filter(side__in=wanted).values("signal")) if wanted else Q(pk__in=[])
    return found | ~Q(pk__in=members.values("signal")) if NO_SIDE in names else found


def digest(*parts: str) -> str:
    """Return a short hash of texts, which no other texts have."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
