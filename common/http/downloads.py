"""What every room says over HTTP alike."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

_LONGEST_STEM_BYTES: Final = 150  # file systems take 255 with what a browser adds
_NO_FILE_NAME: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def file_name(stem: str, suffix: str) -> str:
    """Return a name that every system can keep: of a long one the stem is cut, never the suffix."""
    plain = " ".join(_NO_FILE_NAME.sub(" ", stem).split()).strip(". ")
    cut = plain.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore").strip(". ")
    return f"{cut or 'download'}{suffix}"


def name_download(response: HttpResponseBase, stem: str, suffix: str) -> None:
    """Have the browser keep an answer as a file of this name, written as RFC 6266 says."""
    header = content_disposition_header(as_attachment=True, filename=file_name(stem, suffix))
    response.headers["Content-Disposition"] = header or "attachment"


def streamed(
    request: HttpRequest, chunks: Iterator[bytes]
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Return chunks so that each is sent as soon as it is made."""
    # Under ASGI Django reads a plain iterator to its end before it sends the first byte.
    return _one_by_one(chunks) if isinstance(request, ASGIRequest) else chunks


async def _one_by_one(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    # In the thread of the request, whose connection to the database it is.
    take = sync_to_async(lambda: next(chunks, None), thread_sensitive=True)
    while (chunk := await take()) is not None:
        yield chunk
