"""What a row belongs to, and what no split of such rows can tell."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

Values = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LISTED: Final = 5


def numbered(labels: npt.ArrayLike) -> tuple[list[str], Numbers]:
    """Return the sorted names among labels, and each row's number among them.

    Parameters
    ----------
    labels : array_like of str, shape (n,)
        Name of each row.

    Returns
    -------
    names : list of str
        Sorted, each once.
    numbers : ndarray, shape (n,)
        Place of each row's name.

    Examples
    --------
    >>> names, numbers = numbered(["OR", "B", "OR"])
    >>> names, numbers.tolist()
    (['B', 'OR'], [1, 0, 1])
    """
    names, numbers = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    return [str(name) for name in names], numbers.astype(np.int64).ravel()


def groups_of_classes(y: npt.ArrayLike, groups: npt.ArrayLike) -> list[Numbers]:
    """Return the sorted groups that hold rows of each class.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row.

    Returns
    -------
    list of ndarray
        One a class, 0 to the highest in `y`.

    Examples
    --------
    >>> [held.tolist() for held in groups_of_classes([0, 0, 1, 1], [2, 0, 1, 1])]
    [[0, 2], [1]]
    """
    classes, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    return [np.unique(members[classes == c]) for c in range(int(classes.max()) + 1)]


def classes_of_groups(y: npt.ArrayLike, groups: npt.ArrayLike) -> Numbers:
    """Return the most frequent class of each group; of two as frequent, the first.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row; groups count from 0 without a gap.

    Returns
    -------
    ndarray, shape (G,)

    Examples
    --------
    >>> classes_of_groups([0, 1, 1, 0], [0, 0, 0, 1]).tolist()
    [1, 0]
    """
    classes, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    counts = np.zeros((int(members.max()) + 1, int(classes.max()) + 1), dtype=np.int64)
    np.add.at(counts, (members, classes), 1)
    frequent: Numbers = counts.argmax(axis=1).astype(np.int64)
    return frequent


def lone_class_sentence(
    y: npt.ArrayLike, groups: npt.ArrayLike, *, classes: list[str], one: str = "bearing"
) -> str:
    """Say which classes come from one group, so that fault and group cannot be told apart.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row.
    classes : list of str
        Names of the classes.
    one : str
        What one group is called.

    Returns
    -------
    str
        Empty where each class has two groups or more.

    Examples
    --------
    >>> lone_class_sentence([0, 1, 1], [0, 1, 2], classes=["N", "OR"])
    'Class N comes from one bearing. No split can tell the fault from the bearing.'
    """
    held = groups_of_classes(y, groups)
    lone = [name for name, members in zip(classes, held, strict=True) if members.size == 1]
    if not lone:
        return ""
    rest = f"from one {one}. No split can tell the fault from the {one}."
    if len(lone) == len(classes):
        return f"Every class comes {rest}"
    if len(lone) == 1:
        return f"Class {lone[0]} comes {rest}"
    return f"The classes {listing(lone)} each come {rest}"


def row_keys(x: npt.ArrayLike) -> list[bytes]:
    """Return a key of each row's features: equal rows have equal keys.

    Values that are missing in both count as equal; a row without any value has an empty key.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.

    Returns
    -------
    list of bytes

    Examples
    --------
    >>> one, other, none = row_keys([[0.0, np.nan], [-0.0, np.nan], [np.nan, np.nan]])
    >>> one == other, none
    (True, b'')
    """
    table = np.asarray(x, dtype=np.float64) + 0.0  # −0 and 0 are one value
    missing = np.isnan(table)
    table[missing] = np.nan  # one bit pattern
    known = np.flatnonzero(~missing.all(axis=1)).tolist()
    keys = [b""] * len(table)
    for row in known:
        keys[row] = table[row].tobytes()
    return keys


def check_distinct(
    x: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    names: list[str],
    rows: Sequence[int] | None = None,
) -> None:
    """Refuse rows whose features are equal although their groups differ.

    Such rows stand in training and test at once, whatever the split. Values that are missing in
    both count as equal; rows without a value are not compared.

    Parameters
    ----------
    x : array_like, shape (n, m)
        Features; NaN where one is missing.
    groups : array_like of int, shape (n,)
        Group of each row.
    names : list of str
        Names of the groups.
    rows : sequence of int, optional
        Number of each row as people know it; by default counted from 1.

    Raises
    ------
    VibrationError
        With the list of pairs.

    Examples
    --------
    >>> check_distinct([[1.0, 2.0], [1.0, 3.0]], [0, 1], names=["a", "b"])
    >>> check_distinct([[1.0, 2.0], [1.0, 2.0]], [0, 1], names=["a", "b"])
    Traceback (most recent call last):
    ...
    vibration.errors.VibrationError: Rows 1 (a) and 2 (b) have the same features although their \
groups differ: keep one of each pair, or give both one group.
    """
    members = np.asarray(groups, dtype=np.int64)
    first: dict[bytes, int] = {}
    pairs: dict[tuple[int, int], tuple[int, int]] = {}
    for row, key in enumerate(row_keys(x)):
        other = first.setdefault(key, row) if key else row
        if members[other] != members[row]:
            pairs.setdefault((int(members[other]), int(members[row])), (other, row))
    if pairs:
        known = range(1, members.size + 1) if rows is None else rows
        said = [
            f"{known[a]} ({names[members[a]]}) and {known[b]} ({names[members[b]]})"
            for a, b in pairs.values()
        ]
        raise VibrationError(
            f"Rows {listing(said)} have the same features although their groups differ: keep one "
            "of each pair, or give both one group.",
            field="x",
        )


def shared_groups(folds: npt.ArrayLike, groups: npt.ArrayLike) -> int:
    """Count the groups that stand in training and in test of one fold.

    Parameters
    ----------
    folds, groups : array_like of int, shape (n,)
        Fold in which each row is tested, −1 for one that is only trained on; group of each row.

    Returns
    -------
    int

    Examples
    --------
    >>> shared_groups([0, 1, 1, 1], [0, 0, 1, 1])
    1
    """
    folds_of = defaultdict(set)
    for fold, group in zip(np.asarray(folds).tolist(), np.asarray(groups).tolist(), strict=True):
        folds_of[group].add(fold)
    return sum(len(found) > 1 for found in folds_of.values())


def listing(names: list[str]) -> str:
    """Name a few things in a sentence, and how many more there are.

    Parameters
    ----------
    names : list of str

    Returns
    -------
    str

    Examples
    --------
    >>> listing(["a", "b"]), listing([str(number) for number in range(9)])
    ('a, b', '0, 1, 2, 3, 4 and 4 more')
    """
    more = len(names) - LISTED
    shown = ", ".join(names[:LISTED])
    return f"{shown} and {more} more" if more > 0 else shown
