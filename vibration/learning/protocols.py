"""Which rows test a model and which train it: folds by group, by condition, stored, and random.

A protocol gives vectors of folds, one a repeat: the fold in which each row is tested, −1 for a row
that is only trained on.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import Numbers, classes_of_groups, groups_of_classes

MOST_FOLDS: Final = 5
MOST_VALUES: Final = 20
REPEATS: Final = 5
REPEATED_BELOW: Final = 30
TRIES: Final = 100
NEVER: Final = -1

Splits = list[tuple[Numbers, Numbers]]


def group_folds(
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    seed: int = 0,
    n_repeats: int | None = None,
    permuted: bool = True,
) -> Numbers:
    """Deal whole groups to k folds so that each fold trains and tests every class.

    k = min(5, fewest groups of a class). The groups of a class, sorted and permuted by
    ``default_rng([seed, class])``, go to the folds 0 … k − 1 in turn. Where a group holds several
    classes, the first splits of scikit-learn's `StratifiedGroupKFold` are taken in which every
    fold trains and tests every class.

    References
    ----------
    R. Kohavi, "A study of cross-validation and bootstrap", IJCAI 1995; scikit-learn 1.9,
    `StratifiedGroupKFold`.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row, counted from 0.
    seed : int
        Of the first repeat; the others count up.
    n_repeats : int, optional
        By default 5 below 30 groups, else 1.
    permuted : bool
        Whether groups are permuted before they are dealt.

    Returns
    -------
    ndarray, shape (R, n)
        Fold of each row, a line a repeat.

    Raises
    ------
    VibrationError
        Where a class has one group, or no split has every class on both sides.

    Examples
    --------
    >>> group_folds([0, 0, 0, 1, 1], [0, 0, 1, 2, 3], n_repeats=1, permuted=False).tolist()
    [[0, 0, 1, 0, 1]]
    """
    classes, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    held = groups_of_classes(classes, members)
    k = min(MOST_FOLDS, *(groups.size for groups in held))
    if k < 2:
        raise VibrationError(
            "A class comes from one group. No split can tell the class from the group.",
            field="groups",
        )
    n_groups = np.unique(members).size
    repeats = n_repeats or (REPEATS if n_groups < REPEATED_BELOW else 1)
    if sum(groups.size for groups in held) > n_groups:
        return _stratified(classes, members, k, seed, repeats)
    return np.array(
        [_dealt(members, held, k, seed + repeat, permuted) for repeat in range(repeats)]
    )


def _dealt(members: Numbers, held: list[Numbers], k: int, seed: int, permuted: bool) -> Numbers:
    fold_of = np.full(int(members.max()) + 1, NEVER, dtype=np.int64)
    for number, groups in enumerate(held):
        order = np.random.default_rng([seed, number]).permutation(groups) if permuted else groups
        fold_of[order] = np.arange(order.size) % k
    return fold_of[members]


def _stratified(y: Numbers, members: Numbers, k: int, seed: int, repeats: int) -> Numbers:
    from sklearn.model_selection import StratifiedGroupKFold

    found: list[Numbers] = []
    for attempt in range(TRIES):
        splitter = StratifiedGroupKFold(k, shuffle=True, random_state=seed + attempt)
        folds = np.full(y.size, NEVER, dtype=np.int64)
        for fold, (_, test) in enumerate(splitter.split(np.zeros((y.size, 1)), y, members)):
            folds[test] = fold
        if _each_fold_has_every_class(folds, y, k):
            found.append(folds)
        if len(found) == repeats:
            break
    if not found:
        raise VibrationError(
            f"In none of {TRIES} splits by group does each of {k} folds train and test every "
            "class, as groups hold several classes: leave one value out instead.",
            field="groups",
        )
    return np.array(found)


def _each_fold_has_every_class(folds: Numbers, y: Numbers, k: int) -> bool:
    counts = np.zeros((k, int(y.max()) + 1), dtype=np.int64)
    np.add.at(counts, (folds, y), 1)
    total = counts.sum(axis=0)
    return bool((counts > 0).all() and (counts < total).all())


def value_folds(
    values: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike, *, seed: int = 0
) -> tuple[Numbers, list[str]]:
    """Leave one value of a condition out at a time: its rows test what the others trained.

    More than 20 different numbers are parted into thirds of equally many rows first. Groups without
    a value, such as healthy ones where severity is left out, are dealt to the folds class by class
    as in `group_folds`, so that each is tested once and never on both sides.

    Parameters
    ----------
    values : array_like of str, shape (n,)
        Value of each row, empty where it has none.
    y, groups : array_like of int, shape (n,)
        Class and group of each row, counted from 0.
    seed : int
        Of the dealing of groups without a value.

    Returns
    -------
    folds : ndarray, shape (1, n)
        Fold of each row.
    names : list of str
        What each fold leaves out.

    Raises
    ------
    VibrationError
        Where there is one value only, or too many that are no numbers.

    Examples
    --------
    >>> folds, names = value_folds(["0", "1", "0"], [0, 0, 1], [0, 1, 2])
    >>> folds.tolist(), names
    ([[0, 1, 0]], ['0', '1'])
    """
    stated = np.asarray(values, dtype=str)
    classes, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    names = sorted({str(value) for value in stated if value})
    if len(names) > MOST_VALUES:
        stated, names = _thirds(stated)
    if len(names) < 2:
        raise VibrationError(
            f"Only one value ({names[0] if names else 'none'}) is there: leaving it out leaves "
            "nothing to train on.",
            field="values",
        )
    folds = np.array([names.index(value) if value else NEVER for value in stated], dtype=np.int64)
    without = np.setdiff1d(members[folds == NEVER], members[folds != NEVER])
    of_class = classes_of_groups(classes, members)
    for number in range(int(classes.max()) + 1):
        dealt = np.random.default_rng([seed, number]).permutation(
            without[of_class[without] == number]
        )
        for place, group in enumerate(dealt.tolist()):
            folds[members == group] = place % len(names)
    return folds[np.newaxis], names


def _thirds(stated: npt.NDArray[np.str_]) -> tuple[npt.NDArray[np.str_], list[str]]:
    has = stated != ""
    try:
        numbers = stated[has].astype(np.float64)
    except ValueError:
        numbers = np.full(1, np.nan)
    if not np.isfinite(numbers).all():
        raise VibrationError(
            f"More than {MOST_VALUES} different values that are no numbers cannot be left out one "
            "by one: choose a column with fewer.",
            field="values",
        )
    low, high = np.quantile(numbers, [1 / 3, 2 / 3])
    names = [f"up to {low:g}", f"{low:g} to {high:g}", f"above {high:g}"]
    thirds = np.full(stated.size, "", dtype=f"<U{max(map(len, names))}")
    thirds[has] = np.array(names)[(numbers > low).astype(int) + (numbers > high)]
    return thirds, [name for name in names if name in thirds]


def stored_folds(tested: npt.ArrayLike) -> Numbers:
    """Fold vector of a split that was stored: one fold, the others are trained on.

    Parameters
    ----------
    tested : array_like of bool, shape (n,)
        Whether a row is of the test part.

    Returns
    -------
    ndarray, shape (1, n)

    Examples
    --------
    >>> stored_folds([True, False]).tolist()
    [[0, -1]]
    """
    return np.where(np.asarray(tested, dtype=bool), 0, NEVER).astype(np.int64)[np.newaxis]


def mirrored_folds(folds: npt.ArrayLike, y: npt.ArrayLike, *, seed: int = 0) -> Numbers:
    """Permute vectors of folds within each class: the same sizes and classes, without the groups.

    Parameters
    ----------
    folds : array_like of int, shape (R, n)
        Folds of the protocol, a line a repeat.
    y : array_like of int, shape (n,)
        Class of each row.
    seed : int
        Of the first repeat; the others count up.

    Returns
    -------
    ndarray, shape (R, n)

    Examples
    --------
    >>> folds = mirrored_folds([[0, 0, 1, 1, 0, 1]], [0, 0, 0, 0, 1, 1], seed=1)
    >>> sorted(folds[0, :4].tolist()), sorted(folds[0, 4:].tolist())
    ([0, 0, 1, 1], [0, 1])
    """
    lines, classes = np.asarray(folds, dtype=np.int64), np.asarray(y, dtype=np.int64)
    mirrored = lines.copy()
    for repeat in range(len(lines)):
        random = np.random.default_rng(seed + repeat)
        for number in range(int(classes.max()) + 1):
            rows = np.flatnonzero(classes == number)
            mirrored[repeat, rows] = random.permutation(lines[repeat, rows])
    return mirrored


def splits_of(folds: npt.ArrayLike) -> Splits:
    """Return training and test rows of each fold.

    Parameters
    ----------
    folds : array_like of int, shape (n,)
        Fold in which each row is tested, −1 for one that is only trained on.

    Returns
    -------
    list of (ndarray, ndarray)
        Rows that train, rows that test.

    Raises
    ------
    VibrationError
        Where a fold leaves nothing to train on.

    Examples
    --------
    >>> [(train.tolist(), test.tolist()) for train, test in splits_of([0, 1, -1])]
    [([1, 2], [0]), ([0, 2], [1])]
    """
    line = np.asarray(folds, dtype=np.int64)
    splits = [
        (np.flatnonzero(line != fold), np.flatnonzero(line == fold))
        for fold in np.unique(line[line != NEVER])
    ]
    if not splits or any(train.size == 0 for train, _ in splits):
        raise VibrationError("The split leaves no rows to train on or to test.", field="folds")
    return splits


def protocol_words(
    folds: npt.ArrayLike,
    *,
    left_out: str = "",
    shared: int = 0,
    n_groups: int = 0,
    many: str = "bearings",
) -> str:
    """Name a protocol as its score is to be read: what is new in the test, and what is shared.

    Parameters
    ----------
    folds : array_like of int, shape (R, n)
        Folds of the protocol, a line a repeat.
    left_out : str
        The condition that is left out; empty for folds by group.
    shared, n_groups : int
        Groups that stand on both sides, and all of them.
    many : str
        What groups are called.

    Returns
    -------
    str

    Examples
    --------
    >>> protocol_words([[0, 1, 2]], many="recordings")
    'group 3-fold (new: recordings)'
    >>> protocol_words([[0, 1]], left_out="load", shared=9, n_groups=9)
    'leave one load out (new: load; shared: all 9 bearings)'
    """
    lines = np.asarray(folds, dtype=np.int64)
    if not left_out:
        repeated = f", {len(lines)} repeats" if len(lines) > 1 else ""
        return f"group {int(lines.max()) + 1}-fold{repeated} (new: {many})"
    if not shared:
        return f"leave one {left_out} out (new: {left_out}, {many})"
    of_all = f"all {n_groups}" if shared == n_groups else f"{shared} of {n_groups}"
    return f"leave one {left_out} out (new: {left_out}; shared: {of_all} {many})"
