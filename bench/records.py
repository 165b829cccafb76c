"""One record of 102 400 samples on one core: simulate it, measure it, store it."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench.registry import Figures, benchmark
from vibration.features import FEATURE_NAMES, extract
from vibration.generation.worker import keep_freed_memory
from vibration.simulation import Recipe, Record, simulate
from vibration.store import StoreReader, create_store

_RECIPE = Recipe(per_class=3)  # 4 records of each class, copies included
_ROUNDS = 4


@benchmark(
    "ms_per_record", quick=True, yardsticks={"simulate": 7.0, "features": 10.0, "store": 4.0}
)
def measure_records() -> Figures:
    """Return milliseconds per record, as a generating process works: the best of four rounds."""
    keep_freed_memory()
    rows = range(_RECIPE.n_records)
    records: list[Record] = []
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        simulate_ms = _best_ms(lambda: records.__setitem__(slice(None), map(_simulated, rows)))
        features_ms = _best_ms(lambda: [_measured(record) for record in records])
        stores = iter(range(_ROUNDS + 1))
        store_ms = _best_ms(lambda: _store(Path(folder) / f"store{next(stores)}", records))
        with StoreReader(Path(folder) / "store0") as store:
            read_ms = _best_ms(lambda: [store.read(row) for row in rows])
    return {"simulate": simulate_ms, "features": features_ms, "store": store_ms, "read": read_ms}


def _best_ms(work: Callable[[], object]) -> float:
    work()  # windows, plans and memory are made once in a process's life
    seconds = []
    for _ in range(_ROUNDS):
        began_s = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began_s)
    return round(1e3 * min(seconds) / _RECIPE.n_records, 3)


def _simulated(row: int) -> Record:
    return simulate(_RECIPE, row)


def _measured(record: Record) -> object:
    return extract(record.samples, record.fs_hz, float(str(record.columns["rpm"])) / 60.0)


def _store(folder: Path, records: list[Record]) -> None:
    """Write, flush to the disk and checksum, as a generation does."""
    with create_store(
        folder,
        n=len(records),
        n_samples=_RECIPE.n_samples,
        fs_hz=_RECIPE.fs_hz,
        feature_names=FEATURE_NAMES,
    ) as writer:
        for row, record in enumerate(records):
            writer.write(row, record.samples, range(len(FEATURE_NAMES)), record.columns)
