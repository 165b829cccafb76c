import json
import time
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Any

from asgiref.sync import sync_to_async
from dash.exceptions import PreventUpdate
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_plotly_dash.dash_wrapper import WrappedDash

from bearing_portal.dashboards.embedding.compat import MalformedCallError
from bearing_portal.dashboards.embedding.scripts import bundle_response
from bearing_portal.dashboards.embedding.security import members_only, same_origin
from bearing_portal.dashboards.explorer import state as explorer_state
from bearing_portal.dashboards.explorer.app import explorer_app
from bearing_portal.dashboards.explorer.filters import first_dataset, page_context
from bearing_portal.dashboards.viewer import state as viewer_state
from bearing_portal.dashboards.viewer.app import viewer_app
from bearing_portal.dashboards.viewer.reading import signal_exists
from common.remembered import remembering
from monitoring.health.metrics import CALLBACK_SECONDS
from monitoring.logs.context import log_context

APPS = {app._uid: app for app in (explorer_app, viewer_app)}
MOST_CALLS = 20
PAGES = {explorer_app._uid: "explorer", viewer_app._uid: "viewer"}
_UNKNOWN_S = 0.1  # behind what is known to be quick, before what is known to be slow
_FORGOTTEN = 0.9  # what is left of a slow answer's time after one more answer
# What the answers to a panel's call took in this process, the slowest of late.
_slowest_s: dict[tuple[str, str], float] = {}


@login_required
@require_GET
def viewer(request: HttpRequest) -> HttpResponse:
    """Show the app; it says in the page that a signal does not exist, the status says so too."""
    status = 200 if signal_exists(request.user, request.GET) else 404
    context = {"app": viewer_app, "state": viewer_state.DECLARED}
    return render(request, "dashboards/viewer/page.html", context, status=status)


@login_required
@require_GET
def explorer(request: HttpRequest) -> HttpResponse:
    if not request.GET and (dataset := first_dataset(request.user)):
        return redirect(f"{request.path}?dataset={dataset}")
    context = {
        "app": explorer_app,
        "state": explorer_state.DECLARED,
        **page_context(request.user, request.GET),
    }
    return render(request, "dashboards/explorer/page.html", context)


@require_GET
@members_only
def app_page(request: HttpRequest, ident: str) -> HttpResponse:
    """An app has no page of its own; its address leads to the page that embeds it."""
    _app(ident)
    return redirect(PAGES[ident])


@require_POST
@same_origin
@members_only
def update(request: HttpRequest, ident: str) -> HttpResponse:
    """Run a callback. Nothing is written: no session, no row of the app."""
    app = _app(ident)
    try:
        call = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse(_NOT_JSON, status=400)
    with remembering({}):
        status, answer = _answer(app, call, request)
    return HttpResponse(answer, content_type="application/json", status=status)


@require_POST
@same_origin
@members_only
def update_several(request: HttpRequest, ident: str) -> HttpResponse | StreamingHttpResponse:
    """Run the callbacks of a list, quick ones first; answer each by a line as soon as it can be.

    A page asks several at a time, and one request looks up one session and one person. The first is
    run right here: each of the others takes a way from thread to thread.
    """
    app = _app(ident)
    try:
        calls = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse(_NOT_JSON, status=400)
    if not isinstance(calls, list) or not 0 < len(calls) <= MOST_CALLS:
        return JsonResponse(_NOT_A_LIST, status=400)
    memory: dict[Hashable, Any] = {}

    def line(place: int) -> bytes:
        return _line(app, place, calls[place], request, ident, memory)

    first, *others = _in_turn(ident, calls)
    content, kind = line(first), "application/x-ndjson"
    if not others:
        return HttpResponse(content, content_type=kind)
    return StreamingHttpResponse(_lines(content, line, others), content_type=kind)


@require_GET
def scripts(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """Return scripts of libraries, which hold nothing of the portal or of anybody."""
    bundles = (
        bundle for app in APPS.values() for bundle in app.page.bundles if bundle.name == name
    )
    return bundle_response(request, bundles, digest)


def _app(ident: str) -> WrappedDash:
    if ident not in APPS:
        raise Http404
    return APPS[ident].shared


async def _lines(
    first: bytes, line: Callable[[int], bytes], others: list[int]
) -> AsyncIterator[bytes]:
    yield first
    for place in others:
        yield await sync_to_async(line)(place)


def _line(
    app: WrappedDash,
    place: int,
    call: Any,
    request: HttpRequest,
    ident: str,
    memory: dict[Hashable, Any],
) -> bytes:
    """Return a call's status, its place in the list, and its answer."""
    began_s = time.perf_counter()
    request_id: str = request.request_id  # type: ignore[attr-defined]
    with log_context(request_id=request_id), remembering(memory):
        status, answer = _answer(app, call, request)
    spent_s = time.perf_counter() - began_s
    CALLBACK_SECONDS.labels(ident, str(status)).observe(spent_s)
    if status == 200:  # anything else may name what is no output of a page
        _remember(ident, call, spent_s)
    return f"{status} {place} {answer}\n".encode()


def _in_turn(ident: str, calls: list[Any]) -> list[int]:
    """Return the places of the calls, those first whose answers have been quick.

    So no fast panel waits for a slow one; among its like, each keeps the place the page gave it.
    """
    spent_s = [_slowest_s.get((ident, _output(call)), _UNKNOWN_S) for call in calls]
    return sorted(range(len(calls)), key=spent_s.__getitem__)


def _remember(ident: str, call: Any, spent_s: float) -> None:
    """Note what an answer took; one from the cache does not make its panel a quick one at once."""
    key = ident, _output(call)
    _slowest_s[key] = max(spent_s, _FORGOTTEN * _slowest_s.get(key, 0.0))


def _output(call: Any) -> str:
    return str(call.get("output")) if isinstance(call, dict) else ""


def _answer(app: WrappedDash, call: Any, request: HttpRequest) -> tuple[int, str]:
    """Return the status and the JSON, on one line, with which a call is answered."""
    try:
        return 200, app.dispatch_with_args(call, {"request": request})
    except PreventUpdate:
        return 204, ""
    except MalformedCallError as error:
        return 400, json.dumps(_refusal(f"{error} Reload the page."))


def _refusal(sentence: str) -> dict[str, str]:
    return {"title": "That cannot be done", "sentence": sentence}


_NOT_JSON = _refusal("Not JSON.")
_NOT_A_LIST = _refusal(f"A list of 1 to {MOST_CALLS} calls is expected. Reload the page.")
