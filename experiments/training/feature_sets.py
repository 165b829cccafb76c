"""The sets of features that a model may be given: the groups of the 36, and measured ones."""

from dataclasses import dataclass
from typing import Any, Final

from common.errors import Invalid
from signals.feature_groups import measured_groups
from signals.models import SignalStore, StoreFeatures
from vibration.features import FEATURES
from vibration.features.groups import FEATURE_GROUPS
from vibration.features.registry import GROUPS

OWN: Final = tuple(GROUPS)
_ALIASES: Final = {"orders": "bearing_orders"}
ENOUGH: Final = 0.9  # of the signals must carry a measured group


@dataclass(frozen=True)
class FeatureSet:
    """A group of features as the training page offers it."""

    code: str
    title: str
    names: tuple[str, ...]
    n_known: int
    n_signals: int

    @property
    def is_enough(self) -> bool:
        return self.n_known >= ENOUGH * self.n_signals


def feature_sets(user: Any, store: SignalStore) -> list[FeatureSet]:
    """Return the sets that the signals of a store have, those of the 36 first."""
    n = store.n_signals
    found = [
        FeatureSet(code, title, tuple(f.name for f in FEATURES if f.group == code), n, n)
        for code, title in GROUPS.items()
    ]
    known = dict(StoreFeatures.objects.filter(store=store.pk).values_list("group", "n_known"))
    return found + [
        FeatureSet(
            group.code, group.title, tuple(f.name for f in group.features), known[group.code], n
        )
        for group in measured_groups(user, store).groups
    ]


def names_of(user: Any, store: SignalStore, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features of sets, in the order of the registry.

    Raises
    ------
    Invalid
        For none, for an unknown set, and for one that too few of the signals carry.
    """
    offered = {each.code: each for each in feature_sets(user, store)}
    wanted = {_ALIASES.get(code, code) for code in codes}
    if not wanted:
        raise Invalid("Choose at least one group of features.")
    for code in sorted(wanted - offered.keys()):
        if code in FEATURE_GROUPS:
            raise Invalid(
                f"“{FEATURE_GROUPS[code].title}” is not measured for this dataset: measure it on "
                "its page, or leave it out."
            )
        raise Invalid(f"“{code}” is no group of features: choose among {', '.join(offered)}.")
    for code, each in offered.items():
        if code in wanted and not each.is_enough:
            raise Invalid(
                f"“{each.title}” is known of {each.n_known} of {each.n_signals} signals, and a "
                "model needs it of nine in ten: leave it out."
            )
    return tuple(name for code, each in offered.items() if code in wanted for name in each.names)


def titles_of(codes: tuple[str, ...]) -> list[str]:
    """Return what sets are called."""
    return [GROUPS.get(code) or FEATURE_GROUPS[code].title for code in codes]
