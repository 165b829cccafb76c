"""Middleware of the site: request ids, sentences for errors, a word for expired sessions."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from bearing_portal.frame.errors import error_response, wants_fragment
from common.remembered import remembering
from monitoring.logs.context import log_context, request_id_for

logger = logging.getLogger(__name__)

SLOW_S = 2.0
QUIET = (settings.STATIC_URL, "/healthz", "/readyz", "/metrics")

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give each request an id: it is in the answer's header and in every line of the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request_id_for(request.headers.get("X-Request-ID"))
        request.request_id = request_id  # type: ignore[attr-defined]
        with log_context(request_id=request_id), _memory_of(request):
            start_s = time.perf_counter()
            response = self.get_response(request)
            _log_answer(request, response, time.perf_counter() - start_s)
        response["X-Request-ID"] = request_id
        return response


def _memory_of(request: HttpRequest) -> AbstractContextManager[None]:
    # Who writes may read what was written.
    return remembering({}) if request.method in ("GET", "HEAD") else nullcontext()


def _log_answer(request: HttpRequest, response: HttpResponse, duration_s: float) -> None:
    # Without the query: what a person searches for is not the log's business.
    level = logging.DEBUG if _is_quiet(request, response) else logging.INFO
    if duration_s > SLOW_S:
        level = logging.WARNING
    duration_ms = round(1000 * duration_s)
    method, path, status = request.method, request.path, response.status_code
    logger.log(
        level,
        "%s %s: %d in %d ms",
        method,
        path,
        status,
        duration_ms,
        extra={"method": method, "path": path, "status": status, "duration_ms": duration_ms},
    )


def _is_quiet(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether machines and a page's own scripts ask this all the time, and all is well."""
    if request.method != "GET" or response.status_code >= 400:
        return False
    return wants_fragment(request) or request.path.startswith(QUIET)


class PrivateMiddleware:
    """Have neither browsers nor proxies keep an answer that does not say it may be kept.

    Pages are of one person; after the log-out nobody goes back to them. Static files, and the
    scripts of Dash, say themselves how long they last.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class ErrorMiddleware:
    """Turn what a view raises into a sentence with the right status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_response(request, error)


class ExpiredSessionMiddleware:
    """Answer 401 where a script would be sent to the log-in page: the page then says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 302 or not wants_fragment(request):
            return response
        if not response["Location"].startswith(resolve_url(settings.LOGIN_URL)):
            return response
        return HttpResponse("You have been logged out.", status=401, content_type="text/plain")
