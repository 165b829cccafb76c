"""Generate a dataset: simulate, measure and store record by record, never holding the dataset."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from vibration.errors import Cancelled, VibrationError
from vibration.features import FEATURE_NAMES
from vibration.generation.pool import produce_in_processes
from vibration.generation.produce import Produced, produce
from vibration.simulation import Recipe
from vibration.store import (
    SIGNALS_FILE,
    DamagedStoreError,
    StoreReader,
    StoreWriter,
    create_store,
    read_metadata,
    verify,
)

_REPORT_EVERY_S = 0.2
_SAMPLES_WORTH_A_PROCESS = 32 * 102_400


class GenerationCancelled(Cancelled):
    """The person asked to stop; nothing was kept."""


@dataclass(frozen=True)
class GenerationResult:
    """What was made.

    Attributes
    ----------
    folder : Path
        Where ``signals.h5`` and ``metadata.json`` are.
    n_records, n_samples : int
        Number of records and samples of each.
    size_bytes : int
        Size of ``signals.h5``.
    sha256 : str
        Its checksum.
    duration_s : float
        How long it took.
    """

    folder: Path
    n_records: int
    n_samples: int
    size_bytes: int
    sha256: str
    duration_s: float


def generate(
    recipe: Recipe,
    folder: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> GenerationResult:
    """Generate the dataset of a recipe; its files appear whole or not at all.

    The same recipe gives the same bytes of ``signals.h5`` with any number of workers.

    Parameters
    ----------
    recipe : Recipe
        What to make.
    folder : Path
        Where to make it: a name that does not exist yet, or an empty folder. Where this very
        dataset already is, whole, nothing is done, so that a job may be run again.
    workers : int
        Processes to use at most, each on one core; a dataset too small to repay the start of a
        process is made in this one.
    progress : callable, optional
        Called with (done, total) about every 0.2 s and at the end.
    cancelled : callable, optional
        Asked about every 0.2 s; True stops the work.

    Returns
    -------
    GenerationResult
        What was made, or was there already.

    Raises
    ------
    GenerationCancelled
        When `cancelled` said so.
    StorageFullError
        When the disk has no room, mostly before any work is done.
    WorkerLostError
        When a process was killed.
    VibrationError
        When `folder` holds anything else.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     generate(recipe, Path(parent) / "one").n_records
    1
    """
    if workers < 1:
        raise VibrationError(f"At least one worker is needed, not {workers}.", field="workers")
    began_s = time.monotonic()
    if _is_made(recipe, folder):
        return _result(recipe, folder, began_s)
    rows = range(recipe.n_records)
    with store_of(recipe, folder) as writer:
        produce_rows(recipe, writer, rows, workers=workers, progress=progress, cancelled=cancelled)
    return _result(recipe, folder, began_s)


@contextmanager
def store_of(recipe: Recipe, folder: Path, n: int | None = None) -> Iterator[StoreWriter]:
    """Yield what `generate` writes into: `folder` appears when the block ends with all rows there.

    Parameters
    ----------
    recipe : Recipe
        What is made.
    folder : Path
        Final name.
    n : int, optional
        Records, where they are not all.

    Yields
    ------
    StoreWriter

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with store_of(recipe, Path(parent) / "one") as writer:
    ...         produce_rows(recipe, writer, range(1))
    """
    with create_store(
        folder,
        n=recipe.n_records if n is None else n,
        n_samples=recipe.n_samples,
        fs_hz=recipe.fs_hz,
        feature_names=FEATURE_NAMES,
        recipe=recipe.to_dict(),
        fingerprint=recipe.fingerprint(),
    ) as writer:
        yield writer


def produce_rows(
    recipe: Recipe,
    writer: StoreWriter,
    rows: range,
    *,
    first: int = 0,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Simulate and measure some records of a recipe, and write them.

    Parameters
    ----------
    recipe : Recipe
        What is made.
    writer : StoreWriter
        That receives them.
    rows : range
        Numbers of the records in the recipe.
    first : int
        Which of these is row 0 of the writer.
    workers, progress, cancelled
        As of `generate`.

    Raises
    ------
    GenerationCancelled
        When `cancelled` said so.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=2, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with store_of(recipe, Path(parent) / "second", n=1) as writer:
    ...         produce_rows(recipe, writer, range(1, 2), first=1)
    """
    report = _Reporter(len(rows), progress, cancelled)
    for produced in _rows(recipe, writer, rows, first, workers):
        if produced is not None:
            writer.write_row(produced.row - first, produced.features, produced.columns)
            report.done += 1
        report.now_and_then()
    report.last()


def copy_rows(reader: StoreReader, writer: StoreWriter, first: int) -> None:
    """Write all records of a part where they belong; the bytes are those that were made.

    Parameters
    ----------
    reader : StoreReader
        The part.
    writer : StoreWriter
        That receives them.
    first : int
        Row of the writer at which the part begins.

    Raises
    ------
    VibrationError
        Where the part is of another recipe.

    Examples
    --------
    >>> import tempfile
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     part, whole = Path(parent) / "part", Path(parent) / "whole"
    ...     _ = generate(recipe, part)
    ...     with store_of(recipe, whole) as writer, StoreReader(part) as reader:
    ...         copy_rows(reader, writer, 0)
    ...     read_metadata(whole) == read_metadata(part)
    True
    """
    if reader.fingerprint != writer.fingerprint:
        raise VibrationError("This part was made from another recipe.")
    features, columns = reader.features(), reader.index()
    for row in range(reader.n):
        values = {name: column[row] for name, column in columns.items()}
        writer.write(first + row, reader.read(row), features[row], values)


def _is_made(recipe: Recipe, folder: Path) -> bool:
    try:
        return folder.is_dir() and verify(folder)["recipe_fingerprint"] == recipe.fingerprint()
    except DamagedStoreError:
        return False


def _result(recipe: Recipe, folder: Path, began_s: float) -> GenerationResult:
    facts = read_metadata(folder)["files"][SIGNALS_FILE]
    return GenerationResult(
        folder=folder,
        n_records=recipe.n_records,
        n_samples=recipe.n_samples,
        size_bytes=facts["bytes"],
        sha256=facts["sha256"],
        duration_s=time.monotonic() - began_s,
    )


def _rows(
    recipe: Recipe, writer: StoreWriter, rows: range, first: int, workers: int
) -> Iterator[Produced | None]:
    worth = math.ceil(len(rows) * recipe.n_samples / _SAMPLES_WORTH_A_PROCESS)
    if worth == 1:
        return _rows_here(recipe, writer, rows, first)
    tasks = ((row, writer.offset(row - first)) for row in rows)
    return produce_in_processes(recipe, writer.path, tasks, min(workers, worth))


def _rows_here(recipe: Recipe, writer: StoreWriter, rows: range, first: int) -> Iterator[Produced]:
    with threadpool_limits(1):
        for row in rows:
            samples, produced = produce(recipe, row)
            writer.write_samples(row - first, samples)
            yield produced


class _Reporter:
    """Tells the progress and asks for the wish to stop, neither too often."""

    def __init__(
        self,
        total: int,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.done = 0
        self._total, self._progress, self._cancelled = total, progress, cancelled
        self._next_s = 0.0

    def now_and_then(self) -> None:
        if time.monotonic() >= self._next_s:
            self.last()
            self._next_s = time.monotonic() + _REPORT_EVERY_S

    def last(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise GenerationCancelled("The generation was cancelled; nothing was kept.")
        if self._progress is not None:
            self._progress(self.done, self._total)
