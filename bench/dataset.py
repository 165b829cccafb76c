"""The default dataset of 1 430 records, end to end, with all cores; what a second worker gives."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

from bench.registry import Figures, benchmark
from vibration.generation import generate
from vibration.generation.verification import verify_records
from vibration.simulation import Recipe

_SAMPLE_EVERY_S = 0.1
_ROUNDS = 5
_SOME = Recipe(per_class=20)  # 286 records
_N_TRANSFORMS = 4_000
_TRANSFORMS = """
import sys
import numpy as np, scipy.fft
x = np.random.default_rng(0).standard_normal(102_400)
for _ in range(int(sys.argv[1])):
    scipy.fft.rfft(x)
"""


@benchmark("dataset_1430", yardsticks={"seconds": 15.0, "peak_rss_mb": 1500.0})
def measure_dataset() -> Figures:
    """Return seconds and the peak of memory over this process and its workers together."""
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder, MemoryWatch() as watch:
        result = generate(Recipe(), Path(folder) / "dataset", workers=workers)
    return {
        "seconds": round(result.duration_s, 2),
        "peak_rss_mb": round(watch.peak_rss / 2**20),
        "peak_pss_mb": round(watch.peak_pss / 2**20),
        "workers": workers,
    }


@benchmark("verify_1430", yardsticks={"seconds": 15.0})
def measure_verification() -> Figures:
    """Return seconds to make all records again and compare them; beside what making them took."""
    workers, recipe = os.cpu_count() or 1, Recipe()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dataset"
        made = generate(recipe, path, workers=workers)
        rows, found = range(recipe.n_records), []
        seconds = _seconds(lambda: found.extend(verify_records(path, rows, workers=workers)))
    if found:
        raise RuntimeError(f"{len(found)} records differ, such as: {found[0]}")
    return {"seconds": round(seconds, 2), "made_s": round(made.duration_s, 2), "workers": workers}


@benchmark("second_worker", yardsticks={"share": 0.56, "parallel_share": 0.5})
def measure_workers() -> Figures:
    """Return the time of two workers as a share of one's: 0.56 is 1.8 times as fast.

    The same of a loop of Fourier transforms in one plain process and in two, in turn with it: what
    the machine gave to a second process just then. `spread` is how far apart the rounds were.
    """
    made, plain = [], []
    for _ in range(_ROUNDS):
        made.append(_made_s(2) / _made_s(1))
        plain.append(_plain_s(2) / _plain_s(1))
    return {
        "share": round(float(np.median(made)), 3),
        "parallel_share": round(float(np.median(plain)), 3),
        "spread": round(max(made) - min(made), 3),
        "parallel_spread": round(max(plain) - min(plain), 3),
    }


def _made_s(workers: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _seconds(lambda: generate(_SOME, Path(folder) / "dataset", workers=workers))


def _plain_s(count: int) -> float:
    command = [sys.executable, "-c", _TRANSFORMS, str(_N_TRANSFORMS // count)]

    def work() -> None:
        started = [subprocess.Popen(command) for _ in range(count)]  # noqa: S603 - our own loop
        for process in started:
            process.wait()

    return _seconds(work)


def _seconds(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


class MemoryWatch:
    """Follows the memory of this process and all its children.

    RSS counts a shared page once in every process; PSS shares it out, and their sum is what the
    machine really gave.
    """

    def __init__(self) -> None:
        self.peak_rss = self.peak_pss = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._ended.wait(_SAMPLE_EVERY_S):
            rss = pss = 0
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    memory = process.memory_full_info()
                    rss, pss = rss + memory.rss, pss + getattr(memory, "pss", memory.rss)
            self.peak_rss, self.peak_pss = max(self.peak_rss, rss), max(self.peak_pss, pss)
