"""A dataset in other programs' formats, streamed and written whole or not at all."""

import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import savemat

from vibration.errors import VibrationError
from vibration.store import FORMAT, SIGNALS_FILE, StoreReader, whole_file

_BLOCK_BYTES: Final = 16 << 20
_MAT_MAX_BYTES: Final = 2**31 - 1
_MI_INT8, _MI_INT32, _MI_UINT32, _MI_SINGLE, _MI_MATRIX = 1, 5, 6, 7, 14
_MX_SINGLE_CLASS = 7


def export_hdf5(folder: Path, out_path: Path) -> None:
    """Copy a dataset's ``signals.h5``, which holds everything, recipe included.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.

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
    with StoreReader(folder) as store, whole_file(out_path) as partial:
        shutil.copyfile(store.path, partial)


def export_npz(folder: Path, out_path: Path) -> None:
    """Write a NumPy archive: ``signals``, ``features``, ``feature_names``, ``fs``, index columns.

    Uncompressed, as waveforms hardly compress. Load it with ``numpy.load(path)``; no pickle.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.

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
        shape = (store.n, store.n_samples)
        with archive.open("signals.npy", "w", force_zip64=True) as entry:
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(entry, header)
            _stream(store, entry)
        for name, array in _small_arrays(store).items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def export_parquet(folder: Path, out_path: Path) -> None:
    """Write a Parquet table: one row per record, index columns and features, no waveforms.

    An unknown number or text is null. The rate, the unit and the recipe's fingerprint stand in
    the table's metadata.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.

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
        columns = {name: _nullable(values) for name, values in store.index().items()}
        features = store.features()
        for number, name in enumerate(store.feature_names):
            columns[name] = _nullable(features[:, number])
        facts = {"fs_hz": repr(store.fs_hz), "unit": store.unit, "recipe": store.fingerprint}
        table = pa.table(columns).replace_schema_metadata(facts)
    with whole_file(out_path) as partial:
        pq.write_table(table, partial, compression="zstd")


def export_mat(folder: Path, out_path: Path) -> None:
    """Write a MATLAB 5 file: ``signals`` (samples, records) in single, features, index, ``fs``.

    A variable of this format holds less than 2 GiB; a larger dataset is refused.

    Parameters
    ----------
    folder : Path
        The dataset's folder.
    out_path : Path
        The file to write; an existing one is replaced in one step.

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
        size = 4 * store.n * store.n_samples
        if size + 1024 > _MAT_MAX_BYTES:
            raise VibrationError(
                f"The waveforms take {size / 2**30:.1f} GiB and a MATLAB 5 variable less than 2; "
                "export to hdf5, which MATLAB reads with h5read."
            )
        small = {name: _for_matlab(array) for name, array in _small_arrays(store).items()}
        facts = {"format": FORMAT, "unit": store.unit, "recipe_fingerprint": store.fingerprint}
        with whole_file(out_path) as partial:
            savemat(partial, {**facts, **small}, appendmat=False, oned_as="column")
            with partial.open("ab") as file:
                _write_mat_signals(store, file)


EXPORTS: Final[dict[str, Callable[[Path, Path], None]]] = {
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


def _small_arrays(store: StoreReader) -> dict[str, npt.NDArray[Any]]:
    return {
        "features": store.features(),
        "feature_names": np.array(store.feature_names),
        "fs": np.array(store.fs_hz),
        **store.index(),
    }


def _stream(store: StoreReader, file: IO[bytes]) -> None:
    """Write all waveforms, record after record, a few MiB at a time."""
    rows = max(1, _BLOCK_BYTES // (4 * store.n_samples))
    for start in range(0, store.n, rows):
        file.write(store.read_rows(start, min(start + rows, store.n)).data)


def _write_mat_signals(store: StoreReader, file: IO[bytes]) -> None:
    """Append the matrix ``signals``; column by column, as MATLAB stores it, is record by record."""
    data_bytes = 4 * store.n * store.n_samples
    padding = -data_bytes % 8
    head = (
        struct.pack("<4I", _MI_UINT32, 8, _MX_SINGLE_CLASS, 0)
        + struct.pack("<2I2i", _MI_INT32, 8, store.n_samples, store.n)
        + struct.pack("<2I8s", _MI_INT8, 7, b"signals")
        + struct.pack("<2I", _MI_SINGLE, data_bytes)
    )
    file.write(struct.pack("<2I", _MI_MATRIX, len(head) + data_bytes + padding) + head)
    _stream(store, file)
    file.write(b"\0" * padding)


def _for_matlab(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Texts become a cell array: MATLAB's character matrix would pad them with blanks."""
    return array.astype(object) if array.dtype.kind == "U" else array


def _nullable(values: npt.NDArray[Any]) -> pa.Array:
    missing = values == "" if values.dtype.kind == "U" else values != values  # noqa: PLR0124
    return pa.array(values, mask=np.asarray(missing))
