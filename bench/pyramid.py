"""A record of 100 million samples: its pyramid, windows at every zoom, and its spectrum."""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.registry import Figures, benchmark
from vibration.spectra.averaging import Read, spectrum_of_blocks
from vibration.store import Pyramid, StoreReader, build_pyramid, create_store

_N_SAMPLES = 100_000_000
_FS_HZ = 20_480.0
_BUCKETS = 1500
_WINDOWS = 20
_SHORTEST = 1000


@benchmark("pyramid_100m", yardsticks={"window_ms": 20.0})
def measure_pyramid() -> Figures:
    """Return seconds to build, and the median window of the slowest zoom, in a folder of 400 MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_record(folder / "record")
        with StoreReader(folder / "record") as store:
            return _measured(store, folder / "pyramid.h5")


def _measured(store: StoreReader, path: Path) -> Figures:
    def read(first: int, last: int) -> npt.NDArray[np.float32]:
        return store.read_span(0, first, last)

    began_s = time.perf_counter()
    build_pyramid(read, _N_SAMPLES, path)
    build_s = time.perf_counter() - began_s
    spans = [_N_SAMPLES // 3**zoom for zoom in range(11)]
    with Pyramid(path) as pyramid:
        windows_ms = [_window_ms(pyramid, read, span) for span in spans if span >= _SHORTEST]
    began_s = time.perf_counter()
    spectrum_of_blocks(read, _N_SAMPLES, _FS_HZ)
    return {
        "build_s": round(build_s, 2),
        "pyramid_mb": round(path.stat().st_size / 1e6, 2),
        "window_ms": max(windows_ms),
        "spectrum_s": round(time.perf_counter() - began_s, 3),
    }


def _window_ms(pyramid: Pyramid, read: Read, span: int) -> float:
    firsts = np.random.default_rng(span).integers(0, _N_SAMPLES - span + 1, _WINDOWS).tolist()
    seconds = []
    for first in firsts:
        began_s = time.perf_counter()
        pyramid.window(read, first, first + span, _BUCKETS)
        seconds.append(time.perf_counter() - began_s)
    return round(1e3 * statistics.median(seconds), 3)


def _write_record(folder: Path) -> None:
    samples = np.random.default_rng(1).standard_normal(_N_SAMPLES, dtype=np.float32)
    shape = {"n": 1, "n_samples": _N_SAMPLES, "fs_hz": _FS_HZ, "feature_names": ("rms",)}
    with create_store(folder, kinds={}, **shape) as writer:
        writer.write(0, samples, [1.0], {})
