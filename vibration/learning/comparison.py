"""Whether one run is better than another on the same rows, said over groups and never over rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from vibration.errors import VibrationError
from vibration.learning.evaluation import Predictions
from vibration.learning.intervals import Interval, difference
from vibration.learning.protocols import NEVER
from vibration.learning.scores import hits_and_rows

ALL_SIGNS_TO: Final = 14
RANDOM_SIGNS: Final = 9_999
SIGNIFICANT: Final = 0.05
ALIKE: Final = 0.01
NEVER_SIGNIFICANT_TO: Final = 5  # groups: 2/2⁵ is above 0.05
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Comparison:
    """How a run compares with another.

    Attributes
    ----------
    value : float
        Accuracy of the first − accuracy of the second.
    interval : (float, float) or None
        Its paired 95 % interval; None where a class has one group.
    p : float
        Of the sign-flip test over groups; with repeats the larger of it and that of the corrected
        t-test.
    n_groups : int
        Groups that were tested.
    verdict : str
        In words.
    """

    value: float
    interval: Interval | None
    p: float
    n_groups: int
    verdict: str


def compare(
    first: Predictions, second: Predictions, *, many: str = "bearings", seed: int = 0
) -> Comparison:
    """Compare two runs of the same rows and folds.

    Parameters
    ----------
    first, second : Predictions
    many : str
        What groups are called.
    seed : int
        Of the bootstrap and of random signs.

    Returns
    -------
    Comparison

    Raises
    ------
    VibrationError
        Where rows, groups or folds differ.

    Examples
    --------
    >>> y, folds = np.arange(12) % 2, np.zeros((1, 12), np.int64)
    >>> good, bad = np.eye(2)[y][np.newaxis], np.eye(2)[1 - y][np.newaxis]
    >>> runs = [Predictions(y, np.arange(12), folds, p) for p in (good, bad)]
    >>> compare(*runs).verdict
    'better by 100.0 points (100.0 to 100.0) on unseen bearings'
    """
    for name, what in (("y", "rows"), ("groups", "groups"), ("folds", "folds of the protocol")):
        if not np.array_equal(getattr(first, name), getattr(second, name)):
            raise VibrationError(f"The runs are not comparable: their {what} differ.", field=name)
    found = difference(first, second, seed=seed)
    hits = [hits_and_rows(run)[:, 0] for run in (first, second)]
    tested = np.unique(first.groups[(first.folds != NEVER).any(axis=0)])
    p = sign_flip_p((hits[0] - hits[1])[tested], seed=seed)
    if len(first.folds) > 1:
        p = max(p, _over_folds(first, second))
    return Comparison(
        value=found.value,
        interval=found.interval,
        p=p,
        n_groups=int(tested.size),
        verdict=verdict(found.value, found.interval, p, n_groups=int(tested.size), many=many),
    )


def _over_folds(first: Predictions, second: Predictions) -> float:
    differences, shares = [], []
    for line, said, other in zip(first.folds, first.classes, second.classes, strict=True):
        for fold in np.unique(line[line != NEVER]):
            rows = line == fold
            right = (said[rows] == first.y[rows]).mean(), (other[rows] == first.y[rows]).mean()
            differences.append(float(right[0] - right[1]))
            shares.append(rows.sum() / (~rows).sum())
    return corrected_t(differences, float(np.mean(shares)))[1]


def sign_flip_p(sums: npt.ArrayLike, *, seed: int = 0) -> float:
    """Two-sided p of groups' summed differences: how often random signs reach as far from 0.

    All 2^G signs for G ≤ 14, else 9 999 drawn ones, p = (1 + #)/(1 + 9 999).

    References
    ----------
    E. J. G. Pitman, J. R. Stat. Soc. Suppl. 4 (1937); P. I. Good, *Permutation, Parametric and
    Bootstrap Tests of Hypotheses*, Springer 2005.

    Parameters
    ----------
    sums : array_like, shape (G,)
        Right answers of the first run − those of the second, of each group.
    seed : int
        Of drawn signs.

    Returns
    -------
    float

    Examples
    --------
    >>> sign_flip_p([3, 2, -1, 4])
    0.25
    """
    values = np.asarray(sums, dtype=np.float64)
    reached = abs(values.sum()) - _ROUNDING
    if values.size <= ALL_SIGNS_TO:
        signs = np.array(list(product((-1.0, 1.0), repeat=values.size)))
        return float((np.abs(signs @ values) >= reached).mean())
    random, count = np.random.default_rng(seed), 0
    for _ in range(RANDOM_SIGNS):
        count += abs(values @ random.choice((-1.0, 1.0), values.size)) >= reached
    return float((1 + count) / (1 + RANDOM_SIGNS))


def corrected_t(differences: npt.ArrayLike, test_share: float) -> tuple[float, float]:
    """t and two-sided p of the folds' differences, for folds that share training rows.

    t = d̄/√((1/n + n_test/n_train)·s²_d), n − 1 degrees of freedom, n being folds × repeats.

    References
    ----------
    C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003).

    Parameters
    ----------
    differences : array_like, shape (n,)
        Of each fold of each repeat.
    test_share : float
        n_test/n_train.

    Returns
    -------
    t, p : float

    Raises
    ------
    VibrationError
        For fewer than two differences.

    Examples
    --------
    >>> t, p = corrected_t([0.02, 0.05, -0.01, 0.04, 0.03], 1 / 4)
    >>> round(t, 6), round(p, 6)
    (1.683562, 0.167553)
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.size < 2:
        raise VibrationError("A t-test needs two folds or more.", field="differences")
    mean, variance = float(d.mean()), float(d.var(ddof=1))
    if variance == 0:
        return (math.copysign(math.inf, mean), 0.0) if mean else (0.0, 1.0)
    t = mean / math.sqrt((1 / d.size + test_share) * variance)
    return t, float(2 * scipy.stats.t.sf(abs(t), d.size - 1))


def holm(p: Sequence[float]) -> list[float]:
    """Adjust the p of several comparisons, so that one in twenty families errs and not each pair.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979).

    Parameters
    ----------
    p : sequence of float

    Returns
    -------
    list of float
        In the same order.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    factors = np.arange(values.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * factors), 1)
    return [float(value) for value in adjusted]


def verdict(
    value: float,
    interval: Interval | None,
    p: float,
    *,
    n_groups: int,
    many: str = "bearings",
) -> str:
    """Say in words whether a run is better.

    Parameters
    ----------
    value : float
        Difference of the accuracies.
    interval : (float, float) or None
        Its 95 % interval.
    p : float
        Of its test, adjusted where there are several pairs.
    n_groups : int
        Groups that were tested.
    many : str
        What groups are called.

    Returns
    -------
    str

    Examples
    --------
    >>> verdict(0.031, (0.012, 0.05), 0.004, n_groups=20)
    'better by 3.1 points (1.2 to 5.0) on unseen bearings'
    >>> verdict(0.031, (-0.1, 0.2), 0.4, n_groups=9)
    '9 bearings cannot tell them apart'
    """
    if interval is not None:
        low, high = interval
        if (low > 0 or high < 0) and p <= SIGNIFICANT:
            word = "better" if value > 0 else "worse"
            ends = sorted(abs(100 * end) for end in interval)
            return (
                f"{word} by {abs(100 * value):.1f} points ({ends[0]:.1f} to {ends[1]:.1f}) on "
                f"unseen {many}"
            )
        if low >= -ALIKE and high <= ALIKE:
            return "alike to within a point"
    said = f"{n_groups} {many} cannot tell them apart"
    if n_groups <= NEVER_SIGNIFICANT_TO:
        said += f": with so few p cannot reach {SIGNIFICANT:g}"
    return said
