"""How files reach a draft: a list of them, then each in chunks by the tus protocol 1.0."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_POST

from common.errors import Invalid
from datasets.imports.selectors import draft_get, import_file_get
from datasets.imports.services.drafts import draft_create, file_remove, files_offer, offer
from datasets.imports.services.receiving import (
    CHECKSUMS,
    Checksum,
    Conflict,
    Damaged,
    chunk_receive,
)
from datasets.models import ImportFile

TUS: Final = "1.0.0"
CHUNK_TYPE: Final = "application/offset+octet-stream"
MOST_OFFERED: Final = 500  # the list of them is a body of the usual size
View = Callable[..., HttpResponse]


def _tus(view: View) -> View:
    """Speak the protocol's version, and refuse others."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_known = request.method == "OPTIONS" or request.headers.get("Tus-Resumable") == TUS
        response = view(request, *args, **kwargs) if is_known else HttpResponse(status=412)
        response["Tus-Resumable"] = TUS
        if not is_known or request.method == "OPTIONS":
            response["Tus-Version"] = TUS
        return response

    return answer


@login_required
@require_POST
def draft_new(request: HttpRequest) -> HttpResponse:
    """Make a draft for files that were dropped; the script goes on with it."""
    draft = draft_create(owner=request.user)
    return JsonResponse(
        {
            "page": reverse("imports:draft", args=[draft.pk]),
            "files": reverse("imports:files", args=[draft.pk]),
            "read": reverse("imports:read", args=[draft.pk]),
        },
        status=201,
    )


@login_required
@require_POST
def files_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make room for files; say where each is sent, and how much of it has come."""
    draft = draft_get(request.user, pk)
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid("The list of files cannot be read.") from error
    files = said.get("files") if isinstance(said, dict) else None
    if not isinstance(files, list) or len(files) > MOST_OFFERED:
        raise Invalid(f"A list holds at most {MOST_OFFERED} files.")
    rows = files_offer(user=request.user, draft=draft, files=offer(files))
    return JsonResponse({"files": [_described(row) for row in rows]})


@login_required
def file_chunks(request: HttpRequest, pk: int) -> HttpResponse:
    """One file, as the page sends it."""
    return file_exchange(request, pk)


@_tus
def file_exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: how much of it has come, the next chunk, its removal."""
    if request.method == "OPTIONS":
        headers = {
            "Tus-Extension": "checksum,expiration,termination",
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        return HttpResponse(status=204, headers=headers)
    file = import_file_get(request.user, pk)
    if request.method == "HEAD":
        return HttpResponse(headers=_state(file) | {"Cache-Control": "no-store"})
    if request.method == "PATCH":
        return _chunk(request, file)
    if request.method == "DELETE":
        file_remove(user=request.user, file=file)
        return HttpResponse(status=204)
    return HttpResponse(status=405, headers={"Allow": "OPTIONS, HEAD, PATCH, DELETE"})


def _chunk(request: HttpRequest, file: ImportFile) -> HttpResponse:
    if request.content_type != CHUNK_TYPE:
        return HttpResponse(status=415)
    offset = _whole_number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
    n_bytes = _whole_number(request.META.get("CONTENT_LENGTH") or "", "Content-Length")
    try:
        received = chunk_receive(
            file=file,
            offset=offset,
            n_bytes=n_bytes,
            stream=request,
            checksum=Checksum.read(request.headers.get("Upload-Checksum", "")),
        )
    except Conflict as error:
        return HttpResponse(error.sentence, status=409, content_type="text/plain")
    except Damaged as error:
        return HttpResponse(
            error.sentence, status=460, reason="Checksum Mismatch", content_type="text/plain"
        )
    received.draft = file.draft
    return HttpResponse(status=204, headers=_state(received))


def _state(file: ImportFile) -> dict[str, str]:
    return {
        "Upload-Offset": str(file.received_bytes),
        "Upload-Length": str(file.size_bytes),
        "Upload-Expires": http_date(file.draft.expires_at.timestamp()),
    }


def _whole_number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(f"{what} is a whole number of bytes.")
    return int(text)


def _described(file: ImportFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "url": reverse("imports:file", args=[file.pk]),
        "size": file.size_bytes,
        "received": file.received_bytes,
    }
