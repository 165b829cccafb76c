"""How a feature changes over the life of a machine: its onset, and how well it tells the end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError

FIRST_SHARE: Final = 0.25
FEWEST_FIRST: Final = 5
SIGMAS: Final = 3.0
HELD: Final = 3
LAG_SHARE: Final = 0.1
EDGE_SHARE: Final = 0.05
LIFE_POINTS: Final = 100
FEWEST_POINTS: Final = 3
_ROUNDING: Final = 1e-9

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Onset:
    """Where a series leaves the level of its first part.

    Attributes
    ----------
    index : int or None
        Of the first of the values that stay above the threshold; None where none do.
    threshold : float
        mean + 3σ of the first part; NaN where it is too short to be judged.
    mean, sigma : float
        Of the first part.
    n_first : int
        Known values in it.
    """

    index: int | None
    threshold: float
    mean: float
    sigma: float
    n_first: int


def onset_of(
    values: npt.ArrayLike,
    *,
    first_share: float = FIRST_SHARE,
    sigmas: float = SIGMAS,
    held: int = HELD,
) -> Onset:
    """Find where a series first exceeds the level it began with, and stays above.

    The threshold is mean + 3σ (n − 1) of the first quarter of the known values, five at least; the
    onset is the first later value above it that is followed by two more above it. What is NaN is
    passed over: three known values in a row count. A first part that does not vary is exceeded by
    whatever is larger than rounding.

    References
    ----------
    W. A. Shewhart, *Economic Control of Quality of Manufactured Product*, 1931: the limit of 3σ.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the order of time, in any unit.
    first_share : float
        Part of the known values that is taken as sound, above 0 and below 1.
    sigmas : float
        How many σ above the mean.
    held : int
        Values in a row that must be above, 1 at least.

    Returns
    -------
    Onset
        Without index where there is none, and where fewer than `held` values follow the first part.

    Raises
    ------
    VibrationError
        For a share, a number of σ or of values that is out of range.

    Examples
    --------
    >>> onset_of([1.0, 1.1, 0.9, 1.0, 1.1, 1.0, 5.0, 1.0, 2.0, 2.5, 3.0]).index
    8
    """
    series = _series(values)
    if not 0 < first_share < 1:
        raise VibrationError(
            f"The first part is a share above 0 and below 1, not {first_share:g}.",
            field="first_share",
        )
    if not (math.isfinite(sigmas) and sigmas >= 0):
        raise VibrationError(f"The number of σ is 0 or more, not {sigmas:g}.", field="sigmas")
    if held < 1:
        raise VibrationError(f"1 value or more must be above, not {held}.", field="held")
    places = np.flatnonzero(np.isfinite(series))
    known = series[places]
    n_first = max(FEWEST_FIRST, math.ceil(first_share * known.size))
    if known.size < n_first + held:
        return Onset(None, math.nan, math.nan, math.nan, min(n_first, known.size))
    first = known[:n_first]
    mean, sigma = float(first.mean()), float(first.std(ddof=1))
    threshold = mean + sigmas * sigma
    is_above = known[n_first:] > threshold + _ROUNDING * abs(mean)
    runs = np.lib.stride_tricks.sliding_window_view(is_above, held).all(axis=1)
    index = int(places[n_first + int(runs.argmax())]) if runs.any() else None
    return Onset(index, threshold, mean, sigma, n_first)


def monotonicity(values: npt.ArrayLike, *, lag: int | None = None) -> float:
    """Tell how steadily one series rises or falls: 0 as noise does, 1 always in one direction.

    M = |Σ sgn(x(k + w) − x(k))|/(n − w). With w = 1 this is Coble's measure; over w values it is
    the same of a moving mean of w values, which noise on a slow trend does not drown. Ties count
    for neither direction. What is NaN is left out.

    References
    ----------
    J. Coble, J. W. Hines, "Identifying optimal prognostic parameters from data: a genetic
    algorithms approach", Annual Conference of the PHM Society, 2009.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the order of time.
    lag : int, optional
        w; a tenth of the known values where it is not given.

    Returns
    -------
    float
        0 to 1; NaN for fewer than 3 known values.

    Raises
    ------
    VibrationError
        For a lag below 1 or as long as the series.

    Examples
    --------
    >>> monotonicity([1, 2, 2, 3]), monotonicity([1, 2, 1, 2, 1])
    (0.6666666666666666, 0.0)
    """
    known = _series(values)
    known = known[np.isfinite(known)]
    if known.size < FEWEST_POINTS:
        return math.nan
    w = max(1, int(LAG_SHARE * known.size)) if lag is None else lag
    if not 1 <= w < known.size:
        raise VibrationError(
            f"The lag is 1 to {known.size - 1} of {known.size} values, not {w}.", field="lag"
        )
    return abs(float(np.sign(known[w:] - known[:-w]).mean()))


def trendability(runs: Sequence[npt.ArrayLike]) -> float:
    """Tell how alike the series of several runs grow: the least |correlation| of any two.

    T = min |r(xᵢ, xⱼ)|, each series read at 100 places of its life, from its first known value
    (0 %) to its last (100 %), with straight lines between known values. A series that does not
    vary has no trend: T = 0.

    References
    ----------
    J. Coble, *Merging Data Sources to Predict Remaining Useful Life*, University of Tennessee,
    2010, ch. 3.

    Parameters
    ----------
    runs : sequence of array_like, each of shape (n_i,)
        Lengths may differ. Those with fewer than 3 known values are left out.

    Returns
    -------
    float
        0 to 1; NaN for fewer than two runs.

    Examples
    --------
    >>> round(trendability([[1, 2, 3, 4], [10, 20, 30, 40, 50, 60]]), 6)
    1.0
    """
    lives = [life for life in (_life(_series(run)) for run in runs) if life is not None]
    if len(lives) < 2:
        return math.nan
    centred = np.array([_unit(life) for life in lives])
    correlation = np.abs(centred @ centred.T)
    return min(1.0, float(correlation[np.triu_indices(len(lives), 1)].min()))


def prognosability(runs: Sequence[npt.ArrayLike]) -> float:
    """Tell how well the last value foretells the end: 1 where all runs end at one height.

    P = exp(−σ(x_end)/mean|x_end − x_start|), σ with n − 1; start and end are the medians of the
    first and the last twentieth of the known values, one at least.

    References
    ----------
    J. Coble, J. W. Hines, "Identifying optimal prognostic parameters from data: a genetic
    algorithms approach", Annual Conference of the PHM Society, 2009.

    Parameters
    ----------
    runs : sequence of array_like, each of shape (n_i,)
        Lengths may differ. Those with fewer than 3 known values are left out.

    Returns
    -------
    float
        0 to 1; NaN for fewer than two runs, and where no run changes at all.

    Examples
    --------
    >>> prognosability([[0, 1, 2, 5], [1, 2, 5]])
    1.0
    """
    ends = [end for end in (_ends(_series(run)) for run in runs) if end is not None]
    if len(ends) < 2:
        return math.nan
    start, end = np.array(ends).T
    change = float(np.abs(end - start).mean())
    spread = float(end.std(ddof=1))
    return math.exp(-spread / change) if change > 0 else math.nan


@dataclass(frozen=True)
class TrendRank:
    """How good a feature is at telling a machine's age, over all runs.

    Attributes
    ----------
    column : int
        Of the table.
    monotonicity, trendability, prognosability : float
        0 to 1, NaN where it cannot be said; monotonicity is the mean over the runs.
    score : float
        The mean of those that can be said; NaN where none can.
    n_runs : int
        With 3 known values or more.
    """

    column: int
    monotonicity: float
    trendability: float
    prognosability: float
    score: float
    n_runs: int


def trend_ranking(runs: Sequence[npt.ArrayLike]) -> list[TrendRank]:
    """Rank features by monotonicity, trendability and prognosability.

    Parameters
    ----------
    runs : sequence of array_like, each of shape (n_i, k)
        A row a recording in the order of time, a column a feature, NaN where it is missing.

    Returns
    -------
    list of TrendRank
        The best first; those of equal score in the table's order, those without one last.

    Raises
    ------
    VibrationError
        For runs of different numbers of features.

    Examples
    --------
    >>> rising, noise = np.arange(20.0), np.tile([0.0, 1.0], 10)
    >>> [rank.column for rank in trend_ranking([np.column_stack([noise, rising])])]
    [1, 0]
    """
    tables = [np.asarray(run, dtype=np.float64) for run in runs]
    widths = {table.shape[1] if table.ndim == 2 else -1 for table in tables}
    if len(widths) > 1 or -1 in widths:
        raise VibrationError("Each run is a table with the same features.", field="runs")
    ranks = [_rank(k, [table[:, k] for table in tables]) for k in range(max(widths, default=0))]
    return sorted(ranks, key=lambda rank: (math.isnan(rank.score), -rank.score, rank.column))


def _rank(column: int, runs: list[Values]) -> TrendRank:
    known = [run for run in runs if np.count_nonzero(np.isfinite(run)) >= FEWEST_POINTS]
    steady = float(np.mean([monotonicity(run) for run in known])) if known else math.nan
    said = (steady, trendability(known), prognosability(known))
    can = [value for value in said if not math.isnan(value)]
    return TrendRank(column, *said, float(np.mean(can)) if can else math.nan, len(known))


def _series(values: npt.ArrayLike) -> Values:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise VibrationError(
            f"A series has one axis, not {series.ndim}: pass one value a recording.", field="values"
        )
    return series


def _life(series: Values) -> Values | None:
    places = np.flatnonzero(np.isfinite(series))
    if places.size < FEWEST_POINTS:
        return None
    wanted = np.linspace(places[0], places[-1], LIFE_POINTS)
    return np.interp(wanted, places, series[places])


def _unit(life: Values) -> Values:
    centred = life - life.mean()
    length = float(np.linalg.norm(centred))
    if length <= _ROUNDING * float(np.abs(life).max()) * math.sqrt(life.size):
        return np.zeros_like(life)
    unit: Values = centred / length
    return unit


def _ends(series: Values) -> tuple[float, float] | None:
    known = series[np.isfinite(series)]
    if known.size < FEWEST_POINTS:
        return None
    edge = max(1, int(EDGE_SHARE * known.size))
    return float(np.median(known[:edge])), float(np.median(known[-edge:]))
