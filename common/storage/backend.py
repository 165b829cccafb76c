"""What a storage can do, and which one this portal has."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from common.storage.entry import Entry
from common.storage.local import LocalBackend


class Backend(Protocol):
    """A storage of whole files by key, ``datasets/12/signals.h5``.

    A key that is a file's beginning up to a slash is a folder. `FileNotFoundError` says that a file
    is not there, any other `OSError` that the storage failed.
    """

    def path(self, key: str) -> Path | None:
        """Return where a file or folder lies on this machine; None where it lies elsewhere."""

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading; it can be sought."""

    def read_range(self, key: str, version: str, offset: int, n_bytes: int) -> bytes:
        """Return part of a file; a version says that its content is known."""

    def entry(self, key: str) -> Entry | None:
        """Return the file of a key; None where there is none."""

    def entries(self, key: str) -> Iterator[Entry]:
        """Yield every file of a folder and of those below it, by key."""

    def names(self, key: str) -> list[str]:
        """Return the names of what lies right in a folder, files and folders."""

    def changed_s(self, key: str) -> float | None:
        """Return when a file, or the latest in a folder, was written, in seconds since 1970."""

    def put(self, key: str, file: Path) -> None:
        """Take a file of this machine; it appears whole, in the place of any that was there."""

    def put_folder(self, key: str, folder: Path) -> None:
        """Take all files of a folder of this machine, in the place of any folder of that key."""

    def discard(self, key: str) -> None:
        """Remove a file, or a folder with all its files; nothing happens where there is none."""


def backend() -> Backend:
    """Return the storage of this portal."""
    return backend_at(settings.STORAGE_URL)


def backend_at(url: str) -> Backend:
    """Return the storage of a URL; the portal's own folder where it is empty."""
    if url:
        from common.storage.s3 import s3_backend  # its client takes half a second to import

        return s3_backend(url)
    return LocalBackend(Path(settings.STORAGE_DIR))
