"""Time every request; callbacks of embedded apps by app."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitoring.health.metrics import CALLBACK_SECONDS, REQUEST_SECONDS

CALLBACK_VIEW = "app-update-component"
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began_s = time.perf_counter()
        response = self.get_response(request)
        record(request, response.status_code, time.perf_counter() - began_s)
        return response


def record(request: HttpRequest, status: int, took_s: float) -> None:
    """Count the request under its view's name: labels must not grow with what people type."""
    match = request.resolver_match
    if match is not None and match.url_name == CALLBACK_VIEW:
        CALLBACK_SECONDS.labels(match.kwargs.get("ident", ""), str(status)).observe(took_s)
    view = match.view_name if match is not None else "none"
    method = request.method if request.method in _METHODS else "other"
    REQUEST_SECONDS.labels(view or "unnamed", method, str(status)).observe(took_s)
