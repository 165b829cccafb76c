"""Prove a generated dataset: make its records again and compare them.

Samples are compared bit by bit. Features are sums whose last digits depend on the processor's own
order of adding: they are compared to a part in 10 000.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from vibration.errors import Cancelled, VibrationError
from vibration.generation.pool import answers
from vibration.generation.produce import produce
from vibration.simulation import Recipe
from vibration.store import StoreReader
from vibration.store.elsewhere import StoredFile

Values = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

VERIFYING = "vibration.generation.verifier"
_RECORDS_WORTH_A_PROCESS = 64
_READ_AHEAD = 8
_ROWS_AT_ONCE = 4096  # whose features and index are read together
_FEATURE_RTOL, _FEATURE_ATOL = 1e-4, 1e-6


class VerificationCancelled(Cancelled):
    """The person asked to stop before all records were compared."""


@dataclass(frozen=True)
class Difference:
    """Where a stored record is not what its recipe makes.

    Attributes
    ----------
    row : int
        Number of the record, from 0.
    part : str
        ``samples``, ``features`` or the name of an index column.
    position : int
        The first sample or feature that differs, from 0; 0 of a column.
    n_different : int
        How many of them differ.
    stored, made : str
        What is in the file there, and what the recipe makes.
    """

    row: int
    part: str
    position: int
    n_different: int
    stored: str
    made: str

    def __str__(self) -> str:
        if self.part in ("samples", "features"):
            where = f"{self.n_different} {self.part} differ, the first is number {self.position}"
        else:
            where = f"{self.part} differs"
        return f"Record {self.row}: {where}: stored {self.stored}, made {self.made}."


class StoredRecord(NamedTuple):
    """A record as it is kept: samples (N,), features (k,) and the values of its index by name."""

    row: int
    samples: Values
    features: Values
    columns: dict[str, Any]


def verify_records(
    folder: Path | StoredFile,
    rows: Iterable[int],
    *,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Difference]:
    """Make records of a generated dataset again and compare samples, features and index.

    Samples are the same where their bits are, features where |a − b| ≤ 1e-6 + 1e-4·|b|, columns
    of the index where they are equal; NaN equals NaN. Of a file that lies elsewhere only these
    records are fetched.

    Parameters
    ----------
    folder : Path or StoredFile
        The dataset's folder, or its file.
    rows : iterable of int
        Numbers of the records, from 0.
    workers : int
        Processes to use at most; a few records are compared in this one.
    progress : callable, optional
        Called with the number of records that are done.
    cancelled : callable, optional
        Asked after each record; True stops the work.

    Returns
    -------
    list of Difference
        In the order of rows; empty where all is as it was made.

    Raises
    ------
    DamagedStoreError
        Where the file cannot be read.
    VerificationCancelled
        When `cancelled` said so.
    VibrationError
        For a file that no recipe made, and for a row that it does not have.

    Examples
    --------
    >>> verify_records(Path("tests/fixtures/dataset"), [0])
    []
    """
    wanted = sorted(set(rows))
    found: list[Difference] = []
    done = 0
    with StoreReader(folder) as reader:
        if not reader.recipe:
            raise VibrationError("These records were recorded; no recipe makes them again.")
        outside = [row for row in wanted if not 0 <= row < reader.n]
        if outside:
            raise VibrationError(
                f"There is no record {outside[0]}; this dataset has 0 to {reader.n - 1}.",
                field="row",
            )
        with closing(_compared(reader, wanted, workers)) as answered:
            for answer in answered:
                if answer is not None:
                    done += 1
                    found += answer
                if cancelled():
                    raise VerificationCancelled("The verification was cancelled.")
                progress(done)
    return sorted(found, key=lambda each: each.row)


def _compared(
    reader: StoreReader, rows: list[int], workers: int
) -> Generator[list[Difference] | None]:
    worth = -(-len(rows) // _RECORDS_WORTH_A_PROCESS)
    with closing(stored_records(reader, rows)) as records:
        if worth > 1 and workers > 1:
            count = min(workers, worth)
            yield from answers(records, count, module=VERIFYING, first=reader.recipe)
            return
        recipe = Recipe.from_dict(reader.recipe)
        with threadpool_limits(1):
            for record in records:
                yield differences_of(recipe, record)


def stored_records(reader: StoreReader, rows: Iterable[int]) -> Generator[StoredRecord]:
    """Yield records in the order of their rows, a few being read ahead: a bucket answers slowly.

    Parameters
    ----------
    reader : StoreReader
        The open dataset.
    rows : iterable of int
        Numbers of the records, rising.

    Yields
    ------
    StoredRecord

    Raises
    ------
    DamagedStoreError
        Where a record cannot be read.

    Examples
    --------
    >>> with StoreReader("tests/fixtures/dataset") as reader:
    ...     [record.row for record in stored_records(reader, [1, 3])]
    [1, 3]
    """
    for _, block in groupby(rows, key=lambda row: row // _ROWS_AT_ONCE):
        some = list(block)
        first, last = some[0], some[-1] + 1
        features, index = reader.features(first, last), reader.index(first, last)
        with closing(_read_ahead(reader, some)) as read:
            for row, samples in zip(some, read, strict=True):
                columns = {name: column[row - first] for name, column in index.items()}
                yield StoredRecord(row, samples, features[row - first], columns)


def _read_ahead(reader: StoreReader, rows: list[int]) -> Generator[Values]:
    with ThreadPoolExecutor(_READ_AHEAD) as pool:
        ahead: deque[Future[Values]] = deque()
        try:
            for row in rows:
                ahead.append(pool.submit(reader.read, row))
                if len(ahead) == _READ_AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def differences_of(recipe: Recipe, record: StoredRecord) -> list[Difference]:
    """Compare one stored record with what a recipe makes.

    Parameters
    ----------
    recipe : Recipe
        What made it.
    record : StoredRecord
        As it was read.

    Returns
    -------
    list of Difference
        At most one of the samples, one of the features and one of each index column.

    Examples
    --------
    >>> with StoreReader("tests/fixtures/dataset") as reader:
    ...     (record,) = stored_records(reader, [1])
    ...     differences_of(Recipe.from_dict(reader.recipe), record)
    []
    """
    row = record.row
    samples, produced = produce(recipe, row)
    found = [
        _first_difference(row, "samples", record.samples, samples, _bits_differ),
        _first_difference(row, "features", record.features, produced.features, _values_differ),
    ]
    for name, made in produced.columns.items():
        kept = record.columns.get(name)
        if name in record.columns and not _is_same(kept, made):
            found.append(Difference(row, name, 0, 1, str(kept), str(made)))
    return [each for each in found if each is not None]


def _first_difference(
    row: int, part: str, stored: Values, made: Values, differ: Callable[[Values, Values], Flags]
) -> Difference | None:
    if stored.shape != made.shape:
        sizes = f"{stored.size} values", f"{made.size} values"
        return Difference(row, part, 0, max(stored.size, made.size), *sizes)
    where = np.flatnonzero(differ(stored, made))
    if not where.size:
        return None
    first = int(where[0])
    values = f"{stored[first]:.9g}", f"{made[first]:.9g}"
    return Difference(row, part, first, int(where.size), *values)


def _bits_differ(stored: Values, made: Values) -> Flags:
    differ: Flags = stored.astype("<f4").view("<u4") != made.astype("<f4").view("<u4")
    return differ


def _values_differ(stored: Values, made: Values) -> Flags:
    return ~np.isclose(stored, made, rtol=_FEATURE_RTOL, atol=_FEATURE_ATOL, equal_nan=True)


def _is_same(stored: object, made: object) -> bool:
    if made is None:
        return stored == "" or stored != stored  # noqa: PLR0124 (NaN stands for none)
    if isinstance(made, float):
        return bool(np.asarray(made).astype(np.asarray(stored).dtype) == stored)
    return bool(stored == made)
