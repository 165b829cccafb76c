"""Tables of features drawn in the plane: PCA, t-SNE and a UMAP-like layout, from numpy and scipy.

scikit-learn's t-SNE takes twice as long for a dataset's size and cannot be asked to stop;
umap-learn compiles itself for some 30 s in each new process. See `docs/explorer.md` for figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy.typing as npt

from vibration.errors import Cancelled, VibrationError
from vibration.statistics.projection.neighbours import METRICS
from vibration.statistics.projection.repulsion import Points
from vibration.statistics.projection.table import principal_points, standardised
from vibration.statistics.projection.trust import (
    N_NEIGHBOURS,
    n_rows_asked,
    trustworthiness,
)
from vibration.statistics.projection.tsne import prove_perplexity, tsne_points
from vibration.statistics.projection.umap_like import prove_graph, umap_like_points

__all__ = [
    "METRICS",
    "Method",
    "Projected",
    "ProjectionCancelled",
    "ProjectionParameters",
    "n_rows_asked",
    "project",
    "prove_parameters",
]

FEWEST_ROWS = 10


class Method(StrEnum):
    """A way into the plane.

    The last is no UMAP but like it: its graph and its objective, lowered by an optimiser of our
    own. Its code, which stands in addresses and rows, is older than its name.
    """

    PCA = "pca"
    TSNE = "tsne"
    UMAP_LIKE = "umap"

    @property
    def name_shown(self) -> str:
        return {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP-like"}[self.value]


class ProjectionCancelled(Cancelled):
    """Somebody asked the work to stop."""


@dataclass(frozen=True, kw_only=True)
class ProjectionParameters:
    """What a method is told; each method reads its own and leaves the others.

    Attributes
    ----------
    perplexity : float
        t-SNE: how many neighbours a signal counts.
    n_neighbours : int
        UMAP-like: how many neighbours make the graph.
    min_dist : float
        UMAP-like: how close points may lie, 0 to 1.
    metric : {'euclidean', 'manhattan', 'cosine'}
        t-SNE and UMAP-like: which distance between standardised features.
    seed : int
        UMAP-like: of its chance pushes. PCA and t-SNE, which begins at the PCA, know no chance.
    """

    perplexity: float = 30.0
    n_neighbours: int = 15
    min_dist: float = 0.1
    metric: str = "euclidean"
    seed: int = 0

    def used_by(self, method: Method) -> dict[str, float | int | str]:
        """Return the parameters that decide the result of a method, by name."""
        names = {
            Method.PCA: (),
            Method.TSNE: ("perplexity", "metric"),
            Method.UMAP_LIKE: ("n_neighbours", "min_dist", "metric", "seed"),
        }[method]
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, eq=False)
class Projected:
    """Points in the plane, and what was done to the features first.

    Attributes
    ----------
    points : ndarray, shape (n, 2)
        float32.
    shares : tuple of float
        Of PCA: the share of the variance along each axis; empty for the others.
    n_filled, n_rows_filled : int
        Missing values that got the median of their feature, and rows that had any.
    n_idle : int
        Features without any variation, which say nothing.
    trust : float
        Trustworthiness, 0 to 1: how far neighbours in the plane are neighbours among the features.
    """

    points: Points
    shares: tuple[float, ...]
    n_filled: int
    n_rows_filled: int
    n_idle: int
    trust: float


def project(
    x: npt.ArrayLike,
    method: Method,
    parameters: ProjectionParameters | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Projected:
    """Draw a table of features in the plane by the method named, features standardised.

    Missing values get the median of their feature over all rows. The other methods begin at the
    principal components, scaled, so that the same table and parameters give the same points.

    References
    ----------
    D. Kobak, P. Berens, "The art of using t-SNE for single-cell transcriptomics", Nature
    Communications 10 (2019), 5416.

    Parameters
    ----------
    x : array_like, shape (n, k)
        Features, NaN where missing; n ≥ 10.
    method : Method
        PCA, t-SNE or UMAP-like.
    parameters : ProjectionParameters, optional
        Of the method.
    progress : callable, optional
        Called with steps done and in all.
    cancelled : callable, optional
        Asked before each step whether to stop.

    Returns
    -------
    Projected

    Raises
    ------
    VibrationError
        For too few rows and parameters that these cannot have.
    ProjectionCancelled
        Once `cancelled` says so.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(20, 4))
    >>> project(x, Method.PCA).points.shape
    (20, 2)
    """
    table = standardised(x)
    given = parameters or ProjectionParameters()
    prove_parameters(method, given, len(table.values))

    def report(done: int, total: int) -> None:
        if cancelled is not None and cancelled():
            raise ProjectionCancelled("The projection was cancelled.")
        if progress is not None:
            progress(done, total)

    start, shares = principal_points(table.values)
    if method is Method.TSNE:
        points = tsne_points(
            table.values, start, perplexity=given.perplexity, metric=given.metric, report=report
        )
    elif method is Method.UMAP_LIKE:
        points = umap_like_points(
            table.values,
            start,
            n_neighbours=given.n_neighbours,
            min_dist=given.min_dist,
            metric=given.metric,
            seed=given.seed,
            report=report,
        )
    else:
        points = start
        report(1, 1)
    return Projected(
        points=points,
        shares=shares if method is Method.PCA else (),
        n_filled=table.n_filled,
        n_rows_filled=table.n_rows_filled,
        n_idle=table.n_idle,
        trust=trustworthiness(
            table.values, points, min(N_NEIGHBOURS, (len(table.values) - 1) // 2)
        ),
    )


def prove_parameters(method: Method, parameters: ProjectionParameters, n: int) -> None:
    """Refuse, before any work, what n rows cannot be projected with.

    Parameters
    ----------
    method : Method
        PCA, t-SNE or UMAP-like.
    parameters : ProjectionParameters
        Of the method.
    n : int
        Rows.

    Raises
    ------
    VibrationError
        With one sentence: what is needed, and what was given.

    Examples
    --------
    >>> prove_parameters(Method.TSNE, ProjectionParameters(perplexity=30), 100)
    """
    if n < FEWEST_ROWS:
        raise VibrationError(
            f"A projection needs at least {FEWEST_ROWS} signals; widen the filter.", field="n"
        )
    if parameters.metric not in METRICS:
        raise VibrationError(
            f"There is no metric “{parameters.metric}”: choose {', '.join(METRICS)}.",
            field="metric",
        )
    if method is Method.TSNE:
        prove_perplexity(parameters.perplexity, n)
    elif method is Method.UMAP_LIKE:
        prove_graph(parameters.n_neighbours, parameters.min_dist, n)
