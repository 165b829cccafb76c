"""Write a dataset's files: HDF5 draws the empty plan, plain writes fill it.

A disk that fills up while the HDF5 library is writing leaves the library unable to close its file
and can crash the process. So the library only lays out the file, every array already at its place,
the space is reserved with the file system, and values are then written to their offsets by
``pwrite``: an error there is an ordinary `OSError`, several processes can write their records into
one file, and the file's bytes do not depend on who wrote what first.
"""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.store.byte_layout import Layout, offsets_of
from vibration.store.errors import storage_errors
from vibration.store.layout import (
    FORMAT,
    FORMAT_VERSION,
    INDEX_KINDS,
    METADATA_FILE,
    SIGNALS_FILE,
    TEXT_BYTES,
    Kind,
    disk_dtype,
    payload_bytes,
)
from vibration.store.partial import whole_folder

_PAGE_BYTES = 4096


class StoreWriter:
    """A dataset being written into a folder. Made by `create_store`.

    Parameters
    ----------
    folder : Path
        Existing folder that receives ``signals.h5`` and ``metadata.json``.
    n : int
        Number of records, known beforehand.
    n_samples : int
        Samples of each record.
    fs_hz : float
        Sampling rate of all records.
    feature_names : sequence of str
        Names of the feature columns.
    kinds : mapping of str to {"text", "number", "flag"}, optional
        Index columns and what they hold; the simulator's by default.
    unit : str
        Unit of the samples.
    recipe : mapping, optional
        What made the dataset; kept whole, as JSON.
    fingerprint : str
        SHA-256 that identifies the recipe.
    """

    def __init__(
        self,
        folder: Path,
        *,
        n: int,
        n_samples: int,
        fs_hz: float,
        feature_names: Sequence[str],
        kinds: Mapping[str, Kind] | None = None,
        unit: str = "g",
        recipe: Mapping[str, Any] | None = None,
        fingerprint: str = "",
    ) -> None:
        if n < 1 or n_samples < 1:
            raise VibrationError(
                f"A dataset needs at least one record of one sample, not {n} × {n_samples}.",
                field="n",
            )
        self.path = folder / SIGNALS_FILE
        self.n, self.n_samples, self.fs_hz = n, n_samples, fs_hz
        self.feature_names = tuple(feature_names)
        self.kinds: dict[str, Kind] = dict(INDEX_KINDS if kinds is None else kinds)
        self._attributes = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "fs": float(fs_hz),
            "unit": unit,
            "recipe_fingerprint": fingerprint,
            "recipe": json.dumps(recipe or {}, sort_keys=True),
        }
        self._recipe = dict(recipe or {})
        self._written = np.zeros(n, dtype=bool)
        with storage_errors(self.path):
            self._prove_space()
            self._plan()
            self._file = os.open(self.path, os.O_RDWR)
            os.posix_fallocate(self._file, 0, os.fstat(self._file).st_size)

    @property
    def fingerprint(self) -> str:
        """What identifies the recipe."""
        return str(self._attributes["recipe_fingerprint"])

    def offset(self, row: int) -> int:
        """Return where in the file the samples of `row` begin, for a process that writes them."""
        return int(self._signal_offsets[row])

    def write(
        self,
        row: int,
        samples: npt.ArrayLike,
        features: npt.ArrayLike,
        columns: Mapping[str, object],
    ) -> None:
        """Write one record: its samples, its features and its index row."""
        self.write_samples(row, samples)
        self.write_row(row, features, columns)

    def write_samples(self, row: int, samples: npt.ArrayLike) -> None:
        """Write the samples of a record; `write_row` makes it whole."""
        block = np.ascontiguousarray(samples, dtype="<f4")
        if block.shape != (self.n_samples,):
            raise VibrationError(
                f"Record {row} has shape {block.shape}, this dataset holds ({self.n_samples},).",
                field="samples",
            )
        self.write_parts(row, [block])

    def write_parts(self, row: int, parts: Iterable[npt.ArrayLike]) -> None:
        """Write the samples of a record, too long to be held, as they come."""
        done = 0
        for part in parts:
            block = np.ascontiguousarray(part, dtype="<f4")
            if done + block.size > self.n_samples:
                break
            with storage_errors(self.path):
                write_at(self._file, block, self.offset(row) + 4 * done)
            done += block.size
        if done != self.n_samples:
            raise VibrationError(
                f"The parts of record {row} are not the {self.n_samples} samples of a record.",
                field="samples",
            )

    def write_row(self, row: int, features: npt.ArrayLike, columns: Mapping[str, object]) -> None:
        """Write the features and index values of a record whose samples are already in place."""
        values = np.ascontiguousarray(features, dtype="<f4")
        if values.shape != (len(self.feature_names),):
            raise VibrationError(
                f"Record {row} has {values.size} features, not the expected ones.", field="features"
            )
        with storage_errors(self.path):
            write_at(self._file, values, self._features_offset + row * values.nbytes)
            for name, kind in self.kinds.items():
                cell = _cell(name, kind, columns[name])
                os.pwrite(self._file, cell, self._index_offsets[name] + row * len(cell))
        self._written[row] = True

    def finish(self) -> None:
        """Flush the arrays and write ``metadata.json``; refuse when a record is missing."""
        missing = int(np.count_nonzero(~self._written))
        if missing:
            raise VibrationError(f"{missing} of {self.n} records were never written.")
        with storage_errors(self.path):
            os.fsync(self._file)
            self._write_metadata()

    def close(self) -> None:
        """Release the file."""
        os.close(self._file)

    def _prove_space(self) -> None:
        """Fail now, cleanly, when the disk cannot hold the dataset and HDF5's own pages."""
        need = payload_bytes(self.n, self.n_samples, len(self.feature_names), self.kinds)
        with self.path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, need + need // 500 + (1 << 20))

    def _plan(self) -> None:
        # Readable by HDF5 1.8 and everything after it, old MATLABs included.
        with h5py.File(
            self.path,
            "w",
            libver=("earliest", "v108"),
            alignment_threshold=16 * _PAGE_BYTES,
            alignment_interval=_PAGE_BYTES,
        ) as file:
            file.attrs.update(self._attributes)
            signals = _plan_array(
                file, "signals", (self.n, self.n_samples), "<f4", (1, self.n_samples)
            )
            features = _plan_array(file, "features", (self.n, len(self.feature_names)), "<f4")
            names = np.array([name.encode() for name in self.feature_names], dtype="S")
            features.attrs.create("names", names, dtype=h5py.string_dtype("utf-8", names.itemsize))
            index = file.create_group("index")
            for name, kind in self.kinds.items():
                _plan_array(index, name, (self.n,), disk_dtype(kind))
            self._signal_offsets = offsets_of(signals)
            self._layout = Layout.of_file(file)
            self._features_offset = self._layout.features.offset
            self._index_offsets = {name: at.offset for name, at in self._layout.index.items()}

    def _write_metadata(self) -> None:
        text = json.dumps(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "n": self.n,
                "n_samples": self.n_samples,
                "fs_hz": float(self.fs_hz),
                "unit": self._attributes["unit"],
                "recipe_fingerprint": self._attributes["recipe_fingerprint"],
                "recipe": self._recipe,
                "layout": self._layout.to_json(),
                "files": {
                    SIGNALS_FILE: {
                        "bytes": self.path.stat().st_size,
                        "sha256": file_sha256(self.path),
                    }
                },
            },
            indent=2,
            ensure_ascii=False,
        )
        self.path.with_name(METADATA_FILE).write_text(text + "\n", encoding="utf-8")


@contextmanager
def create_store(target: Path, **shape: Any) -> Iterator[StoreWriter]:
    """Yield a `StoreWriter` whose folder appears as `target` when the block ends well.

    Takes the keyword arguments of `StoreWriter`. Whatever goes wrong inside, nothing is left.

    Parameters
    ----------
    target : Path
        Final name of the folder; it must not exist, or be an empty folder.
    **shape
        The keyword arguments of `StoreWriter`.

    Yields
    ------
    StoreWriter

    Examples
    --------
    >>> import tempfile
    >>> shape = {"n": 1, "n_samples": 4, "fs_hz": 8.0, "feature_names": ("rms",)}
    >>> facts = {"kinds": {"rpm": "number"}, "recipe": {}, "unit": "g", "fingerprint": ""}
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with create_store(Path(parent) / "one", **shape, **facts) as writer:
    ...         writer.write(0, [0, 1, 0, -1], [0.7], {"rpm": 1500})
    ...     sorted(path.name for path in (Path(parent) / "one").iterdir())
    ['metadata.json', 'signals.h5']
    """
    with whole_folder(target) as partial:
        writer = StoreWriter(partial, **shape)
        try:
            yield writer
            writer.finish()
        finally:
            writer.close()


def write_at(descriptor: int, block: npt.NDArray[Any], offset: int) -> None:
    """Write an array's bytes at `offset`; a short write is continued until the disk refuses.

    Parameters
    ----------
    descriptor : int
        Of a file open for writing.
    block : ndarray
        Contiguous, of any shape.
    offset : int
        In bytes from the file's beginning.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     write_at(file.fileno(), np.array([1, 2], np.uint8), 1)
    ...     file.read()
    b'\\x00\\x01\\x02'
    """
    view = block.reshape(-1).view(np.uint8).data
    while view:
        done = os.pwrite(descriptor, view, offset)
        view, offset = view[done:], offset + done


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     file_sha256(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _plan_array(
    group: h5py.Group,
    name: str,
    shape: tuple[int, ...],
    dtype: npt.DTypeLike,
    chunks: tuple[int, ...] | None = None,
) -> h5py.Dataset:
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plan.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    plan.set_obj_track_times(False)  # the same dataset is the same bytes
    if chunks is not None:
        plan.set_chunk(chunks)
    kind = h5py.h5t.py_create(np.dtype(dtype), logical=True)
    space = h5py.h5s.create_simple(shape)
    return h5py.Dataset(h5py.h5d.create(group.id, name.encode(), kind, space, plan))


def _cell(name: str, kind: Kind, value: object) -> bytes:
    if kind == "text":
        text = b"" if value is None else str(value).encode()
        if len(text) > TEXT_BYTES:
            raise VibrationError(
                f"The {name} {value!r} is longer than {TEXT_BYTES} bytes.", field=name
            )
        return text.ljust(TEXT_BYTES, b"\0")
    if kind == "number":
        return np.float64(math.nan if value is None else float(value)).tobytes()  # type: ignore[arg-type]
    return np.bool_(value).tobytes()
