"""The portal's addresses, a Dash app whose only callback does nothing, and a view that does it."""

from dash import Input, Output, html
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from bearing_portal.dashboards.embedding import dispatch
from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.urls import urlpatterns as portal_urlpatterns

trivial = PortalDash("trivial")
trivial.layout = html.Div([html.Button(id="asked"), html.P(id="said")])


@trivial.callback(Output("said", "children"), [Input("asked", "n_clicks")])
@guarded
def say(n_clicks: int | None, *, user: object) -> str:
    return f"{user} {n_clicks}"


@login_required
@require_POST
def plain(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"said": f"{request.user} {len(request.body)}"})


dispatch.APPS["trivial"] = trivial
urlpatterns = [path("plain/", plain), *portal_urlpatterns]
handler400 = "bearing_portal.frame.views.bad_request"
handler403 = "bearing_portal.frame.views.forbidden"
handler404 = "bearing_portal.frame.views.not_found"
handler500 = "bearing_portal.frame.views.server_error"
