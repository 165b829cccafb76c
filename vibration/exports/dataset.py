"""A dataset, or a part of it, for other programs: streamed, and written whole or not at all."""

import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import scipy

from vibration.errors import VibrationError
from vibration.exports.parts import Chosen, Part, Step, no_step, write_part
from vibration.store import FORMAT, SIGNALS_FILE, StoreReader, whole_file

_MAT_MAX_BYTES: Final = 2**31 - 1
_MI_INT8, _MI_INT32, _MI_UINT32, _MI_SINGLE, _MI_MATRIX = 1, 5, 6, 7, 14
_MX_SINGLE_CLASS = 7


def export_hdf5(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = no_step
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


def export_npz(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = no_step
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
        chosen = Chosen(store, part)
        shape = (chosen.n, store.n_samples)
        with archive.open("signals.npy", "w", force_zip64=True) as entry:
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(entry, header)
            chosen.stream(entry, step)
        for name, array in chosen.small_arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def export_parquet(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = no_step
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
        chosen = Chosen(store, part)
        columns = {name: _nullable(values) for name, values in chosen.index.items()}
        features = chosen.features
        for number, name in enumerate(store.feature_names):
            columns[name] = _nullable(features[:, number])
        facts = {"fs_hz": repr(store.fs_hz), "unit": store.unit, "recipe": store.fingerprint}
        table = pa.table(columns).replace_schema_metadata(facts)
    with whole_file(out_path) as partial:
        pq.write_table(table, partial, compression="zstd")
    step(len(table))


def export_mat(
    folder: Path, out_path: Path, part: Part | None = None, *, step: Step = no_step
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
        chosen = Chosen(store, part)
        size = 4 * chosen.n * store.n_samples
        if not mat_holds(size):
            raise VibrationError(
                f"The waveforms take {size / 2**30:.1f} GiB and a MATLAB 5 variable less than 2; "
                "export to hdf5, which MATLAB reads with h5read."
            )
        small = {name: _for_matlab(array) for name, array in chosen.small_arrays.items()}
        facts = {"format": FORMAT, "unit": store.unit, "recipe_fingerprint": store.fingerprint}
        with whole_file(out_path) as partial:
            scipy.io.savemat(partial, {**facts, **small}, appendmat=False, oned_as="column")
            with partial.open("ab") as file:
                _write_mat_signals(chosen, file, step)


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


def _write_mat_signals(chosen: Chosen, file: IO[bytes], step: Step) -> None:
    """Append the matrix ``signals``; column by column, as MATLAB stores it, is record by record."""
    n, n_samples = chosen.n, chosen.store.n_samples
    data_bytes = 4 * n * n_samples
    padding = -data_bytes % 8
    head = (
        struct.pack("<4I", _MI_UINT32, 8, _MX_SINGLE_CLASS, 0)
        + struct.pack("<2I2i", _MI_INT32, 8, n_samples, n)
        + struct.pack("<2I8s", _MI_INT8, 7, b"signals")
        + struct.pack("<2I", _MI_SINGLE, data_bytes)
    )
    file.write(struct.pack("<2I", _MI_MATRIX, len(head) + data_bytes + padding) + head)
    chosen.stream(file, step)
    file.write(b"\0" * padding)


def _for_matlab(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Texts become a cell array: MATLAB's character matrix would pad them with blanks."""
    return array.astype(object) if array.dtype.kind == "U" else array


def _nullable(values: npt.NDArray[Any]) -> pa.Array:
    missing = values == "" if values.dtype.kind == "U" else values != values  # noqa: PLR0124
    return pa.array(values, mask=np.asarray(missing))
