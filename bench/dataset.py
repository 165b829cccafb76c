"""The default dataset of 1 430 records, end to end, with all cores."""

import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import psutil

from bench.registry import Figures, benchmark
from vibration.generation import generate
from vibration.simulation import Recipe

_SAMPLE_EVERY_S = 0.1


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
