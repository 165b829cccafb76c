"""What is measured, and the figure each measurement should reach."""

from collections.abc import Callable
from dataclasses import dataclass, field

Figures = dict[str, float]


@dataclass(frozen=True)
class Benchmark:
    """One benchmark: its key in ``bench.json``, what it measures, and the figures to reach."""

    key: str
    measure: Callable[[], Figures]
    quick: bool
    yardsticks: Figures = field(default_factory=dict)


BENCHMARKS: list[Benchmark] = []


def benchmark(
    key: str, *, quick: bool = False, yardsticks: Figures | None = None
) -> Callable[[Callable[[], Figures]], Callable[[], Figures]]:
    """Register a function that returns figures by name, each better when smaller.

    Parameters
    ----------
    key : str
        Its place in ``bench.json``.
    quick : bool
        Run it with ``--quick`` too.
    yardsticks : dict, optional
        The figure to reach, for some or all of the names.
    """

    def register(measure: Callable[[], Figures]) -> Callable[[], Figures]:
        BENCHMARKS.append(Benchmark(key, measure, quick, yardsticks or {}))
        return measure

    return register
