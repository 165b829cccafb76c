"""Spectra and integration of one record of 102 400 samples, as the viewer asks for them."""

import time
from collections.abc import Callable

import numpy as np

from bench.registry import Figures, benchmark
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.integration import to_displacement, to_velocity, velocity_rms
from vibration.statistics.moments import span_statistics

_FS_HZ = 20_480.0
_N_SAMPLES = 102_400
_ROUNDS = 15


@benchmark(
    "spectra_ms",
    quick=True,
    yardsticks={"welch": 12.0, "amplitude": 8.0, "velocity": 15.0, "displacement": 15.0},
)
def measure_spectra() -> Figures:
    """Return milliseconds of each operation, the best of fifteen rounds."""
    x_g = np.random.default_rng(1).standard_normal(_N_SAMPLES).astype(np.float32)
    return {
        "welch": _best_ms(lambda: averaged_spectrum(x_g, _FS_HZ)),
        "peak_hold": _best_ms(
            lambda: averaged_spectrum(
                x_g, _FS_HZ, window="flattop", overlap=0.75, averaging="peak_hold"
            )
        ),
        "amplitude": _best_ms(
            lambda: averaged_spectrum(x_g, _FS_HZ, quantity="amplitude", segment=_N_SAMPLES)
        ),
        "velocity": _best_ms(lambda: to_velocity(x_g, _FS_HZ)),
        "displacement": _best_ms(lambda: to_displacement(x_g, _FS_HZ)),
        "severity": _best_ms(lambda: velocity_rms(x_g, _FS_HZ)),
        "statistics": _best_ms(lambda: span_statistics(x_g)),
    }


def _best_ms(work: Callable[[], object]) -> float:
    work()  # windows and plans are made once in a process's life
    seconds = []
    for _ in range(_ROUNDS):
        began_s = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began_s)
    return round(1e3 * min(seconds), 3)
