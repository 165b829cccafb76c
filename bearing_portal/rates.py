"""Which requests count against which budget of the person or token that asks."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from bearing_portal.frame.errors import respond, trouble_of
from common.errors import TooMany
from common.http.rates import Budget, spend

OF_THE_INTERFACE: Final = Budget(
    "api",
    "API_REQUESTS_PER_MINUTE",
    60,
    "This token asks too often; wait as long as Retry-After says, then go on more slowly.",
)
HEAVY: Final = Budget(
    "heavy",
    "HEAVY_REQUESTS_PER_MINUTE",
    60,
    "You have asked for many exports, previews or predictions; wait a minute and go on.",
)
UPLOADS: Final = Budget(
    "uploads",
    "UPLOADS_PER_MINUTE",
    60,
    "You have begun many uploads; wait a minute, or send more files at once.",
)
UPLOADED: Final = Budget(
    "uploaded",
    "UPLOAD_MB_PER_HOUR",
    3600,
    "You have sent as much as one person may in an hour; go on when the hour is over.",
    per=1_000_000,
)
# Names of addresses. A new one that makes a file, draws a preview or asks a model belongs here.
_HEAVY: Final = {
    *("api-1:feature_table", "api-1:experiment_predict"),
    *("explorer-export", "viewer-export", "experiments:onnx", "experiments:script"),
    *("datasets:download-new", "datasets:version-changes"),
    *("comparison:curves", "imports:row"),
    *("inference:page", "inference:spectra", "inference:batch", "inference:run-csv"),
}
_BEGINS: Final = {"uploads:new", "imports:new", "imports:files"} | {
    *("api-1:import_begin", "api-1:import_offer"),
}
_SENDS: Final = {"uploads:new", "imports:file", "api-1:import_chunks"}
NAMED: Final = _HEAVY | _BEGINS | _SENDS


class RatesMiddleware:
    """Refuse a person's page that is asked for too often; the interface asks `spend_request`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name not in NAMED or name.startswith("api-1:") or not request.user.is_authenticated:
            return None
        try:
            spend_request(request)
        except TooMany as error:
            return respond(request, trouble_of(request, error))
        return None


def spend_request(request: HttpRequest) -> None:
    """Count a request against the budgets of the person it is of.

    Raises
    ------
    TooMany
    """
    for budget, amount in _costs(request):
        spend(budget, f"person {request.user.pk}", amount)


def _costs(request: HttpRequest) -> Iterator[tuple[Budget, int]]:
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in _HEAVY:
        yield HEAVY, 1
    if name in _BEGINS and request.method == "POST":
        yield UPLOADS, 1
    if name in _SENDS and request.method in ("POST", "PATCH"):
        yield UPLOADED, int(request.META.get("CONTENT_LENGTH") or 0)
