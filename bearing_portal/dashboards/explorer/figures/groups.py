"""What the explorer's figures share: groups of values, scales, and how a group is summed up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from common.text import counted

FloatArray = npt.NDArray[np.floating]

REACH = 1.5  # of the box's length: how far whiskers go
MOST_OUTLIERS = 60  # drawn of each group
GRID = 96
CHARACTER_PX = 6.2  # of tick labels


@dataclass(frozen=True, eq=False)
class Group:
    """Values that are drawn as one: those of a class, of a severity, of a range of a condition."""

    code: str
    name: str
    colour: str
    symbol: str
    values: FloatArray


@dataclass(frozen=True)
class Axis:
    """How a feature's axis reads, and whether it is logarithmic."""

    title: str
    is_log: bool = False

    @property
    def kind(self) -> str:
        return "log" if self.is_log else "linear"

    @property
    def label(self) -> str:
        return f"{self.title}, log scale" if self.is_log else self.title

    def forward(self, values: FloatArray) -> FloatArray:
        """Return values as the axis places them."""
        placed: FloatArray = np.log10(values) if self.is_log else values
        return placed

    def back(self, placed: FloatArray) -> FloatArray:
        """Return what stands at places of the axis."""
        values: FloatArray = 10.0**placed if self.is_log else placed
        return values

    def drawable(self, values: FloatArray) -> FloatArray:
        """Return the values that the axis can show, as float64."""
        finite = np.asarray(values, dtype=float)
        finite = finite[np.isfinite(finite)]
        return finite[finite > 0] if self.is_log else finite


@dataclass(frozen=True, eq=False)
class Summary:
    """A group on an axis.

    Attributes
    ----------
    n, n_missing, n_without_log : int
        Values that are summed up, missing ones, and on a logarithmic axis those of 0 or less.
    low, q1, median, q3, high : float
        Ends of the whiskers, quartiles; NaN where n is 0.
    outliers : ndarray
        Beyond the whiskers, at most `MOST_OUTLIERS`.
    n_outliers : int
        All of them.
    """

    n: int
    n_missing: int
    n_without_log: int
    low: float = math.nan
    q1: float = math.nan
    median: float = math.nan
    q3: float = math.nan
    high: float = math.nan
    outliers: FloatArray = field(default_factory=lambda: np.zeros(0))
    n_outliers: int = 0


def summary_of(values: FloatArray, axis: Axis) -> Summary:
    """Sum up values by Tukey's rule, on a logarithmic axis of the logarithms."""
    finite = int(np.isfinite(np.asarray(values, dtype=float)).sum())
    known = np.sort(axis.drawable(values))
    counts = (known.size, len(values) - finite, finite - known.size)
    if not known.size:
        return Summary(*counts)
    q1, median, q3 = np.quantile(known, (0.25, 0.5, 0.75))
    low_edge, high_edge = axis.forward(np.array([q1, q3])) + REACH * np.ptp(
        axis.forward(np.array([q1, q3]))
    ) * np.array([-1, 1])
    placed = axis.forward(known)
    inside = known[(placed >= low_edge) & (placed <= high_edge)]
    outside = known[(placed < low_edge) | (placed > high_edge)]
    return Summary(
        *counts,
        low=float(inside[0]),
        q1=float(q1),
        median=float(median),
        q3=float(q3),
        high=float(inside[-1]),
        outliers=thinned(outside, MOST_OUTLIERS),
        n_outliers=outside.size,
    )


def thinned(ordered: FloatArray, most: int) -> FloatArray:
    """Return at most so many of sorted values, the ends among them."""
    if ordered.size <= most:
        return ordered
    return ordered[np.round(np.linspace(0, ordered.size - 1, most)).astype(int)]


def density_of(values: FloatArray, axis: Axis) -> tuple[FloatArray, FloatArray]:
    """Return the density of values over their span, its highest 1, by Gaussian kernels.

    References
    ----------
    B. W. Silverman, *Density Estimation for Statistics and Data Analysis*, 1986, eq. 3.31.

    Returns
    -------
    (ndarray, ndarray)
        Values on the axis and densities; empty where there is nothing to draw.
    """
    placed = axis.forward(axis.drawable(values))
    if not placed.size:
        return placed, placed
    q1, q3 = np.quantile(placed, (0.25, 0.75))
    spread = min(float(placed.std()), float(q3 - q1) / 1.34) or float(placed.std())
    width = 0.9 * spread * placed.size**-0.2
    if not width > 1e-9 * (1 + abs(float(placed[0]))):  # all the same: a line
        at = axis.back(placed[:1])
        return np.repeat(at, 2), np.ones(2)
    grid = np.linspace(placed.min(), placed.max(), GRID)
    density = np.zeros(GRID)
    for part in np.array_split(placed, max(1, placed.size // 4000)):
        density += np.exp(-0.5 * ((grid[:, None] - part) / width) ** 2).sum(axis=1)
    return axis.back(grid), density / density.max()


def left_out(groups: Sequence[Group], axis: Axis) -> str:
    """Say which values of groups cannot be drawn; empty where all can."""
    summaries = [summary_of(group.values, axis) for group in groups]
    missing, without = (
        sum(getattr(one, name) for one in summaries) for name in ("n_missing", "n_without_log")
    )
    parts = []
    if missing:
        parts.append(f"{counted(missing, 'signal')} without a value")
    if without:
        parts.append(f"{counted(without, 'value')} of 0 or less, which have no logarithm")
    return f"Left out: {' and '.join(parts)}." if parts else ""


def name_margin(names: Sequence[str]) -> int:
    """Return the room that names need beside an axis."""
    return round(min(150.0, 16 + CHARACTER_PX * max(map(len, names), default=0)))


def see_through(colour: str, share: float) -> str:
    """Return a colour of six hex digits, `share` of it opaque."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"
