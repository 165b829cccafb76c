"""Ranking and correlations of a filter's features, computed once for each version of its store."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from signals.errors import told_as
from signals.feature_groups import measured_groups
from signals.feature_table import FeatureTable, feature_table
from signals.filters.scope import Scope, digest
from vibration.statistics.correlation import correlation_matrix, similarity_order
from vibration.statistics.ranking import Ranked, feature_ranking

MOST_ROWS: Final = 5_000  # of a fair sample; intervals say what it leaves open


@dataclass(frozen=True)
class Ranking:
    """Features in the order in which they tell the classes apart.

    Attributes
    ----------
    rows : list of Ranked
    names : tuple of str
        Of the features that the rows count.
    n, n_signals : int
        Signals that were used, and those they stand for.
    n_copies : int
        Copies among the filter's signals, which were left out unless they were asked for.
    """

    rows: list[Ranked]
    names: tuple[str, ...]
    n: int
    n_signals: int
    n_copies: int


@dataclass(frozen=True, eq=False)
class Correlations:
    """Correlations of the 36 features, the order in which to draw them, and of how many signals."""

    matrix: npt.NDArray[np.float64]
    order: list[int]
    n: int
    n_signals: int


def ranking_of(user: Any, scope: Scope, *, with_copies: bool = False) -> Ranking:
    """Return how well each feature tells the scope's classes apart.

    Copies that augmentation made of a record are no observations of their own: they are left out,
    or drawn with their record where they are asked for.
    """

    measured = measured_groups(user, scope.store)

    def make() -> bytes:
        whole = feature_table(user, scope, features=measured.names)
        table = (whole if with_copies else whole.originals()).at_most(MOST_ROWS)
        labelled = table.classes > 0
        with told_as():
            rows = feature_ranking(
                table.values[labelled], table.classes[labelled], groups=table.records[labelled]
            )
        sizes = [*_sizes(table), whole.n_signals - whole.n_originals]
        return json.dumps([sizes, [asdict(row) for row in rows]]).encode()

    inputs = digest("copies" if with_copies else "", measured.stamp)
    sizes, rows = json.loads(scope.cached("ranking", make, inputs))
    return Ranking([Ranked(**row) for row in rows], measured.names, *sizes)


def correlations_of(user: Any, scope: Scope, kind: str = "spearman") -> Correlations:
    """Return how the scope's features go together, by ranks or by values."""

    def make() -> bytes:
        table = feature_table(user, scope).at_most(MOST_ROWS)
        with told_as():
            matrix = correlation_matrix(table.values, kind)
        parts = [_sizes(table), matrix.tolist(), similarity_order(matrix)]
        return json.dumps(parts).encode()

    (n, n_signals), matrix, order = json.loads(scope.cached("correlation", make, kind))
    return Correlations(np.array(matrix, dtype=float), order, n, n_signals)


def _sizes(table: FeatureTable) -> list[int]:
    return [len(table.pks), table.n_signals]
