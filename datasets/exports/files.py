"""Send a dataset's files without holding them: a chunk at a time, under ASGI too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import PurePath

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from common.http.downloads import name_download
from common.http.ranges import Answer, Served, answer_to
from common.storage import Stored
from datasets.exports.archives import archive_chunks

CHUNK_BYTES = 1 << 19
_TYPES = {".h5": "application/x-hdf5", ".zip": "application/zip"}


def file_response(
    request: HttpRequest, file: Stored, filename: str, *, sha256: str = ""
) -> HttpResponseBase:
    """Send a file, or the part of it that is asked for, so that a broken download can go on.

    Raises
    ------
    FileNotFoundError
        Where the file is missing.
    """
    changed_at = datetime.fromtimestamp(file.changed_s(), UTC)
    served = Served(file.size_bytes(), changed_at, sha256)
    answer = answer_to(request.headers, served)
    response = _answered(request, file, answer)
    for name, value in served.headers().items():
        response.headers[name] = value
    if content_range := answer.content_range(served.size_bytes):
        response.headers["Content-Range"] = content_range
    if answer.status in (200, 206):
        response.headers["Content-Length"] = str(answer.n_bytes)
        stem, suffix = PurePath(filename).stem, PurePath(filename).suffix
        response.headers["Content-Type"] = _TYPES.get(suffix, "application/octet-stream")
        name_download(response, stem, suffix)
    return response


def _answered(request: HttpRequest, file: Stored, answer: Answer) -> HttpResponseBase:
    if request.method == "HEAD" or answer.status in (304, 416):
        return HttpResponse(status=answer.status)
    is_async = isinstance(request, ASGIRequest)
    content = _sent(file, answer) if is_async else _parts(file, answer)
    return StreamingHttpResponse(content, status=answer.status)


def _parts(stored_file: Stored, answer: Answer) -> Iterator[bytes]:
    left = answer.n_bytes
    with stored_file.open() as file:
        file.seek(answer.start)
        while left and (part := file.read(min(CHUNK_BYTES, left))):
            left -= len(part)
            yield part


async def _sent(file: Stored, answer: Answer) -> AsyncIterator[bytes]:
    # A file may travel for an hour; the connection to the database goes back before.
    await sync_to_async(close_old_connections, thread_sensitive=True)()
    async for part in one_by_one(_parts(file, answer)):
        yield part


def archive_response(
    request: HttpRequest, files: list[tuple[str, Stored]], filename: str
) -> StreamingHttpResponse:
    """Send several files as one archive, which is written while it travels."""
    for _, file in files:
        file.size_bytes()  # missing ones are said before the first byte
    chunks = archive_chunks(files)
    is_async = isinstance(request, ASGIRequest)
    content = one_by_one(chunks) if is_async else chunks
    response = StreamingHttpResponse(content, content_type="application/zip")
    stem, _, suffix = filename.rpartition(".")
    name_download(response, stem, f".{suffix}")
    return response


async def one_by_one(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield what blocks while it is read, each in a thread."""
    # Under ASGI Django reads a plain iterator to its end before it sends the first byte.
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
