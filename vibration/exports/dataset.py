"""A dataset, or a part of it, for other programs: streamed, and written whole or not at all."""

import os
import shutil
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import savemat

from vibration.errors import VibrationError
from vibration.store import (
    FORMAT,
    SIGNALS_FILE,
    Kind,
    StoreReader,
    create_store,
    whole_file,
)
from vibration.store.layout import TEXT_BYTES

_BLOCK_BYTES: Final = 16 << 20
_MAT_MAX_BYTES: Final = 2**31 - 1
_MI_INT8, _MI_INT32, _MI_UINT32, _MI_SINGLE, _MI_MATRIX = 1, 5, 6, 7, 14
_MX_SINGLE_CLASS = 7

Step = Callable[[int], None]


def _no_step(n_done: int) -> None:
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


def export_hdf5(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = _no_step
) -> None:
    """Copy a dataset's ``signals.h5``, which holds everything, recipe included.

    Of a part a file of the same layout is written; a text column whose values are longer than the
    layout's 64 bytes is left out of it.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.
    part : Part, optional
        Which records; all where not given.
    step : callable, optional
        Called now and then with the number of records that are written; what it raises ends the
        work, and nothing is left of it.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder, out = Path(parent) / "dataset", Path(parent) / "signals.h5"
    ...     made = generate(recipe, folder)
    ...     export_hdf5(folder, out)
    ...     out.stat().st_size > 4 * recipe.n_samples
    True
    """
    if part is None:
        with StoreReader(folder) as store:
            with whole_file(out_path) as partial:
                shutil.copyfile(store.path, partial)
            step(store.n)
        return
    with TemporaryDirectory(dir=out_path.parent, prefix=".export-") as parent:
        whole = Path(parent) / "part"
        write_part(folder, whole, part, step=step)
        os.replace(whole / SIGNALS_FILE, out_path)


def write_part(folder: Path, target: Path, part: Part, *, step: Step = _no_step) -> None:
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
            for name, values in _index(store, part).items()
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


def export_npz(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = _no_step
) -> None:
    """Write a NumPy archive: ``signals``, ``features``, ``feature_names``, ``fs``, index columns.

    Uncompressed, as waveforms hardly compress. Load it with ``numpy.load(path)``; no pickle.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.
    part, step
        As in `export_hdf5`.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder, out = Path(parent) / "dataset", Path(parent) / "one.npz"
    ...     made = generate(recipe, folder)
    ...     export_npz(folder, out)
    ...     out.stat().st_size > 4 * recipe.n_samples
    True
    """
    with (
        StoreReader(folder) as store,
        whole_file(out_path) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
    ):
        shape = (_n_of(store, part), store.n_samples)
        with archive.open("signals.npy", "w", force_zip64=True) as entry:
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(entry, header)
            _stream(store, entry, part, step)
        for name, array in _small_arrays(store, part).items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def export_parquet(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = _no_step
) -> None:
    """Write a Parquet table: one row per record, index columns and features, no waveforms.

    An unknown number or text is null. The rate, the unit and the recipe's fingerprint stand in
    the table's metadata.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.
    part, step
        As in `export_hdf5`.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder, out = Path(parent) / "dataset", Path(parent) / "one.parquet"
    ...     made = generate(recipe, folder)
    ...     export_parquet(folder, out)
    ...     out.stat().st_size > 4 * recipe.n_samples
    True
    """
    with StoreReader(folder) as store:
        columns = {name: _nullable(values) for name, values in _index(store, part).items()}
        features = _features(store, part)
        for number, name in enumerate(store.feature_names):
            columns[name] = _nullable(features[:, number])
        facts = {"fs_hz": repr(store.fs_hz), "unit": store.unit, "recipe": store.fingerprint}
        table = pa.table(columns).replace_schema_metadata(facts)
    with whole_file(out_path) as partial:
        pq.write_table(table, partial, compression="zstd")
    step(len(table))


def export_mat(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = _no_step
) -> None:
    """Write a MATLAB 5 file: ``signals`` (samples, records) in single, features, index, ``fs``.

    A variable of this format holds less than 2 GiB; a larger dataset is refused.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.
    part, step
        As in `export_hdf5`.

    Raises
    ------
    VibrationError
        Where the waveforms take 2 GiB or more.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     folder, out = Path(parent) / "dataset", Path(parent) / "one.mat"
    ...     made = generate(recipe, folder)
    ...     export_mat(folder, out)
    ...     out.stat().st_size > 4 * recipe.n_samples
    True
    """
    with StoreReader(folder) as store:
        size = 4 * _n_of(store, part) * store.n_samples
        if not mat_holds(size):
            raise VibrationError(
                f"The waveforms take {size / 2**30:.1f} GiB and a MATLAB 5 variable less than 2; "
                "export to hdf5, which MATLAB reads with h5read."
            )
        small = {name: _for_matlab(array) for name, array in _small_arrays(store, part).items()}
        facts = {"format": FORMAT, "unit": store.unit, "recipe_fingerprint": store.fingerprint}
        with whole_file(out_path) as partial:
            savemat(partial, {**facts, **small}, appendmat=False, oned_as="column")
            with partial.open("ab") as file:
                _write_mat_signals(store, file, part, step)


def mat_holds(n_bytes: int) -> bool:
    """Tell whether a variable of a MATLAB 5 file holds waveforms of so many bytes.

    Parameters
    ----------
    n_bytes : int
        4 × records × samples.

    Returns
    -------
    bool

    Examples
    --------
    >>> mat_holds(586_000_000), mat_holds(2**31)
    (True, False)
    """
    return n_bytes + 1024 <= _MAT_MAX_BYTES


EXPORTS: Final[dict[str, Callable[..., None]]] = {
    "hdf5": export_hdf5,
    "npz": export_npz,
    "parquet": export_parquet,
    "mat": export_mat,
}
SUFFIXES: Final = {
    "hdf5": Path(SIGNALS_FILE).suffix,
    "npz": ".npz",
    "parquet": ".parquet",
    "mat": ".mat",
}


def _n_of(store: StoreReader, part: Part | None) -> int:
    return store.n if part is None else len(part.rows)


def _features(store: StoreReader, part: Part | None) -> npt.NDArray[np.float32]:
    values = store.features()
    return values if part is None else values[part.rows]


def _index(store: StoreReader, part: Part | None) -> dict[str, npt.NDArray[Any]]:
    if part is None:
        return store.index()
    return {name: values[part.rows] for name, values in store.index().items()} | dict(part.columns)


def _small_arrays(store: StoreReader, part: Part | None) -> dict[str, npt.NDArray[Any]]:
    return {
        "features": _features(store, part),
        "feature_names": np.array(store.feature_names),
        "fs": np.array(store.fs_hz),
        **_index(store, part),
    }


def _stream(store: StoreReader, file: IO[bytes], part: Part | None, step: Step) -> None:
    """Write the waveforms, record after record, a few MiB at a time."""
    if part is not None:
        for number, row in enumerate(part.rows.tolist(), start=1):
            file.write(store.read(row).data)
            step(number)
        return
    rows = max(1, _BLOCK_BYTES // (4 * store.n_samples))
    for start in range(0, store.n, rows):
        stop = min(start + rows, store.n)
        file.write(store.read_rows(start, stop).data)
        step(stop)


def _write_mat_signals(store: StoreReader, file: IO[bytes], part: Part | None, step: Step) -> None:
    """Append the matrix ``signals``; column by column, as MATLAB stores it, is record by record."""
    n = _n_of(store, part)
    data_bytes = 4 * n * store.n_samples
    padding = -data_bytes % 8
    head = (
        struct.pack("<4I", _MI_UINT32, 8, _MX_SINGLE_CLASS, 0)
        + struct.pack("<2I2i", _MI_INT32, 8, store.n_samples, n)
        + struct.pack("<2I8s", _MI_INT8, 7, b"signals")
        + struct.pack("<2I", _MI_SINGLE, data_bytes)
    )
    file.write(struct.pack("<2I", _MI_MATRIX, len(head) + data_bytes + padding) + head)
    _stream(store, file, part, step)
    file.write(b"\0" * padding)


def _kind(values: npt.NDArray[Any]) -> Kind:
    if values.dtype.kind == "U":
        return "text"
    return "flag" if values.dtype.kind == "b" else "number"


def _longest_bytes(values: npt.NDArray[Any]) -> int:
    return max((len(text.encode()) for text in values.tolist()), default=0)


def _for_matlab(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Texts become a cell array: MATLAB's character matrix would pad them with blanks."""
    return array.astype(object) if array.dtype.kind == "U" else array


def _nullable(values: npt.NDArray[Any]) -> pa.Array:
    missing = values == "" if values.dtype.kind == "U" else values != values  # noqa: PLR0124
    return pa.array(values, mask=np.asarray(missing))
