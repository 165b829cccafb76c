"""Send a dataset's file without holding it: a chunk at a time, under ASGI too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest

CHUNK_BYTES = 1 << 20


def file_response(request: HttpRequest, path: Path, filename: str) -> FileResponse:
    file = path.open("rb")
    response = FileResponse(file, as_attachment=True, filename=filename)
    if isinstance(request, ASGIRequest):
        # Under ASGI Django reads a plain file to its end before it sends the first byte.
        response.streaming_content = _chunks(file)
    return response


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk
