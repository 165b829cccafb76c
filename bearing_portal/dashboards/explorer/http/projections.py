"""A projection that is being computed, as a part of the page that is read again and again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from common.errors import Invalid
from common.roles import may_manage
from monitoring.jobs.lifecycle import job_cancel_request
from signals.projections.selectors import projection_get


@login_required
@require_GET
def projection_state(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far a projection is; without progress once it is no longer computed."""
    row = projection_get(request.user, key)
    mine = row.job is not None and may_manage(request.user, row.job.owner_id)
    parts = {"projection": row, "job": row.job, "is_mine": mine}
    return render(request, "dashboards/explorer/_projection.html", parts)


@login_required
@require_POST
def projection_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Stop computing a projection; whoever asked for it first may."""
    row = projection_get(request.user, key)
    if row.job is None:
        raise Invalid("Nothing is being computed; there is nothing to cancel.")
    job_cancel_request(user=request.user, job=row.job)
    return HttpResponse(status=204)
