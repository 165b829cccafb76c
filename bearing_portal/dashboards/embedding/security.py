"""What stands between the network and a Dash app."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
EXPIRED = {"title": "Your session has ended", "sentence": "Log in again; the address is kept."}
ELSEWHERE = {"title": "Not allowed", "sentence": "The request came from another site."}

View = Callable[..., HttpResponse]


def members_only(view: View) -> View:
    """Answer 401 to a script whose person is not logged in; the page says it and keeps its URL."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse(EXPIRED, status=401)
        return view(request, *args, **kwargs)

    return check


def same_origin(view: View) -> View:
    """Refuse what another site's page sends. Django's CSRF check of token and Origin stands too."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return JsonResponse(ELSEWHERE, status=403)
        return view(request, *args, **kwargs)

    return check


def allow_scripts_of(response: HttpResponse, markup: str) -> None:
    """Allow by their hashes the inline scripts that stand in `markup`, on this page alone."""
    hashes = inline_hashes(markup)
    response._csp_update = {"script-src": hashes}  # type: ignore[attr-defined]


def inline_hashes(markup: str) -> list[str]:
    """Return the CSP source of each script without `src` that a browser would run."""
    inline = [
        body
        for attributes, body in SCRIPT.findall(markup)
        if "src=" not in attributes and "application/json" not in attributes
    ]
    digests = [hashlib.sha256(body.encode()).digest() for body in inline]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
