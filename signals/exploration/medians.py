"""Medians of the classes of a filter, each of a fair sample of its signals."""

from collections.abc import Iterable
from statistics import median
from typing import Final, NamedTuple

from signals.filters.sample import fair_sample
from signals.filters.scope import Scope

MOST_FOR_MEDIAN: Final = 1_000  # of each class, about: a fair sample
_MEASURED: Final = ("rms", "shape_factor", "dominant_frequency", "kurtosis")


class Medians(NamedTuple):
    """Medians of a class, and of how many signals."""

    mean_abs: float | None
    median_rms: float | None
    dominant_hz: float | None
    kurtosis: float | None
    n_sampled: int


NO_MEDIANS: Final = Medians(None, None, None, None, 0)


def medians_by_class(scope: Scope) -> dict[int | None, Medians]:
    """Return the medians of each class of the scope, by its id."""
    sample = fair_sample(scope, MOST_FOR_MEDIAN, of_each=True)
    by_class: dict[int | None, list[tuple[float | None, ...]]] = {}
    for pk, *values in sample.values_list("fault_class", *_MEASURED):
        by_class.setdefault(pk, []).append(tuple(values))
    return {pk: _middle(rows) for pk, rows in by_class.items()}


def _middle(rows: list[tuple[float | None, ...]]) -> Medians:
    rms, shape, dominant, kurtosis = zip(*rows, strict=True)
    # The shape factor is RMS over mean absolute value.
    mean_abs = [r / s if r is not None and s else None for r, s in zip(rms, shape, strict=True)]
    return Medians(
        _median(mean_abs), _median(rms), _median(dominant), _median(kurtosis), n_sampled=len(rows)
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
