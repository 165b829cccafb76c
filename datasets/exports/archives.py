"""Several files as one zip archive, unpacked, sent while it is written."""

import io
import time
import zipfile
from collections.abc import Iterable, Iterator

from common.storage import Stored

CHUNK_BYTES = 1 << 20


class _Sink(io.RawIOBase):
    """A file that is carried away as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview[int]") -> int:  # type: ignore[override]
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        joined = b"".join(self._parts)
        self._parts.clear()
        return joined


def archive_chunks(files: Iterable[tuple[str, Stored]]) -> Iterator[bytes]:
    """Yield a zip archive of files, by the names they have in it."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, path in files:
            info = zipfile.ZipInfo(name, time.localtime(path.changed_s())[:6])
            info.file_size = path.size_bytes()
            with archive.open(info, "w", force_zip64=True) as entry, path.open() as file:
                while chunk := file.read(CHUNK_BYTES):
                    entry.write(chunk)
                    yield sink.taken()
    yield sink.taken()
