"""Opening what may be damaged or made by somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from vibration.store.errors import DamagedStoreError


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what h5py raises on a damaged file into a `DamagedStoreError` that names `path`.

    Parameters
    ----------
    path : Path
        The file being read.

    Yields
    ------
    None

    Raises
    ------
    DamagedStoreError
        Where the HDF5 library cannot read it.

    Examples
    --------
    >>> with readable(Path("signals.h5")):  # doctest: +ELLIPSIS
    ...     raise OSError("Unable to open file")
    Traceback (most recent call last):
        ...
    vibration.store.errors.DamagedStoreError: signals.h5 is not a readable ...
    """
    try:
        yield
    except (OSError, KeyError, RuntimeError, UnicodeDecodeError) as error:
        raise DamagedStoreError(
            f"{path.name} is not a readable HDF5 dataset; it is damaged or cut short."
        ) from error


def own_array(
    file: h5py.File, path: Path, name: str, ndim: int, dtype: np.dtype[Any] | None = None
) -> h5py.Dataset:
    """Return an array that lies in the file itself and is of the expected kind.

    Parameters
    ----------
    file : h5py.File
        The open file.
    path : Path
        Where it is, for the sentence of a refusal.
    name : str
        The array's name in it.
    ndim : int
        Number of its dimensions.
    dtype : dtype, optional
        Its type; any without it.

    Returns
    -------
    h5py.Dataset

    Raises
    ------
    DamagedStoreError
        Where it is missing, of another kind, or lies in another file.

    Examples
    --------
    >>> with h5py.File("one.h5", "w", driver="core", backing_store=False) as file:
    ...     file["x"] = np.zeros(3)
    ...     own_array(file, Path("one.h5"), "x", 1).shape
    (3,)
    """
    link = file.get(name, getlink=True)
    array = file.get(name) if isinstance(link, h5py.HardLink) else None
    # External and virtual data would let a file point at any other file of this machine.
    if not isinstance(array, h5py.Dataset) or array.external or array.is_virtual:
        raise DamagedStoreError(f"{path.name} has no array /{name}.")
    if array.ndim != ndim or (dtype is not None and array.dtype != dtype):
        raise DamagedStoreError(
            f"/{name} of {path.name} has shape {array.shape} and type {array.dtype}."
        )
    return array
