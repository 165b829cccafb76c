"""A file or folder of the storage, by its key."""

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from common.storage.backend import backend
from common.storage.work import MAKING, folder_make, work_folder

_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Stored:
    """A file or folder of the storage; made by `stored`.

    `FileNotFoundError` says that a file is not there, any other `OSError` that the storage failed.

    Attributes
    ----------
    key : str
        ``datasets/12/signals.h5``.
    version : str
        Where known, what tells this content from another under the same key, such as its checksum:
        with it nobody asks the storage whether the file has changed.
    """

    key: str
    version: str = field(default="", compare=False)

    def __truediv__(self, name: object) -> "Stored":
        """Return what lies below."""
        return Stored(f"{self.key}/{name}" if self.key else str(name))

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def parent(self) -> "Stored":
        return Stored(self.key.rpartition("/")[0])

    def of_version(self, version: str) -> "Stored":
        """Return the same, of content that is known."""
        return Stored(self.key, version)

    @property
    def path(self) -> Path | None:
        """Where it lies, if that is on this machine. Whoever needs one in any case asks `local`."""
        return backend().path(self.key)

    # Read

    def is_file(self) -> bool:
        return backend().entry(self.key) is not None

    def exists(self) -> bool:
        """Tell whether there is such a file, or any below such a folder."""
        return self.is_file() or bool(backend().names(self.key))

    def size_bytes(self) -> int:
        entry = backend().entry(self.key)
        if entry is None:
            raise FileNotFoundError(errno.ENOENT, "No such file", self.key)
        return entry.size_bytes

    def changed_s(self) -> float:
        """Return when the file, or the latest of a folder, was written, in seconds since 1970."""
        changed_s = backend().changed_s(self.key)
        if changed_s is None:
            raise FileNotFoundError(errno.ENOENT, "No such file", self.key)
        return changed_s

    def age_s(self) -> float:
        """Return for how long it has been there; 0 where it is not."""
        changed_s = backend().changed_s(self.key)
        return 0.0 if changed_s is None else time.time() - changed_s

    def open(self, mode: str = "rb") -> BinaryIO:
        """Open the file for reading; it can be sought, and only what is read is fetched."""
        if mode != "rb":
            raise ValueError("Files of the storage are only read; put them there whole.")
        return backend().open(self.key)

    def read_range(self, offset: int, n_bytes: int) -> bytes:
        """Return so many bytes from `offset` on, fewer at the file's end: in one request."""
        return backend().read_range(self.key, self.version, offset, n_bytes)

    def read_bytes(self) -> bytes:
        with self.open() as file:
            return file.read()

    def sha256(self) -> str:
        """Read the file and return its checksum, in hexadecimal."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]

    def names(self) -> list[str]:
        """Return the names of what lies right in this folder, files and folders."""
        return backend().names(self.key)

    def files(self) -> "Iterator[tuple[Stored, int]]":
        """Yield every file below this folder, and its size in bytes."""
        for entry in backend().entries(self.key):
            yield Stored(entry.key), entry.size_bytes

    @contextmanager
    def local(self) -> Iterator[Path]:
        """Give the file or folder as one of this machine, for those who need a path: to read."""
        there = self.path
        if there is not None:
            yield there
            return
        with _made_here(self.name) as here:
            if self.is_file():
                _copied(self, here)
            for each, _ in self.files():
                below = here / each.key.removeprefix(f"{self.key}/")
                folder_make(below.parent)
                _copied(each, below)
            yield here

    def bring(self, here: Path) -> None:
        """Give the file a name on this machine too; it appears whole. Nobody may write to it."""
        there = self.path
        if there is not None:
            with suppress(FileExistsError):
                os.link(there, here)
            return
        with _made_here(self.name) as copy:
            _copied(self, copy)
            copy.replace(here)

    # Write

    def put(self, file: Path) -> None:
        """Take a file of this machine; it appears whole, in the place of any that was there."""
        backend().put(self.key, file)

    def put_bytes(self, content: bytes) -> None:
        """Write a small file; it appears whole, in the place of any that was there."""
        with self.made() as here:
            here.write_bytes(content)

    def put_folder(self, folder: Path) -> None:
        """Take a folder of this machine, in the place of any folder that was there."""
        backend().put_folder(self.key, folder)

    @contextmanager
    def made(self) -> Iterator[Path]:
        """Give a free path of this machine; the file or folder made there is put here at the end.

        Whatever goes wrong in the block, nothing appears.
        """
        with _made_here(self.name) as here:
            yield here
            self.put_folder(here) if here.is_dir() else self.put(here)

    def discard(self) -> None:
        """Remove the file, or the folder with all its files, where it is there."""
        backend().discard(self.key)


def stored(*parts: object) -> Stored:
    """Return a file or folder of the storage: ``stored("datasets", 12, "signals.h5")``."""
    return Stored("/".join(map(str, parts)))


@contextmanager
def _made_here(name: str) -> Iterator[Path]:
    folder = work_folder(MAKING, secrets.token_hex(8))
    folder_make(folder)
    try:
        yield folder / name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(file: Stored, here: Path) -> None:
    with file.open() as source, here.open("wb") as target:
        shutil.copyfileobj(source, target, _READ_BYTES)
