"""The three time–frequency maps of one record of 102 400 samples, on one core."""

import statistics
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from bench.registry import Figures, benchmark
from vibration.timefrequency import TimeFrequencyMap, cwt_map, stft_map, wigner_ville_map

_N_SAMPLES, _FS_HZ = 102_400, 20_480.0
_ROUNDS = 9


@benchmark(
    "timefrequency_ms",
    quick=True,
    yardsticks={"stft": 60.0, "stft_8192": 60.0, "cwt": 400.0, "wigner_ville": 600.0},
)
def measure_maps() -> Figures:
    """Return milliseconds per map, the best of nine rounds and, as ``_median``, their median."""
    x = np.random.default_rng(1).standard_normal(_N_SAMPLES, np.float32)
    maps: dict[str, Callable[[], TimeFrequencyMap]] = {
        "stft": lambda: stft_map(x, _FS_HZ),
        "stft_8192": lambda: stft_map(x, _FS_HZ, window=8192, overlap=0.96),
        "cwt": lambda: cwt_map(x, _FS_HZ),
        "wigner_ville": lambda: wigner_ville_map(x, _FS_HZ),
    }
    figures: Figures = {}
    with threadpool_limits(1):
        for name, work in maps.items():
            spent_ms = _spent_ms(work)
            figures[name] = round(min(spent_ms), 1)
            figures[f"{name}_median"] = round(statistics.median(spent_ms), 1)
    return figures


def _spent_ms(work: Callable[[], TimeFrequencyMap]) -> list[float]:
    work()  # plans and windows are made once in a process's life
    spent_ms = []
    for _ in range(_ROUNDS):
        began_s = time.perf_counter()
        work()
        spent_ms.append(1e3 * (time.perf_counter() - began_s))
    return spent_ms
