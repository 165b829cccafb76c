"""What the explorer asks outside of Dash: the filter's form, the line above the panels, views."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from bearing_portal.dashboards.explorer.filters import filters_context, line_context
from common.errors import Invalid
from signals.projections.selectors import projections_lasting
from signals.services.saved_views import (
    may_share,
    saved_view_change,
    saved_view_delete,
    saved_view_get,
    saved_view_query,
    saved_view_save,
    saved_views_visible,
)


@login_required
@require_GET
def filters(request: HttpRequest) -> HttpResponse:
    """The form and the line, after the filter changed."""
    context = filters_context(request.user, request.GET)
    return render(request, "dashboards/explorer/_filters.html", {**context, "with_line": True})


@login_required
@require_GET
def line(request: HttpRequest) -> HttpResponse:
    """The line alone, after the selection changed."""
    context = line_context(request.user, request.GET)
    return render(request, "dashboards/explorer/_line.html", context)


@login_required
@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """The menu of saved views: one's own, then shared ones."""
    found = list(saved_views_visible(request.user))
    lasting = projections_lasting(request.user)
    own, shared = [], []
    for view in found:
        view.query = saved_view_query(view, lasting)
        (own if view.owner_id == request.user.pk else shared).append(view)
    return render(request, "dashboards/explorer/_views.html", {"own": own, "shared": shared})


@login_required
@require_http_methods(["GET", "POST"])
def view_new(request: HttpRequest) -> HttpResponse:
    """The dialog that keeps what the address says under a name."""
    if request.method != "POST":
        return _view_form(request, request.GET.get("query", ""))
    form = request.POST
    try:
        saved = saved_view_save(
            user=request.user,
            name=form.get("name", ""),
            query=form.get("query", ""),
            is_shared="shared" in form,
        )
    except Invalid as error:
        return _view_form(request, form.get("query", ""), error=error)
    return _said(f"“{saved.name}” is saved")


@login_required
@require_http_methods(["GET", "POST"])
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog that renames, replaces, shares or deletes a view."""
    view, form = saved_view_get(request.user, pk), request.POST
    if request.method != "POST":
        if "delete" in request.GET:
            return render(request, "dashboards/explorer/_view_delete.html", {"view": view})
        return _view_form(request, request.GET.get("query", ""), view)
    if "delete" in form:
        saved_view_delete(user=request.user, view=view)
        return _said(f"“{view.name}” is deleted")
    query = form.get("query", "") if "replace" in form else view.query
    try:
        saved_view_change(
            user=request.user,
            view=view,
            name=form.get("name", ""),
            query=query,
            is_shared="shared" in form,
        )
    except Invalid as error:
        return _view_form(request, form.get("query", ""), saved_view_get(request.user, pk), error)
    return _said(f"“{view.name}” is saved")


def _view_form(
    request: HttpRequest, query: str, view: Any = None, error: Invalid | None = None
) -> HttpResponse:
    context = {
        "view": view,
        "query": query,
        "name": request.POST.get("name", view.name if view else ""),
        "may_share": may_share(request.user),
        "error": error.sentence if error else "",
    }
    return render(request, "dashboards/explorer/_view.html", context, status=422 if error else 200)


def _said(title: str) -> HttpResponse:
    """Close the dialog and say what was done."""
    # In this order: once the dialog is closed its form is gone, and nothing it says is heard.
    events = json.dumps(
        {"explorer:said": {"level": "success", "title": title}, "dialog:close": None}
    )
    return HttpResponse(status=204, headers={"HX-Trigger": events})
