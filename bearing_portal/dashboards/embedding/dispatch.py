import json

from dash.exceptions import PreventUpdate
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_plotly_dash.dash_wrapper import WrappedDash

from bearing_portal.dashboards.embedding.compat import MalformedCallError
from bearing_portal.dashboards.embedding.security import allow_scripts_of, members_only, same_origin
from bearing_portal.dashboards.embedding.suites import suite_response
from bearing_portal.dashboards.explorer import state as explorer_state
from bearing_portal.dashboards.explorer.app import explorer_app
from bearing_portal.dashboards.explorer.filters import first_dataset, page_context
from bearing_portal.dashboards.viewer import state as viewer_state
from bearing_portal.dashboards.viewer.app import viewer_app
from bearing_portal.dashboards.viewer.reading import signal_exists

APPS = {app._uid: app for app in (explorer_app, viewer_app)}
PAGES = {explorer_app._uid: "explorer", viewer_app._uid: "viewer"}


@login_required
@require_GET
def viewer(request: HttpRequest) -> HttpResponse:
    """Show the app; it says in the page that a signal does not exist, the status says so too."""
    status = 200 if signal_exists(request.user, request.GET) else 404
    response = render(
        request,
        "dashboards/viewer/page.html",
        {"app": viewer_app, "state": viewer_state.DECLARED},
        status=status,
    )
    allow_scripts_of(response, request.dpd_content_handler.embedded_holder.scripts)  # type: ignore[attr-defined]
    return response


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
    response = render(request, "dashboards/explorer/page.html", context)
    allow_scripts_of(response, request.dpd_content_handler.embedded_holder.scripts)  # type: ignore[attr-defined]
    return response


@require_GET
@members_only
def app_page(request: HttpRequest, ident: str) -> HttpResponse:
    """An app has no page of its own; its address leads to the page that embeds it."""
    _app(ident)
    return redirect(PAGES[ident])


@require_GET
@members_only
def layout(request: HttpRequest, ident: str) -> HttpResponse:
    return _from_dash(ident, "dash-layout")


@require_GET
@members_only
def dependencies(request: HttpRequest, ident: str) -> HttpResponse:
    return _from_dash(ident, "dash-dependencies")


@require_POST
@same_origin
@members_only
def update(request: HttpRequest, ident: str) -> HttpResponse:
    """Run a callback. Nothing is written: no session, no row of the app."""
    app = _app(ident)
    try:
        answer = app.dispatch_with_args(json.loads(request.body), {"request": request})
    except PreventUpdate:
        return HttpResponse(status=204)
    except (MalformedCallError, ValueError, RecursionError) as error:
        return _malformed(error)
    return HttpResponse(answer, content_type="application/json")


@require_GET
def component_suite(request: HttpRequest, ident: str, package: str, resource: str) -> HttpResponse:
    return suite_response(request, _app(ident), package, resource)


def _app(ident: str) -> WrappedDash:
    if ident not in APPS:
        raise Http404
    return APPS[ident].shared


def _from_dash(ident: str, endpoint: str) -> HttpResponse:
    answer = _app(ident).locate_endpoint_function(endpoint)()
    return HttpResponse(answer.data, content_type=answer.mimetype)


def _malformed(error: Exception) -> JsonResponse:
    sentence = f"{error} Reload the page." if isinstance(error, MalformedCallError) else "Not JSON."
    return JsonResponse({"title": "That cannot be done", "sentence": sentence}, status=400)
