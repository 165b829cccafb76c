"""Features beside the 36: which groups a scope's stores have, and their values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from common.database import among
from common.errors import Invalid
from common.remembered import remembered
from signals.models import SignalFeatures, SignalStore, StoreFeatures
from signals.selectors import store_visible, stores_visible
from vibration.features import FEATURE_NAMES, GROUPS, Feature
from vibration.features.groups import ALL_FEATURES, FEATURE_GROUPS, FeatureGroup, place_of

# What a projection may be of: the families of the 36, which it is of at first, and the groups.
FAMILIES: Final = tuple(GROUPS)
SETS: Final = {**GROUPS, **{code: group.title for code, group in FEATURE_GROUPS.items()}}
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
    key = ("groups", user.pk, store and store.pk)
    return remembered(key, lambda: _measured(user, store))


def _measured(user: Any, store: SignalStore | None) -> MeasuredGroups:
    rows = StoreFeatures.objects.filter(stamp__isnull=False, n_known__gt=0)
    if store is None:
        rows = rows.filter(store__in=stores_visible(user))
    elif store_visible(user, store.pk) is None:
        return MeasuredGroups()
    else:
        rows = rows.filter(store=store.pk)
    found = list(rows.order_by("store", "group").values_list("store", "group", "stamp"))
    codes = {code for _, code, _ in found}
    groups = tuple(group for code, group in FEATURE_GROUPS.items() if code in codes)
    return MeasuredGroups(groups, " ".join(f"{pk}.{code}.{stamp}" for pk, code, stamp in found))


def names_of_sets(codes: Collection[str]) -> tuple[str, ...]:
    """Return the features of some families and groups, in the order of the registry.

    Raises
    ------
    Invalid
        Where none is named, or one that does not exist.
    """
    if unknown := set(codes) - SETS.keys():
        raise Invalid(f"There is no group of features “{min(unknown)[:40]}”.")
    if not codes:
        raise Invalid("Choose at least one group of features.")
    return tuple(name for name, feature in ALL_FEATURES.items() if feature.group in codes)


def measured_or_refused(user: Any, store: SignalStore | None, names: Iterable[str]) -> None:
    """Refuse features of groups that were not measured, with what to do."""
    groups = {found[0].code: found[0] for name in names if (found := place_of(name))}
    known = {group.code for group in measured_groups(user, store).groups} if groups else set()
    for code, group in groups.items():
        if code not in known:
            raise Invalid(
                f"{group.title}: not measured of these signals. "
                "Have it measured in the menu Feature groups above."
            )


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
