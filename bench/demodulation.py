"""One record of 102 400 samples on one core: its band's envelope, kurtogram, cepstrum, orders."""

import time
from collections.abc import Callable

from threadpoolctl import threadpool_limits

from bench.registry import Figures, benchmark
from vibration.simulation import Recipe, record_turns, simulate
from vibration.spectra.cepstrum import real_cepstrum
from vibration.spectra.envelope import band_envelope_spectrum
from vibration.spectra.kurtogram import fast_kurtogram
from vibration.spectra.orders import order_spectrum

_RECIPE = Recipe(per_class=1, classes=("misalignment",))
_BAND_HZ = (2000.0, 4000.0)
_ROUNDS = 5


@benchmark(
    "demodulation_ms",
    quick=True,
    yardsticks={
        "band_envelope_spectrum": 60.0,
        "kurtogram": 300.0,
        "cepstrum": 60.0,
        "order_spectrum": 150.0,
    },
)
def measure_demodulation() -> Figures:
    """Return milliseconds for one record, as the viewer asks for them: the best of five rounds."""
    record, turns = simulate(_RECIPE, 0), record_turns(_RECIPE, 0)
    x, fs_hz = record.samples, record.fs_hz
    with threadpool_limits(1):
        return {
            "band_envelope_spectrum": _best_ms(lambda: band_envelope_spectrum(x, fs_hz, _BAND_HZ)),
            "kurtogram": _best_ms(lambda: fast_kurtogram(x, fs_hz)),
            "cepstrum": _best_ms(lambda: real_cepstrum(x, fs_hz)),
            "order_spectrum": _best_ms(lambda: order_spectrum(x, turns)),
        }


def _best_ms(work: Callable[[], object]) -> float:
    work()  # imports, windows and plans are made once in a process's life
    seconds = []
    for _ in range(_ROUNDS):
        began_s = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began_s)
    return round(1e3 * min(seconds), 3)
