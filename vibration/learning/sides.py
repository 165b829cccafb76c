"""Sides of a split: whole groups are dealt out, each class in the ratios asked for."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers

MOST_SIDES: Final = 10
_OPEN: Final = -1


def read_ratios(text: str) -> tuple[float, ...]:
    """Read ratios such as ``70:15:15``: each part over the sum of all, so they sum to 1.

    Parameters
    ----------
    text : str
        2 to 10 numbers above 0 with colons between them.

    Returns
    -------
    tuple of float

    Raises
    ------
    VibrationError
        Where they are no such numbers.

    Examples
    --------
    >>> read_ratios("3:1")
    (0.75, 0.25)
    """
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        parts = []
    if not 2 <= len(parts) <= MOST_SIDES or not all(0 < part < 1e9 for part in parts):
        raise VibrationError(
            f"“{text[:40]}” are no ratios; write 2 to {MOST_SIDES} numbers above 0 such as "
            "70:15:15.",
            field="ratios",
        )
    total = sum(parts)
    return tuple(part / total for part in parts)


def assign_sides(
    groups: npt.ArrayLike, classes: npt.ArrayLike, ratios: Sequence[float], *, seed: int = 0
) -> Numbers:
    """Deal whole groups out to sides so that no group lies on two and each class keeps the ratios.

    Groups are permuted by ``default_rng(seed)`` in the order of their sorted names, so the order of
    the rows decides nothing. A class that has as many groups as there are sides gets one on each
    side first. Of k groups that hold the same, side s then has at least ⌊r_s k⌋; each of the rest,
    the largest first, goes to the side s with the least Σ_c p_c ((n_sc − r_s n_c) / n_c +
    C (n_s − r_s n) / n), for p_c its own rows of class c, n_sc those that the side has already, n_c
    all, the same without c for all C classes: that step reduces the squared distance from the
    ratios most, of each class and of the whole.

    References
    ----------
    scikit-learn 1.9, `StratifiedGroupKFold`, deals groups out by the same kind of step, for folds
    of one size; K. Sechidis et al., "On the stratification of multi-label data", ECML 2011.

    Parameters
    ----------
    groups : array_like, shape (n,)
        Name or number of each row's group.
    classes : array_like of int, shape (n,)
        Class of each row.
    ratios : sequence of float, shape (k,)
        Share of each side; they sum to 1.
    seed : int
        Another seed permutes the groups otherwise.

    Returns
    -------
    ndarray of int, shape (n,)
        Side of each row, from 0.

    Raises
    ------
    VibrationError
        Where the ratios do not sum to 1, or there are fewer groups than sides.

    Examples
    --------
    >>> assign_sides(["a", "a", "b", "c", "d"], [0, 0, 0, 1, 1], (0.5, 0.5)).tolist()
    [0, 0, 1, 1, 0]
    """
    shares = np.asarray(ratios, dtype=float)
    if shares.size < 2 or (shares <= 0).any() or abs(shares.sum() - 1) > 1e-9:
        raise VibrationError(
            "The ratios of a split are 2 or more numbers that sum to 1.", field="ratios"
        )
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    member = member.astype(np.int64).ravel()
    n_groups = names.size
    if n_groups < shares.size:
        raise VibrationError(
            f"There are {n_groups} groups for {shares.size} sides; a side would be empty.",
            field="groups",
        )
    _, labels = np.unique(np.asarray(classes), return_inverse=True)
    held = _Held(member, labels.astype(np.int64).ravel(), n_groups)
    order = np.random.default_rng(seed).permutation(n_groups)
    side = np.full(n_groups, _OPEN, dtype=np.int64)
    _cover(held, shares, order, side)
    _deal(held, shares, order, side)
    _fill(held, shares, order, side)
    return side[member]


class _Held:
    """Which classes the groups hold: rows of a class in a group, as pairs in order of the group."""

    def __init__(self, member: Numbers, labels: Numbers, n_groups: int) -> None:
        self.n_classes = int(labels.max()) + 1
        pairs, counts = np.unique(member * self.n_classes + labels, return_counts=True)
        self.group, self.label, self.count = pairs // self.n_classes, pairs % self.n_classes, counts
        self.first = np.searchsorted(self.group, np.arange(n_groups + 1))
        self.size = np.bincount(member, minlength=n_groups)

    def rows_of(self, group: int) -> tuple[Numbers, Numbers]:
        """Return the classes of a group, and how many rows of each it holds."""
        part = slice(self.first[group], self.first[group + 1])
        return self.label[part], self.count[part]

    def alike(self) -> Numbers:
        """Return a number for each group that those have in common which hold the same."""
        n = self.size.size
        is_pure = np.diff(self.first) == 1
        one = self.label[self.first[:-1]] * (int(self.size.max()) + 1) + self.size
        found = np.where(is_pure, one, 0)
        mixed: dict[tuple[bytes, ...], int] = {}
        for group in np.flatnonzero(~is_pure).tolist():
            key = tuple(part.tobytes() for part in self.rows_of(group))
            found[group] = -1 - mixed.setdefault(key, len(mixed))
        return np.unique(found, return_inverse=True)[1].astype(np.int64).reshape(n)


def _cover(held: _Held, shares: npt.NDArray[np.float64], order: Numbers, side: Numbers) -> None:
    """Give each class a group on every side where it has enough of them, the rarest class first.

    The small sides take the small groups. Of fewer groups than sides the larger sides get one.
    """
    by_class = [held.group[held.label == label] for label in range(held.n_classes)]
    for groups in sorted(by_class, key=len):
        is_enough = groups.size >= shares.size
        sides = sorted(
            range(shares.size), key=lambda s: (shares[s] if is_enough else -shares[s], -s)
        )
        for place in sides[: groups.size]:
            if (side[groups] == place).any():
                continue
            free = groups[side[groups] == _OPEN]
            if free.size:
                side[free[np.lexsort((order[free], held.size[free]))[0]]] = place


def _deal(held: _Held, shares: npt.NDArray[np.float64], order: Numbers, side: Numbers) -> None:
    """Deal out groups that hold the same, as far as the ratios go without a rest."""
    alike = held.alike()
    by_kind = np.lexsort((order, alike))
    edges = np.flatnonzero(np.diff(alike[by_kind])) + 1
    for groups in np.split(by_kind, edges):
        if groups.size < shares.size:
            continue
        there = np.bincount(side[groups][side[groups] != _OPEN], minlength=shares.size)
        more = np.maximum(np.floor(shares * groups.size + 1e-9).astype(np.int64) - there, 0)
        free = groups[side[groups] == _OPEN]
        side[free[: more.sum()]] = np.repeat(np.arange(shares.size), more)[: free.size]


def _fill(held: _Held, shares: npt.NDArray[np.float64], order: Numbers, side: Numbers) -> None:
    """Give each group that is left to the side that lacks its classes most, the largest first."""
    totals = np.bincount(held.label, weights=held.count, minlength=held.n_classes)
    placed = side[held.group]
    known = placed != _OPEN
    have = np.zeros((shares.size, held.n_classes))
    np.add.at(have, (placed[known], held.label[known]), held.count[known])
    lack = (have - shares[:, None] * totals) / totals
    scale = held.n_classes / totals.sum()
    lack_of_all = (have.sum(axis=1) - shares * totals.sum()) * scale
    left = np.flatnonzero(side == _OPEN)
    for group in left[np.lexsort((order[left], -held.size[left]))].tolist():
        labels, counts = held.rows_of(group)
        place = int(np.argmin(lack[:, labels] @ counts + lack_of_all * counts.sum()))
        side[group] = place
        lack[place, labels] += counts / totals[labels]
        lack_of_all[place] += counts.sum() * scale
