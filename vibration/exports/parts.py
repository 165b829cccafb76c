"""Some records of a dataset: what an export reads of them, and a folder of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.store import Kind, StoreReader, create_store
from vibration.store.layout import TEXT_BYTES

_BLOCK_BYTES: Final = 16 << 20

Step = Callable[[int], None]


def no_step(n_done: int) -> None:
    """Tell nobody how many records are done.

    Parameters
    ----------
    n_done : int
        How many.

    Examples
    --------
    >>> no_step(3)
    """
    del n_done


@dataclass(frozen=True, eq=False)
class Part:
    """Some records of a file, and what is known of them beside, or instead of, its index.

    Attributes
    ----------
    rows : int array (n,)
        Numbers of the records in the file, each once, ascending.
    columns : mapping of str to array (n,)
        Index columns: one that the file has is replaced, one that it lacks is added.
    whence : mapping
        What the part was taken from and how; kept where a whole file keeps its recipe.
    """

    rows: npt.NDArray[np.int64]
    columns: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    whence: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no part."""
        if self.rows.ndim != 1 or not self.rows.size or (np.diff(self.rows) <= 0).any():
            raise VibrationError(
                "A part names at least one record, each once and in order.", field="rows"
            )
        if any(len(values) != len(self.rows) for values in self.columns.values()):
            raise VibrationError("Each column of a part has a value a record.", field="columns")


def write_part(folder: Path, target: Path, part: Part, *, step: Step = no_step) -> None:
    """Write some records of a dataset's folder as a folder of their own, whole or not at all.

    A text column whose values are longer than the layout's 64 bytes is left out.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    target : Path
        The folder to write; it must not exist.
    part : Part
        Which records, and what their index says.
    step : callable, optional
        Called after each record with how many are written; what it raises ends the work.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=3, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     made = generate(recipe, Path(parent) / "all")
    ...     write_part(Path(parent) / "all", Path(parent) / "two", Part(np.array([0, 2])))
    ...     with StoreReader(Path(parent) / "two") as store:
    ...         store.n
    2
    """
    with StoreReader(folder) as store:
        columns = {
            name: values
            for name, values in Chosen(store, part).index.items()
            if values.dtype.kind != "U" or _longest_bytes(values) <= TEXT_BYTES
        }
        with create_store(
            target,
            n=len(part.rows),
            n_samples=store.n_samples,
            fs_hz=store.fs_hz,
            feature_names=store.feature_names,
            kinds={name: _kind(values) for name, values in columns.items()},
            unit=store.unit,
            recipe={"part_of": dict(part.whence)},
        ) as writer:
            features = store.features()[part.rows]
            for number, row in enumerate(part.rows.tolist()):
                cells = {name: values[number] for name, values in columns.items()}
                writer.write(number, store.read(row), features[number], cells)
                step(number + 1)


@dataclass(frozen=True, eq=False)
class Chosen:
    """The records of an open file that are exported: those of a part, all where there is none."""

    store: StoreReader
    part: Part | None

    @property
    def n(self) -> int:
        """Number of records."""
        return self.store.n if self.part is None else len(self.part.rows)

    @property
    def features(self) -> npt.NDArray[np.float32]:
        """Features (n, k)."""
        values = self.store.features()
        return values if self.part is None else values[self.part.rows]

    @property
    def index(self) -> dict[str, npt.NDArray[Any]]:
        """Index columns (n,) by name, a part's own before the file's."""
        kept = self.store.index()
        if self.part is None:
            return kept
        taken = {name: values[self.part.rows] for name, values in kept.items()}
        return taken | dict(self.part.columns)

    @property
    def small_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All but the waveforms, by the name of its variable."""
        return {
            "features": self.features,
            "feature_names": np.array(self.store.feature_names),
            "fs": np.array(self.store.fs_hz),
            **self.index,
        }

    def stream(self, file: IO[bytes], step: Step) -> None:
        """Write the waveforms, record after record, a few MiB at a time."""
        if self.part is not None:
            for number, row in enumerate(self.part.rows.tolist(), start=1):
                file.write(self.store.read(row).data)
                step(number)
            return
        rows = max(1, _BLOCK_BYTES // (4 * self.store.n_samples))
        for start in range(0, self.n, rows):
            stop = min(start + rows, self.n)
            file.write(self.store.read_rows(start, stop).data)
            step(stop)


def _kind(values: npt.NDArray[Any]) -> Kind:
    if values.dtype.kind == "U":
        return "text"
    return "flag" if values.dtype.kind == "b" else "number"


def _longest_bytes(values: npt.NDArray[Any]) -> int:
    return max((len(text.encode()) for text in values.tolist()), default=0)
