"""Send a dataset's files without holding them: a chunk at a time, under ASGI too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse

from common.http import name_download
from common.storage import Stored
from datasets.exports.archives import archive_chunks

CHUNK_BYTES = 1 << 20


def file_response(request: HttpRequest, stored_file: Stored, filename: str) -> FileResponse:
    file = stored_file.open()
    response = FileResponse(file, as_attachment=True, filename=filename)
    if isinstance(request, ASGIRequest):
        # Under ASGI Django reads a plain file to its end before it sends the first byte.
        response.streaming_content = _chunks(file)
    return response


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


def archive_response(
    request: HttpRequest, files: list[tuple[str, Stored]], filename: str
) -> StreamingHttpResponse:
    """Send several files as one archive, which is written while it travels."""
    for _, path in files:
        path.size_bytes()  # missing ones are said before the first byte
    chunks = archive_chunks(files)
    is_async = isinstance(request, ASGIRequest)
    content = _one_by_one(chunks) if is_async else chunks
    response = StreamingHttpResponse(content, content_type="application/zip")
    stem, _, suffix = filename.rpartition(".")
    name_download(response, stem, f".{suffix}")
    return response


async def _one_by_one(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
