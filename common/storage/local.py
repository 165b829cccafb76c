"""A storage that is a folder of this machine, or one that several machines share."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.storage.entry import Entry
from common.storage.work import folder_discard, folder_make


@dataclass(frozen=True)
class LocalBackend:
    """Files below a folder; what is put there is renamed into its place."""

    root: Path

    def path(self, key: str) -> Path:
        return self.root / key

    def open(self, key: str) -> BinaryIO:
        return self.path(key).open("rb")

    def read_range(self, key: str, version: str, offset: int, n_bytes: int) -> bytes:
        del version
        with self.open(key) as file:
            file.seek(offset)
            return file.read(n_bytes)

    def entry(self, key: str) -> Entry | None:
        try:
            found = self.path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Entry(key, found.st_size, found.st_mtime) if self.path(key).is_file() else None

    def entries(self, key: str) -> Iterator[Entry]:
        for parent, folders, names in os.walk(self.path(key)):
            folders.sort()
            for name in sorted(names):
                entry = self.entry(str((Path(parent) / name).relative_to(self.root)))
                if entry is not None:
                    yield entry

    def names(self, key: str) -> list[str]:
        try:
            return sorted(os.listdir(self.path(key)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def changed_s(self, key: str) -> float | None:
        try:
            return self.path(key).stat().st_mtime
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put(self, key: str, file: Path) -> None:
        target = self.path(key)
        folder_make(target.parent)
        _flush(file)
        _moved(file, target)
        _flush(target.parent)

    def put_folder(self, key: str, folder: Path) -> None:
        target = self.path(key)
        folder_make(target.parent)
        for parent, _, names in os.walk(folder, topdown=False):
            for name in names:
                _flush(Path(parent) / name)
            _flush(Path(parent))
        folder_discard(target)
        _moved(folder, target)
        _flush(target.parent)

    def discard(self, key: str) -> None:
        target = self.path(key)
        if target.is_dir():
            folder_discard(target)
        else:
            target.unlink(missing_ok=True)


def _moved(here: Path, there: Path) -> None:
    """Rename; from another file system copy beside the target first, so that it appears whole."""
    try:
        here.replace(there)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = there.with_name(f"{there.name}.partial-{os.getpid()}-{secrets.token_hex(4)}")
        try:
            shutil.move(here, beside)
            beside.replace(there)
        except BaseException:
            folder_discard(beside) if beside.is_dir() else beside.unlink(missing_ok=True)
            raise


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
