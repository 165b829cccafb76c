"""Read a dataset's files, and say clearly when they are not what they should be."""

import json
import os
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import h5py
import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.store.elsewhere import Elsewhere, StoredFile, file_of
from vibration.store.errors import DamagedStoreError
from vibration.store.hdf5 import own_array, readable
from vibration.store.layout import FORMAT, FORMAT_VERSION, METADATA_FILE, SIGNALS_FILE
from vibration.store.writer import file_sha256


class StoreReader:
    """A dataset's ``signals.h5``, open for reading.

    Parameters
    ----------
    path : path-like or StoredFile
        The file, or the folder that holds it.

    Attributes
    ----------
    n, n_samples : int
        Number of records and samples of each.
    fs_hz : float
        Sampling rate.
    unit, fingerprint : str
        Unit of the samples and fingerprint of the recipe.
    recipe : dict
        What made the dataset.
    feature_names, columns : tuple of str
        Names of the feature columns and of the index columns.

    Examples
    --------
    >>> with StoreReader("tests/fixtures/dataset") as store:
    ...     store.read(0).shape == (store.n_samples,)
    True
    """

    def __init__(self, path: str | os.PathLike[str] | StoredFile) -> None:
        self._elsewhere: Elsewhere | None = None
        if not isinstance(path, str | os.PathLike):
            if path.path is None:
                self._open_elsewhere(file_of(path))
                return
            path = Path(path.path)
        given = Path(path)
        self.path = given / SIGNALS_FILE if given.is_dir() else given
        if not self.path.is_file():
            raise DamagedStoreError(f"{self.path} does not exist.")
        with readable(self.path):
            # Locks are for files that change; this one is renamed into place and never touched.
            # Without a chunk cache a record goes straight to the caller's array.
            self._file = h5py.File(self.path, "r", locking=False, rdcc_nbytes=0)
        try:
            with readable(self.path):
                self._validate()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the file."""
        if self._elsewhere is None:
            self._file.close()

    def read(self, row: int) -> npt.NDArray[np.float32]:
        """Return the samples of one record, float32 (N,)."""
        return self.read_span(row, 0, self.n_samples)

    def read_span(self, row: int, first: int, last: int) -> npt.NDArray[np.float32]:
        """Return the samples of one record from `first` up to, not including, `last`.

        Only these are read from the disk, however long the record is: without compression and a
        chunk cache HDF5 goes straight to the bytes asked for.
        """
        if not 0 <= row < self.n:
            raise VibrationError(
                f"There is no record {row}; this dataset has 0 to {self.n - 1}.", field="row"
            )
        if not 0 <= first < last <= self.n_samples:
            raise VibrationError(
                f"There are no samples {first} to {last}; a record has 0 to {self.n_samples}.",
                field="last",
            )
        if self._elsewhere is not None:
            return self._elsewhere.samples(row, first, last)
        with readable(self.path):
            samples: npt.NDArray[np.float32] = self._signals[row, first:last]
        return samples

    def read_rows(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Return the samples of the records from `start` up to, not including, `stop`."""
        if self._elsewhere is not None:
            rows = range(*slice(start, stop).indices(self.n))
            return np.array([self.read(row) for row in rows]).reshape(-1, self.n_samples)
        with readable(self.path):
            samples: npt.NDArray[np.float32] = self._signals[start:stop]
        return samples

    def features(self, start: int = 0, stop: int | None = None) -> npt.NDArray[np.float32]:
        """Return features, float32 (n, k), NaN where undefined.

        Parameters
        ----------
        start, stop : int, optional
            Of the records from `start` up to, not including, `stop`; of all where not given.
        """
        if self._elsewhere is not None:
            first, last, _ = slice(start, stop).indices(self.n)
            return self._elsewhere.features(first, max(first, last))
        with readable(self.path):
            values: npt.NDArray[np.float32] = self._features[start:stop]
        return values

    def index(self, start: int = 0, stop: int | None = None) -> dict[str, npt.NDArray[Any]]:
        """Return the index columns by name: numbers (NaN: none), flags, texts (empty: none).

        Parameters
        ----------
        start, stop : int, optional
            Of the records from `start` up to, not including, `stop`; of all where not given.
        """
        return {name: self.column(name, start, stop) for name in self.columns}

    def column(self, name: str, start: int = 0, stop: int | None = None) -> npt.NDArray[Any]:
        """Return one column of the index, (n,); see `index`."""
        if name not in self.columns:
            raise DamagedStoreError(f"{self.path.name} has no array /index/{name}.")
        if self._elsewhere is not None:
            first, last, _ = slice(start, stop).indices(self.n)
            values: npt.NDArray[Any] = self._elsewhere.column(name, first, max(first, last))
        else:
            with readable(self.path):
                values = self._file["index"][name][start:stop]
        return np.strings.decode(values, "utf-8") if values.dtype.kind == "S" else values

    def _open_elsewhere(self, file: StoredFile) -> None:
        self.path = Path(file.key)
        self._elsewhere = there = Elsewhere(file)
        self.n, self.n_samples = there.layout.shape
        self.feature_names = there.layout.feature_names
        self.columns = tuple(there.layout.index)
        self.fs_hz, self.unit = float(there.metadata["fs_hz"]), str(there.metadata["unit"])
        self.fingerprint = str(there.metadata["recipe_fingerprint"])

    def _validate(self) -> None:
        found = self.path.stat()
        # A file that is replaced or touched is another one.
        facts = _facts_of(self.path, found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
        self._signals = own_array(self._file, self.path, "signals", 2, np.dtype("<f4"))
        self.n, self.n_samples = self._signals.shape
        if self.n != facts.n:
            raise DamagedStoreError(f"The arrays of {self.path.name} differ in length.")
        self.columns, self.feature_names = facts.columns, facts.feature_names
        self.fs_hz, self.unit, self.fingerprint = facts.fs_hz, facts.unit, facts.fingerprint
        self._recipe_text = facts.recipe

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """What made the dataset."""
        if self._elsewhere is not None:
            told: dict[str, Any] = self._elsewhere.metadata["recipe"]
            return told
        found: dict[str, Any] = json.loads(self._recipe_text)
        return found

    @cached_property
    def _features(self) -> h5py.Dataset:
        return own_array(self._file, self.path, "features", 2, np.dtype("<f4"))


class _Facts(NamedTuple):
    """What a file says of itself, proven."""

    n: int
    columns: tuple[str, ...]
    feature_names: tuple[str, ...]
    fs_hz: float
    unit: str
    fingerprint: str
    recipe: str  # JSON


@lru_cache(maxsize=512)
def _facts_of(path: Path, *_identity: int) -> _Facts:
    """Prove once what a file says of itself: that takes longer than to read a record."""
    with h5py.File(path, "r", locking=False) as file:
        attributes = file.attrs
        if attributes.get("format") != FORMAT:
            raise DamagedStoreError(f"{path.name} is an HDF5 file, but not a portal dataset.")
        if attributes.get("format_version") != FORMAT_VERSION:
            raise DamagedStoreError(
                f"{path.name} has format version {attributes.get('format_version')}; "
                f"this program reads version {FORMAT_VERSION}."
            )
        single = np.dtype("<f4")
        signals = own_array(file, path, "signals", 2, single)
        features = own_array(file, path, "features", 2, single)
        columns = tuple(file["index"])
        arrays = [features, *(own_array(file, path, f"index/{name}", 1) for name in columns)]
        n = len(signals)
        if {len(array) for array in arrays} != {n}:
            raise DamagedStoreError(f"The arrays of {path.name} differ in length.")
        names = tuple(name.decode() for name in features.attrs["names"])
        if len(names) != features.shape[1]:
            raise DamagedStoreError(f"The feature names of {path.name} do not fit its table.")
        fs_hz, unit = float(attributes["fs"]), str(attributes["unit"])
        fingerprint, recipe = str(attributes["recipe_fingerprint"]), str(attributes["recipe"])
        try:
            json.loads(recipe)
        except json.JSONDecodeError as error:
            raise DamagedStoreError(f"The recipe in {path.name} is not JSON.") from error
    return _Facts(n, columns, names, fs_hz, unit, fingerprint, recipe)


def read_metadata(folder: Path | StoredFile) -> dict[str, Any]:
    """Return what ``metadata.json`` in `folder` says.

    Parameters
    ----------
    folder : Path or StoredFile
        The dataset's folder.

    Returns
    -------
    dict
        As it stands in the file; ``files`` maps each file's name to its size and checksum.

    Raises
    ------
    DamagedStoreError
        Where it is missing, is not JSON, or lists no files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / METADATA_FILE).write_text('{"files": {}}')
    ...     read_metadata(Path(folder))
    {'files': {}}
    """
    try:
        metadata = json.loads((folder / METADATA_FILE).read_bytes())
    except FileNotFoundError as error:
        raise DamagedStoreError(f"{folder.name} has no {METADATA_FILE}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DamagedStoreError(f"{METADATA_FILE} in {folder.name} is not JSON.") from error
    if not isinstance(metadata, dict) or not isinstance(metadata.get("files"), dict):
        raise DamagedStoreError(f"{METADATA_FILE} in {folder.name} lists no files.")
    return metadata


def verify(folder: Path) -> dict[str, Any]:
    """Return the metadata of a dataset whose files match their checksums; raise otherwise.

    Parameters
    ----------
    folder : Path
        The dataset's folder.

    Returns
    -------
    dict
        As `read_metadata`.

    Raises
    ------
    DamagedStoreError
        Where a file is missing or not the one that was written.

    Examples
    --------
    >>> import tempfile
    >>> from vibration.generation import generate
    >>> from vibration.simulation import Recipe
    >>> recipe = Recipe(per_class=1, classes=("healthy",), augmentation=False, duration_s=0.1)
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     made = generate(recipe, Path(parent) / "one")
    ...     list(verify(made.folder)["files"])
    ['signals.h5']
    """
    metadata = read_metadata(folder)
    for name, facts in metadata["files"].items():
        path = folder / Path(name).name
        if not path.is_file():
            raise DamagedStoreError(f"{path.name} is missing from {folder.name}.")
        if path.stat().st_size != facts["bytes"] or file_sha256(path) != facts["sha256"]:
            raise DamagedStoreError(
                f"{path.name} in {folder.name} is not the file that was written: "
                "its checksum differs. Restore it or generate the dataset again."
            )
    return metadata
