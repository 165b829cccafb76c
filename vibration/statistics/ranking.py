"""Which features tell classes apart: ANOVA's F and mutual information, each with its interval."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.statistics.scales import standardised

N_RESAMPLES: Final = 200
CONFIDENCE: Final = 0.95
N_NEIGHBOURS: Final = 3

Values = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """How well one feature tells the classes apart.

    Attributes
    ----------
    column : int
        Of the table.
    f, f_low, f_high : float
        ANOVA's F and its interval; NaN where it cannot be said.
    information, information_low, information_high : float
        Mutual information of feature and class in nats, and its interval.
    share : float
        Mutual information over the entropy of the classes, 0 to 1.
    n, n_missing : int
        Rows that were used, and rows left out because the feature is missing there.
    """

    column: int
    f: float
    f_low: float
    f_high: float
    information: float
    information_low: float
    information_high: float
    share: float
    n: int
    n_missing: int

    def sentence(self, title: str) -> str:
        """Say what the two numbers mean for the feature of this title."""
        if np.isnan(self.f):
            return f"{title}: too few values to say whether it tells the classes apart."
        return (
            f"{title} varies {_plain(self.f)} times as much between the classes as within them "
            f"(95 % interval {_plain(self.f_low)} to {_plain(self.f_high)}); knowing it takes away "
            f"{100 * self.share:.0f} % of the doubt about the class."
        )


def feature_ranking(
    x: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[Ranked]:
    """Rank features by how well they tell classes apart, the one with the highest F first.

    F = (Σ n_c (x̄_c − x̄)²/(C − 1)) / (ΣΣ (x − x̄_c)²/(n − C)). Mutual information is that of Ross:
    I = mean of ψ(n) + ψ(k) − ψ(n_c) − ψ(m), m being the number of rows of any class within the
    distance of the k-th neighbour of one's own class. Intervals are bootstrap percentiles: groups
    of rows, such as a record with its copies, are drawn again within each class; of the information
    the rows' terms are drawn again, for a row drawn twice would be its own neighbour. Where classes
    hardly differ, F of a resample lies above that of the rows, as it adds the chance of drawing to
    that of measuring.

    References
    ----------
    D. C. Montgomery, *Design and Analysis of Experiments*, 8th ed., Wiley 2012, §3.3; B. C. Ross,
    "Mutual information between discrete and continuous data sets", PLoS ONE 9 (2014), e87357;
    B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*, 1993, §13.3; A. C. Davison,
    D. V. Hinkley, *Bootstrap Methods and their Application*, Cambridge 1997, §3.8 (groups).

    Parameters
    ----------
    x : array_like, shape (n, k)
        Features, NaN where missing; such rows are left out of that feature alone.
    labels : array_like of int, shape (n,)
        Class of each row.
    groups : array_like of int, shape (n,), optional
        Which rows are drawn together, since they are no independent observations; each row by
        itself where none are given.
    n_resamples : int
        Bootstrap resamples.
    seed : int
        Of the resamples.

    Returns
    -------
    list of Ranked
        One for each column.

    Raises
    ------
    VibrationError
        For fewer than two classes or lengths that differ.

    Examples
    --------
    >>> x = [[0.0, 1], [0.1, 2], [0.2, 1], [5.0, 2], [5.1, 1], [5.2, 2]]
    >>> [row.column for row in feature_ranking(x, [0, 0, 0, 1, 1, 1])]
    [0, 1]
    """
    table, classes = np.asarray(x, dtype=float), np.asarray(labels)
    if table.ndim != 2 or classes.shape != table.shape[:1]:
        raise VibrationError("Features and classes differ in length; give one class for each row.")
    together = np.arange(len(table)) if groups is None else np.asarray(groups)
    if together.shape != classes.shape:
        raise VibrationError("Groups and classes differ in length; give one group for each row.")
    codes, numbers = np.unique(classes, return_inverse=True)
    if codes.size < 2:
        raise VibrationError("Ranking needs at least two classes; choose more of them.")
    random = np.random.default_rng(seed)
    members = [np.flatnonzero(numbers == c) for c in range(codes.size)]
    draws = [_draws(random, together[rows], n_resamples) for rows in members]
    f = _f_values(table, members, draws)
    ranked = [
        _ranked(column, table[:, column], numbers, members, draws, f[:, column])
        for column in range(table.shape[1])
    ]
    return sorted(ranked, key=lambda row: (np.isnan(row.f), -row.f))


def anova_f(x: npt.ArrayLike, labels: npt.ArrayLike) -> Values:
    """F of each column, NaN where it cannot be said; see `feature_ranking`.

    References
    ----------
    D. C. Montgomery, *Design and Analysis of Experiments*, 8th ed., Wiley 2012, §3.3.

    Parameters
    ----------
    x : array_like, shape (n, k)
        Features, NaN where missing.
    labels : array_like of int, shape (n,)
        Class of each row.

    Returns
    -------
    ndarray, shape (k,)

    Examples
    --------
    >>> anova_f([[1], [2], [3], [2], [3], [4]], [0, 0, 0, 1, 1, 1]).round(6).tolist()
    [1.5]
    """
    table, classes = np.asarray(x, dtype=float), np.asarray(labels)
    members = [np.flatnonzero(classes == code) for code in np.unique(classes)]
    found: Values = _f_values(table, members, [np.ones((0, rows.size)) for rows in members])[0]
    return found


def information_terms(x: Values, numbers: Labels) -> Values:
    """What each row adds to the mutual information of a feature and its class; see `Ranked`.

    ψ(n) + ψ(k) − ψ(n_c) − ψ(m); their mean is the information in nats. The estimate is one of
    values that never repeat; where they do, on a grid of frequencies or in whole classes, noise of
    1e-10 standard deviations parts them, always the same, as in scikit-learn. A feature that does
    not vary says nothing. Rows that are alone in their class are NaN.

    References
    ----------
    B. C. Ross, PLoS ONE 9 (2014), e87357, eq. 2; A. Kraskov, H. Stögbauer, P. Grassberger,
    "Estimating mutual information", Phys. Rev. E 69 (2004), 066138, §II.A (noise on repeated
    values).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Feature, finite.
    numbers : ndarray of int, shape (n,)
        Class of each row.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> apart = np.r_[np.arange(50.0), 1000 + np.arange(50.0)]
    >>> float(information_terms(apart, np.repeat([0, 1], 50)).mean()) > 0.6
    True
    >>> repeated = np.repeat([1.0, 2.0], 50)
    >>> round(float(information_terms(repeated, np.repeat([0, 1], 50)).mean()), 1)
    0.7
    """
    from scipy.special import digamma

    x = _parted(x)
    radius, k, size = (np.full(x.size, np.nan) for _ in range(3))
    for code in np.unique(numbers):
        rows = np.flatnonzero(numbers == code)
        if rows.size > 1:
            k[rows], size[rows] = min(N_NEIGHBOURS, rows.size - 1), rows.size
            radius[rows] = _kth_distance(x[rows], int(k[rows[0]]))
    used = ~np.isnan(radius)
    here, reach = x[used], radius[used]
    # A trifle less than the distance, so that rounding never counts the k-th neighbour itself.
    reach = np.maximum(reach - 4 * np.finfo(float).eps * (np.abs(here) + reach), 0)
    ordered = np.sort(here)
    inside = np.searchsorted(ordered, here + reach, "right")
    inside -= np.searchsorted(ordered, here - reach, "left")
    terms = np.full(x.size, np.nan)
    terms[used] = digamma(used.sum()) + digamma(k[used]) - digamma(size[used]) - digamma(inside)
    return terms if here.size and np.ptp(here) > 0 else np.where(used, 0.0, terms)


def _parted(x: Values) -> Values:
    """Return values of unit deviation of which none repeats; one that does not vary stays."""
    deviation = float(x.std())
    if not deviation > 1e-12 * float(np.abs(x).max(initial=0.0)):
        return np.zeros_like(x)
    scaled = x / deviation
    noise = np.random.default_rng(0).standard_normal(x.size)
    parted: Values = scaled + 1e-10 * max(1.0, float(np.abs(scaled).mean())) * noise
    return parted


def _kth_distance(x: Values, k: int) -> Values:
    """Return the distance of each value's k-th neighbour: of k + 1 in a row it is inside one."""
    order = np.argsort(x, kind="stable")
    padded = np.concatenate([np.full(k, -np.inf), x[order], np.full(k, np.inf)])
    here = padded[k : k + x.size]
    best = np.full(x.size, np.inf)
    for first in range(k + 1):  # the run begins so many places further left
        left = padded[k - first : k - first + x.size]
        right = padded[2 * k - first : 2 * k - first + x.size]
        np.minimum(best, np.maximum(here - left, right - here), out=best)
    found = np.empty_like(best)
    found[order] = best
    return found


def _draws(random: np.random.Generator, groups: Labels, n_resamples: int) -> Values:
    """Return how often each row is drawn, with all of its group, in each resample: (r, n)."""
    known, of_row = np.unique(groups, return_inverse=True)
    drawn = random.multinomial(known.size, np.full(known.size, 1 / known.size), size=n_resamples)
    return drawn[:, of_row].astype(float)


def _f_values(table: Values, members: list[Labels], draws: list[Values]) -> Values:
    """Return F of the table, then of each resample: (1 + n_resamples, k)."""
    known = ~np.isnan(table)
    centred = standardised(table)  # the sums of squares then lose no digits
    between: Any = 0.0
    within: Any = 0.0
    total: Any = 0.0
    n_all: Any = 0.0
    n_classes: Any = 0.0
    for rows, drawn in zip(members, draws, strict=True):
        weights = np.vstack([np.ones(rows.size), drawn])
        n = weights @ known[rows]
        first, second = weights @ centred[rows], weights @ centred[rows] ** 2
        about = first**2 / np.maximum(n, 1)
        between, within = between + about, within + second - about
        total, n_all, n_classes = total + first, n_all + n, n_classes + (n > 0)
    between = between - total**2 / np.maximum(n_all, 1)
    freedom, rest = n_classes - 1, n_all - n_classes
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = (between / freedom) / (np.maximum(within, 0) / rest)
    found[(freedom < 1) | (rest < 1) | ((between <= 1e-12) & (within <= 1e-12))] = np.nan
    return found


def _ranked(
    column: int,
    values: Values,
    numbers: Labels,
    members: list[Labels],
    draws: list[Values],
    f: Values,
) -> Ranked:
    known = ~np.isnan(values)
    terms = np.full(values.size, np.nan)
    if known.any():
        terms[known] = information_terms(values[known], numbers[known])
    said = ~np.isnan(terms)
    filled = np.where(said, terms, 0)
    sums = sum(drawn @ filled[rows] for rows, drawn in zip(members, draws, strict=True))
    counts = sum(
        drawn @ said[rows].astype(float) for rows, drawn in zip(members, draws, strict=True)
    )
    information = max(float(terms[said].mean()), 0.0) if said.any() else 0.0
    low, high = np.maximum(_interval(sums / np.maximum(counts, 1)), 0)
    f_low, f_high = _interval(f[1:])
    return Ranked(
        column=column,
        f=float(f[0]),
        f_low=float(f_low),
        f_high=float(f_high),
        information=information,
        information_low=float(low),
        information_high=float(high),
        share=min(information / _entropy(numbers[known]), 1.0) if information else 0.0,
        n=int(known.sum()),
        n_missing=int((~known).sum()),
    )


def _interval(resampled: Values) -> Values:
    finite = resampled[np.isfinite(resampled)]
    if not finite.size:
        return np.full(2, np.nan)
    ends: Values = np.quantile(finite, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return ends


def _entropy(numbers: Labels) -> float:
    share = np.unique(numbers, return_counts=True)[1] / numbers.size
    return float(-(share * np.log(share)).sum()) or 1.0


def _plain(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}".replace(",", "\u202f")
