"""Features beside the 36: which groups a scope's stores have, and their values."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models.expressions import RawSQL

from signals.models import SignalFeatures, SignalStore, StoreFeatures
from signals.selectors import stores_visible
from vibration.features import FEATURE_NAMES, Feature
from vibration.features.groups import FEATURE_GROUPS, FeatureGroup, place_of

_BLOCK: Final = 10_000


@dataclass(frozen=True)
class MeasuredGroups:
    """The groups that were measured, and what to tell one measurement from the next by."""

    groups: tuple[FeatureGroup, ...] = ()
    stamp: str = ""

    @property
    def features(self) -> tuple[Feature, ...]:
        return tuple(feature for group in self.groups for feature in group.features)

    @property
    def names(self) -> tuple[str, ...]:
        """The 36 and those of the groups."""
        return (*FEATURE_NAMES, *(feature.name for feature in self.features))


def measured_groups(user: Any, store: SignalStore | None) -> MeasuredGroups:
    """Return the groups of one store, or of all that `user` may see where it is None."""
    stores = stores_visible(user)
    rows = StoreFeatures.objects.filter(store__in=stores, stamp__isnull=False, n_known__gt=0)
    if store is not None:
        rows = rows.filter(store=store.pk)
    found = list(rows.order_by("store", "group").values_list("store", "group", "stamp"))
    codes = {code for _, code, _ in found}
    groups = tuple(group for code, group in FEATURE_GROUPS.items() if code in codes)
    return MeasuredGroups(groups, " ".join(f"{pk}.{code}.{stamp}" for pk, code, stamp in found))


def among(pks: npt.NDArray[np.int64]) -> RawSQL:
    """Return ids for a lookup as one parameter: thousands of them take longer to write than to
    find.
    """
    return RawSQL("SELECT unnest(%s::bigint[])", [pks.tolist()])


def group_columns(
    pks: npt.NDArray[np.int64], names: tuple[str, ...], dtype: type = np.float32
) -> npt.NDArray[Any]:
    """Return features of groups for signals in the order of their ids, (n, k); NaN where missing.

    Whoever asks has found the signals for a person already.
    """
    values: npt.NDArray[Any] = np.full((pks.size, len(names)), np.nan, dtype)
    columns: dict[str, list[tuple[int, int]]] = {}
    for column, name in enumerate(names):
        found = place_of(name)
        if found is None:
            raise KeyError(name)
        columns.setdefault(found[0].code, []).append((column, found[1]))
    order = np.argsort(pks)
    for code, places in columns.items():
        width = len(FEATURE_GROUPS[code].features)
        for first in range(0, pks.size, _BLOCK):
            block = pks[order[first : first + _BLOCK]]
            rows = list(
                SignalFeatures.objects.filter(group=code, signal__in=among(block))
                .filter(values__len=width)
                .order_by()
                .values_list("signal", "values")
            )
            if not rows:
                continue
            at = order[np.searchsorted(pks, [pk for pk, _ in rows], sorter=order)]
            kept = np.array([kept for _, kept in rows], dtype=float)
            for column, place in places:
                values[at, column] = kept[:, place]
    return values
