"""HDF5: datasets are signals or axes, attributes and small datasets state facts."""

from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.files import SourceFile
from vibration.formats.hdf5 import Refused, Walk, members, opened_hdf5, storage_fault
from vibration.formats.matlab.reader import read_mat
from vibration.formats.matlab.values import Unread, Value
from vibration.formats.recording import Reading
from vibration.formats.variables import variables_reading

_NOT_FACTS: Final = frozenset(
    ["DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME", "IMAGE_VERSION"]
)
_MOST_ATTRIBUTES: Final = 200
_IMAGE_SIDE: Final = 65


def read_hdf5(file: SourceFile) -> Reading:
    """Read an HDF5 file; MATLAB's own are read by its classes.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("attributes.h5") as file:
    ...     reading = read_hdf5(file)
    >>> reading.format, len(reading.channels)
    ('hdf5', 2)
    """
    with opened_hdf5(file) as opened:
        is_matlab = any(
            "MATLAB_class" in node.attrs
            for _, node in members(opened)
            if not isinstance(node, Refused)
        )
        walk = Walk(file)
        walk.enter(opened, 0)
        tree = {} if is_matlab else _group(opened, walk, 0)
    if is_matlab:
        return read_mat(file)
    if not tree:
        raise FormatError(f"{file.name} is an HDF5 file that holds nothing.")
    return variables_reading(tree, file, "hdf5", kind="attribute")


def _group(group: Any, walk: Walk, depth: int) -> dict[str, Value]:
    import h5py

    found: dict[str, Value] = dict(_attributes(group))
    for key, node in members(group):
        if isinstance(node, Refused):
            found[key] = Unread(node.reason)
        elif not walk.enter(node, depth):
            continue
        elif isinstance(node, h5py.Group):
            found[key] = _group(node, walk, depth + 1)
        elif isinstance(node, h5py.Dataset):
            found[key] = _dataset(node, walk)
    return found


def _dataset(dataset: Any, walk: Walk) -> Value:
    fault = storage_fault(dataset)
    if fault:
        return Unread(fault)
    if dataset.dtype.names and dataset.ndim == 1:
        values = walk.read(dataset)
        columns = {n: values[n] for n in dataset.dtype.names if values[n].ndim == 1}
        return {**_attributes(dataset), **columns}
    if dataset.dtype.kind not in "fiu":
        return _text(dataset, walk)
    if dataset.ndim >= 2 and sorted(dataset.shape)[-2] >= _IMAGE_SIDE:
        return Unread(f"an image or a table of {' × '.join(map(str, dataset.shape))}, no signal")
    attributes = _attributes(dataset)
    values = walk.read(dataset)
    # Under an empty key the samples keep the dataset's own name.
    return {"": values, **attributes} if attributes else values


def _text(dataset: Any, walk: Walk) -> Value:
    if dataset.size == 1 and dataset.dtype.kind in "SO":
        walk.count_unpacked(dataset)
        return _plain(dataset[()]) or Unread("a text")
    return Unread("values that are no numbers")


def _attributes(node: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for number, key in enumerate(node.attrs):
        if number >= _MOST_ATTRIBUTES:
            break
        if key in _NOT_FACTS or key.startswith(("CLASS", "MATLAB", "NX_")):
            continue
        try:
            value = node.attrs[key]
        except (OSError, TypeError, ValueError):
            continue  # of a type that the library does not know
        plain = _plain(value)
        if plain is not None:
            found[key] = plain
    return found


def _plain(value: Any) -> Value | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")[:1000]
    if isinstance(value, str):
        return value[:1000]
    array = np.asarray(value)
    if array.dtype.kind in "fiu" and array.size == 1:
        return array.reshape(1)
    if array.size == 1 and array.dtype.kind in "SUO":
        inner = array.reshape(-1)[0]
        return _plain(inner) if isinstance(inner, bytes | str) else None
    return None
