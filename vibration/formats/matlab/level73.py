"""MATLAB 7.3: HDF5 with MATLAB's classes as attributes, axes swapped, cells as references."""

from typing import Any, Final

import numpy as np

from vibration.formats.files import SourceFile
from vibration.formats.hdf5 import Refused, Walk, members, opened_hdf5, storage_fault
from vibration.formats.matlab.values import Unread, Value

_MAX_CELLS: Final = 10_000
_MAX_DEPTH: Final = 8
_NUMERIC: Final = frozenset(
    ["double", "single", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)


def read_mat73(file: SourceFile) -> dict[str, Value]:
    """Return the variables of a MATLAB 7.3 file by name.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    dict

    Raises
    ------
    FormatError
        For a damaged file.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("matlab73.mat") as file:
    ...     list(read_mat73(file))
    ['acc', 'fs']
    """
    variables: dict[str, Value] = {}
    with opened_hdf5(file) as opened:
        reader = _Reader(opened, file)
        for key, node in members(opened):
            if not key.startswith("#"):
                variables[key] = reader.value(node, 0)
    return variables


class _Reader:
    def __init__(self, opened: Any, file: SourceFile) -> None:
        self._opened = opened
        self._walk = Walk(file)

    def value(self, node: Any, depth: int) -> Value:
        import h5py

        if isinstance(node, Refused):
            return Unread(node.reason)
        if depth > _MAX_DEPTH or not self._walk.enter(node, depth):
            return Unread("a part that is nested too deeply or met before")
        class_name = _text_of(node.attrs.get("MATLAB_class"))
        if "MATLAB_sparse" in node.attrs or "MATLAB_object_decode" in node.attrs:
            named = f"a {class_name} object" if class_name.isidentifier() else "an object"
            return Unread("a sparse matrix" if "MATLAB_sparse" in node.attrs else named)
        if isinstance(node, h5py.Group):
            return self._struct(node, depth)
        is_dataset = isinstance(node, h5py.Dataset)
        return self._dataset(node, class_name, depth) if is_dataset else Unread("an unknown part")

    def _struct(self, group: Any, depth: int) -> Value:
        """Return a struct; where its fields are references, the list of an array of structs."""
        import h5py

        fields = dict(members(group))
        references = [
            f for f in fields.values()
            if isinstance(f, h5py.Dataset) and f.dtype == h5py.ref_dtype
            and "MATLAB_class" not in f.attrs and not storage_fault(f)
        ]  # fmt: skip
        if fields and len(references) == len(fields):
            columns = {key: self._referred(node, depth) for key, node in fields.items()}
            n = min(len(column) for column in columns.values())
            return [{key: column[i] for key, column in columns.items()} for i in range(n)]
        return {key: self.value(node, depth + 1) for key, node in fields.items()}

    def _dataset(self, dataset: Any, class_name: str, depth: int) -> Value:
        import h5py

        fault = storage_fault(dataset)
        if fault:
            return Unread(fault)
        if dataset.attrs.get("MATLAB_empty"):
            return "" if class_name == "char" else np.zeros(0)
        if dataset.dtype == h5py.ref_dtype:
            return self._referred(dataset, depth)
        if dataset.dtype.kind not in "fiu":
            is_complex = dataset.dtype.names == ("real", "imag")
            return Unread("complex numbers" if is_complex else "values that are no numbers")
        return self._plain(dataset, class_name)

    def _plain(self, dataset: Any, class_name: str) -> Value:
        if class_name and class_name not in (*_NUMERIC, "char", "logical"):
            return Unread(f"a {class_name}")
        values = self._walk.read(dataset).T
        if class_name == "char":
            codes = values.astype(np.uint32).reshape(-1, order="F")
            return "".join(chr(code) for code in codes[:10_000].tolist() if code < 0x110000)
        return values.astype(bool) if class_name == "logical" else values

    def _referred(self, dataset: Any, depth: int) -> list[Any]:
        if dataset.size > _MAX_CELLS:
            return [Unread(f"more than {_MAX_CELLS} cells")]
        self._walk.count_unpacked(dataset)
        references = np.asarray(dataset[()]).T.reshape(-1, order="F")
        return [
            self.value(self._opened[reference], depth + 1) if reference else np.zeros(0)
            for reference in references
        ]


def _text_of(attribute: Any) -> str:
    return attribute.decode("latin-1") if isinstance(attribute, bytes) else str(attribute or "")
