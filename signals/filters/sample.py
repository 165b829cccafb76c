"""A fair sample of the signals of a scope: the same one each time, however narrow the filter."""

import math
from collections.abc import Mapping
from typing import Final

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Mod

from signals.filters.cells import counts_by_class, whole_of
from signals.filters.scope import Scope
from signals.models import Signal

SPREAD: Final = 2**32
_GOLDEN: Final = 2_654_435_761  # Knuth's multiplier, 2^32 over the golden ratio: it scatters ids

Counts = Mapping[int | None, int]


def fair_sample(
    scope: Scope, most: int, *, of_each: bool = False, held: Counts | None = None
) -> QuerySet[Signal]:
    """Return about `most` signals of a scope, all where it holds no more.

    The same share of each class is taken, or with `of_each` up to `most` of each. Within a class
    they are the first of its random order, which a filter thins evenly: the limit on it is raised
    by as much as the filter leaves out.

    Parameters
    ----------
    scope : Scope
    most : int
        How many in all, or of each class.
    of_each : bool
    held : mapping, optional
        How many signals of each class the scope holds, by id, where that has been counted.
    """
    counts = counts_by_class(scope) if held is None else held
    shares = shares_of(counts, most, of_each=of_each)
    signals = scope.signals()
    if all(share >= 1 for share in shares.values()):
        return signals
    if scope.store is None:
        return signals.alias(place=scattered()).filter(_scattered_below(shares))
    return signals.filter(first_of_order(shares, order_lengths(scope)))


def shares_of(counts: Counts, most: int, *, of_each: bool = False) -> dict[int | None, float]:
    """Return which share of each class makes `most` in all, or `most` of each; 1 is all of it."""
    total = max(sum(counts.values()), 1)
    return {pk: min(1.0, most / (n if of_each else total)) for pk, n in counts.items() if n}


def order_lengths(scope: Scope) -> dict[int | None, int]:
    """Return how long the random order of each class is, as far as the filter lets it be seen."""
    most = scope.filter.per_class
    return {
        pk: n if most is None else min(n, most)
        for pk, n in counts_by_class(whole_of(scope)).items()
    }


def first_of_order(shares: Mapping[int | None, float], lengths: Counts) -> Q:
    """Return the condition on a share of the random order of each class."""
    found = Q()
    for pk, share in shares.items():
        of_class = Q(fault_class=pk) if pk is not None else Q(fault_class__isnull=True)
        if share < 1:
            of_class &= Q(rank_in_class__lt=math.ceil(share * lengths.get(pk, 0)))
        found |= of_class
    return found


def scattered() -> Combinable:
    """Return a number from 0 up to `SPREAD` for each signal: several stores have no order in
    common, so their ids are scattered.
    """
    product = F("pk") * Value(_GOLDEN, output_field=BigIntegerField())
    return Mod(product, Value(SPREAD), output_field=BigIntegerField())


def _scattered_below(shares: Mapping[int | None, float]) -> Q:
    found = Q()
    for pk, share in shares.items():
        of_class = Q(fault_class=pk) if pk is not None else Q(fault_class__isnull=True)
        found |= of_class & Q(place__lt=math.ceil(share * SPREAD))
    return found
