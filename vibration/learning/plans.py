"""What a protocol will test, said before anything is trained: folds, what is new, refusals."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.learning.groups import (
    Numbers,
    groups_of_classes,
    listing,
    lone_class_sentence,
    shared_groups,
)
from vibration.learning.protocols import (
    NEVER,
    group_folds,
    protocol_words,
    stored_folds,
    value_folds,
)

GROUP: Final = "group"
LEAVE_OUT: Final = "leave-out"
SPLIT: Final = "split"
MOST_CELLS: Final = 25_000_000  # of the confusion matrices of all groups: 200 MB


@dataclass(frozen=True, eq=False)
class Plan:
    """The folds of a protocol, and what is to be known of them.

    Attributes
    ----------
    folds : ndarray, shape (R, n)
        Fold of each row, a line a repeat; −1 where it is only trained on.
    words : str
        The protocol in words.
    new : str
        What is new in the test: the groups, or the values of a condition.
    notes : tuple of str
        What no split can tell, and what counts as wrong.
    left_out : tuple of str
        What each fold leaves out, where a condition is.
    """

    folds: Numbers
    words: str
    new: str
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def plan_of(
    y: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    classes: list[str],
    called: tuple[str, str] = ("bearing", "bearings"),
    protocol: str = GROUP,
    what: str = "",
    values: npt.ArrayLike = (),
    tested: npt.ArrayLike = (),
    seed: int = 0,
) -> Plan:
    """Plan an evaluation, or refuse it.

    Parameters
    ----------
    y, groups : array_like of int, shape (n,)
        Class and group of each row, counted from 0.
    classes : list of str
        Names of the classes.
    called : (str, str)
        What one group and several are called.
    protocol : str
        ``group``, ``leave-out`` or ``split``.
    what : str
        The condition that is left out, or the name of the split.
    values : array_like of str, shape (n,)
        Value of the condition of each row, empty where it has none.
    tested : array_like of bool, shape (n,)
        Of a stored split: whether a row is tested; the others are trained on.
    seed : int
        Of the dealing.

    Returns
    -------
    Plan

    Raises
    ------
    VibrationError
        For one class only, more classes and groups than confusions are counted for, a class of one
        group in a split by group, a condition with one value, and a split without
        a part that trains or tests.

    Examples
    --------
    >>> plan = plan_of([0, 0, 1, 1], [0, 1, 2, 3], classes=["ok", "worn"])
    >>> plan.words, plan.folds.shape
    ('group 2-fold, 5 repeats (new: bearings)', (5, 4))
    """
    labels, members = np.asarray(y, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    one, many = called
    n_groups = int(np.unique(members).size)
    if len(classes) < 2:
        raise VibrationError(f"Every row is of class {classes[0]}: there is nothing to tell apart.")
    if n_groups * len(classes) ** 2 > MOST_CELLS:
        raise VibrationError(
            f"{len(classes)} classes of {n_groups} {many} are too many to be told apart here: "
            "choose some of the classes."
        )
    lone = lone_class_sentence(labels, members, classes=classes, one=one)
    notes = [lone] if lone else []
    if protocol == LEAVE_OUT:
        folds, names = value_folds(values, labels, members, seed=seed)
        shared = shared_groups(folds[0], members)
        return Plan(
            folds,
            protocol_words(folds, left_out=what, shared=shared, n_groups=n_groups, many=many),
            f"values of {what}",
            (*notes, *_untrained(labels, folds[0], classes, names, what)),
            tuple(names),
        )
    if protocol == SPLIT:
        return _of_split(labels, members, np.asarray(tested, dtype=bool), what, many, notes)
    if lone:
        raise VibrationError(
            f"{lone} Leave the class out, bring more {many}, or leave one value of a condition out."
        )
    folds = group_folds(labels, members, seed=seed)
    return Plan(folds, protocol_words(folds, many=many), many)


def _of_split(
    y: Numbers,
    groups: Numbers,
    tested: npt.NDArray[np.bool_],
    name: str,
    many: str,
    notes: list[str],
) -> Plan:
    train, test = ~tested, tested
    if not train.any() or not test.any():
        raise VibrationError(f"The split {name} has no rows to train on or none to test.")
    missing = np.setdiff1d(y[test], y[train]).size
    if missing:
        notes = [
            *notes,
            "Classes that are tested and never trained: their rows all count as wrong.",
        ]
    shared = np.intersect1d(groups[train], groups[test]).size
    if shared:
        both = f"{shared} of the {many} stand on both sides"
        return Plan(stored_folds(test), f"split {name} ({both})", "records", tuple(notes))
    return Plan(stored_folds(test), f"split {name} (new: {many})", many, tuple(notes))


def _untrained(
    y: Numbers, folds: Numbers, classes: list[str], values: list[str], what: str
) -> list[str]:
    """Say which classes are tested in a fold that does not train them."""
    held = groups_of_classes(y, folds)
    alone = [
        f"{classes[number]} ({values[int(found[0])]})"
        for number, found in enumerate(held)
        if found.size == 1 and found[0] != NEVER
    ]
    if not alone:
        return []
    return [
        f"With one value of {what} only, a class is never trained where it is tested, and all "
        f"its rows count as wrong: {listing(alone)}."
    ]
