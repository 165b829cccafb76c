"""Prove a generated dataset: make its records again and compare them.

Samples are compared bit by bit. Features are sums whose last digits depend on the processor's own
order of adding: they are compared to a part in 10 000.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from vibration.errors import Cancelled, VibrationError
from vibration.generation.pool import answers
from vibration.generation.produce import produce
from vibration.simulation import Recipe
from vibration.store import StoreReader

Values = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

VERIFYING = "vibration.generation.verifier"
_RECORDS_WORTH_A_PROCESS = 64
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


def verify_records(
    folder: Path,
    rows: Iterable[int],
    *,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Difference]:
    """Make records of a generated dataset again and compare samples, features and index.

    Samples are the same where their bits are, features where |a − b| ≤ 1e-6 + 1e-4·|b|, columns
    of the index where they are equal; NaN equals NaN.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
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
    with StoreReader(folder) as reader:
        if not reader.recipe:
            raise VibrationError("These records were recorded; no recipe makes them again.")
        outside = [row for row in wanted if not 0 <= row < reader.n]
    if outside:
        raise VibrationError(
            f"There is no record {outside[0]}; this dataset has 0 to {reader.n - 1}.", field="row"
        )
    found: list[Difference] = []
    done = 0
    for answer in _compared(folder, wanted, workers):
        if answer is not None:
            done += 1
            found += answer
        if cancelled():
            raise VerificationCancelled("The verification was cancelled.")
        progress(done)
    return sorted(found, key=lambda each: each.row)


def _compared(folder: Path, rows: list[int], workers: int) -> Iterator[list[Difference] | None]:
    worth = -(-len(rows) // _RECORDS_WORTH_A_PROCESS)
    if worth > 1 and workers > 1:
        yield from answers(rows, min(workers, worth), module=VERIFYING, first=folder)
        return
    with StoreReader(folder) as reader, threadpool_limits(1):
        recipe = Recipe.from_dict(reader.recipe)
        for row in rows:
            yield differences_of(reader, recipe, row)


def differences_of(reader: StoreReader, recipe: Recipe, row: int) -> list[Difference]:
    """Compare one stored record with what a recipe makes.

    Parameters
    ----------
    reader : StoreReader
        The open dataset.
    recipe : Recipe
        What made it.
    row : int
        Number of the record, from 0.

    Returns
    -------
    list of Difference
        At most one of the samples, one of the features and one of each index column.

    Raises
    ------
    DamagedStoreError
        Where the record cannot be read.

    Examples
    --------
    >>> with StoreReader("tests/fixtures/dataset") as reader:
    ...     differences_of(reader, Recipe.from_dict(reader.recipe), 1)
    []
    """
    samples, produced = produce(recipe, row)
    stored = reader.index(row, row + 1)
    kept, features = reader.features(row, row + 1)[0], produced.features
    found = [
        _first_difference(row, "samples", reader.read(row), samples, _bits_differ),
        _first_difference(row, "features", kept, features, _values_differ),
    ]
    for name, made in produced.columns.items():
        if name in stored and not _is_same(stored[name][0], made):
            found.append(Difference(row, name, 0, 1, str(stored[name][0]), str(made)))
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
