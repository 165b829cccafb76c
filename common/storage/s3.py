"""A storage that is a bucket of a server that speaks S3.

The client is pyarrow's, which the portal has in any case. An object appears when its upload is
complete, so a process that is killed leaves nothing to be seen.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from pyarrow import fs

from common.errors import Unavailable
from common.storage.entry import Entry
from common.storage.url import S3Place, s3_place

CONNECT_S: Final = 3.0
ANSWER_S: Final = 10.0
_TRIES: Final = 2
_BUFFER_BYTES: Final = 1 << 20
_COPY_BYTES: Final = 8 << 20
_LAST: Final = "metadata.json"  # says that the files beside it are there
_KEPT_OPEN: Final = 256


class StorageUnavailable(Unavailable, OSError):  # noqa: N818  (as what it is a kind of)
    """The S3 server is gone, slow or refuses; a sentence for the person, an error of files too."""

    def __init__(self, sentence: str) -> None:
        Unavailable.__init__(self, sentence)
        self.strerror = sentence.rstrip(".")


@lru_cache(maxsize=4)
def s3_backend(url: str, process: int | None = None) -> "S3Backend":
    """Return the storage of a URL; a forked process makes a client of its own."""
    if process is None:
        return s3_backend(url, os.getpid())
    place = s3_place(url)
    return S3Backend(place.prefix, _client(place))


def _client(place: S3Place) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        access_key=place.access_key,
        secret_key=place.secret_key,
        region=place.region,
        scheme=place.scheme,
        endpoint_override=place.endpoint,
        connect_timeout=CONNECT_S,
        request_timeout=ANSWER_S,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
    )


@dataclass(frozen=True, eq=False)
class S3Backend:
    """Objects below a prefix of a bucket; a folder is what objects' names begin with.

    Attributes
    ----------
    prefix : str
        Bucket, and what all names in it begin with.
    client : S3FileSystem
    """

    prefix: str
    client: fs.S3FileSystem

    def path(self, key: str) -> None:
        del key

    def open(self, key: str) -> BinaryIO:
        with _told(key):
            return io.BufferedReader(_Reader(self.client.open_input_file(self._at(key)), key),
                                     _BUFFER_BYTES)  # fmt: skip

    def read_range(self, key: str, version: str, offset: int, n_bytes: int) -> bytes:
        with _told(key):
            # To open is a request of its own: what is of known content is opened once.
            file = (
                _opened(self, key, version)
                if version
                else self.client.open_input_file(self._at(key))
            )
            content: bytes = file.read_at(n_bytes, offset)
            return content

    def entry(self, key: str) -> Entry | None:
        with _told(key):
            (found,) = self.client.get_file_info([self._at(key)])
        return self._entry(found) if found.type == fs.FileType.File else None

    def entries(self, key: str) -> Iterator[Entry]:
        for each in self._below(key, recursive=True):
            if each.type == fs.FileType.File:
                yield self._entry(each)

    def names(self, key: str) -> list[str]:
        return sorted(each.base_name for each in self._below(key, recursive=False))

    def changed_s(self, key: str) -> float | None:
        entry = self.entry(key)
        if entry is not None:
            return entry.changed_s
        return max((each.changed_s for each in self.entries(key)), default=None)

    def put(self, key: str, file: Path) -> None:
        self._upload(key, file)
        file.unlink()

    def put_folder(self, key: str, folder: Path) -> None:
        files = {f"{key}/{each.relative_to(folder).as_posix()}": each
                 for each in sorted(folder.rglob("*")) if each.is_file()}  # fmt: skip
        before = {entry.key for entry in self.entries(key)}
        for name in sorted(files, key=lambda name: (name.endswith(_LAST), name)):
            self._upload(name, files[name])
        for name in before - files.keys():
            self.discard(name)
        shutil.rmtree(folder)

    def discard(self, key: str) -> None:
        with _told(key):
            (found,) = self.client.get_file_info([self._at(key)])
            if found.type == fs.FileType.File:
                self.client.delete_file(self._at(key))
            elif found.type == fs.FileType.Directory:
                self.client.delete_dir(self._at(key))

    def _at(self, key: str) -> str:
        return f"{self.prefix}/{key}" if key else self.prefix

    def _entry(self, found: Any) -> Entry:
        return Entry(found.path.removeprefix(f"{self.prefix}/"), found.size, found.mtime_ns / 1e9)

    def _below(self, key: str, *, recursive: bool) -> list[Any]:
        selector = fs.FileSelector(self._at(key), allow_not_found=True, recursive=recursive)
        with _told(key):
            found: list[Any] = self.client.get_file_info(selector)
        return sorted(found, key=lambda each: each.path)

    def _upload(self, key: str, file: Path) -> None:
        size_bytes = file.stat().st_size
        with file.open("rb") as here, _told(key):
            there = self.client.open_output_stream(self._at(key), buffer_size=None)
            try:
                shutil.copyfileobj(here, there, _COPY_BYTES)
                there.close()
                (found,) = self.client.get_file_info([self._at(key)])
                if found.size != size_bytes:
                    raise StorageUnavailable(
                        f"The storage kept {found.size} of {size_bytes} bytes of {file.name}. "
                        "Try again."
                    )
            except BaseException:
                self._forget_half(there, key)
                raise

    def _forget_half(self, stream: Any, key: str) -> None:
        """Closing completes an upload, also one that was cut short: remove what came of it."""
        try:
            stream.close()
            self.client.delete_file(self._at(key))
        except OSError:  # it is as unreachable as before: nothing was completed
            return


@lru_cache(maxsize=_KEPT_OPEN)
def _opened(backend: S3Backend, key: str, version: str) -> Any:
    del version
    return backend.client.open_input_file(backend._at(key))


class _Reader(io.RawIOBase):
    """An object, read by ranges."""

    def __init__(self, file: Any, key: str) -> None:
        super().__init__()
        self._file, self._key, self._at, self._size = file, key, 0, int(file.size())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        n_bytes: int = max(0, min(len(buffer), self._size - self._at))
        if n_bytes:
            with _told(self._key):
                content: bytes = self._file.read_at(n_bytes, self._at)
            n_bytes = len(content)
            buffer[:n_bytes] = content
            self._at += n_bytes
        return n_bytes


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Say in words what the client says in codes; that a file is not there passes unchanged."""
    try:
        yield
    except (FileNotFoundError, StorageUnavailable):
        raise
    except OSError as error:
        raise StorageUnavailable(_sentence(str(error))) from error


def _sentence(said: str) -> str:
    if "ACCESS_DENIED" in said or "HTTP status 403" in said or "INVALID_ACCESS_KEY" in said:
        return "The storage refuses the portal's key. Tell an administrator."
    if "NO_SUCH_BUCKET" in said:
        return "The storage's bucket is not there. Tell an administrator."
    if "HTTP status 507" in said or "QuotaExceeded" in said:
        return "The storage is full. Tell an administrator."
    return "The storage does not answer. Try again in a minute."
