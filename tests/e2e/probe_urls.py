"""A page with a Dash app that uses what the compatibility module repairs."""

from dash import Input, Output, ctx, html, set_props
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from bearing_portal.dashboards.embedding import dispatch
from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.urls import urlpatterns as portal_urlpatterns

PAGE = """{% extends "base.html" %}{% load dash static %}
{% block content %}{% dash_app app %}{% endblock %}
{% block scripts %}<script src="{% static 'js/calls.js' %}"></script>
{% dash_scripts app %}<script src="{% static 'js/starter.js' %}" defer></script>{% endblock %}"""

probe = PortalDash("probe")
probe.layout = html.Div(
    [
        html.Button("First", id="first"),
        html.Button("Second", id="second"),
        html.P(id="said"),
        html.P(id="beside"),
    ]
)


@probe.callback(Output("said", "children"), [Input("first", "n_clicks")])
@guarded
def first(n_clicks, *, user):
    set_props("beside", {"children": f"{user} pressed {n_clicks or 0} times"})
    return f"triggered by {ctx.triggered_id}"


@probe.callback(
    Output("said", "children", allow_duplicate=True),
    [Input("second", "n_clicks")],
    prevent_initial_call=True,
)
@guarded
def second(n_clicks, *, user):
    return f"second {n_clicks} by {ctx.triggered_id}"


def probe_page(request: HttpRequest) -> HttpResponse:
    page = Template(PAGE).render(RequestContext(request, {"app": probe}))
    return HttpResponse(page)


dispatch.APPS["probe"] = probe
urlpatterns = [path("probe/", probe_page), *portal_urlpatterns]
