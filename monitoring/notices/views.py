from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from common.errors import NotFound
from common.page_state import read_id
from monitoring.models import Notification
from monitoring.notices.services import notifications_mark_read
from monitoring.selectors import notifications_for, unread_count

SHOWN = 30


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The bell's list."""
    return _bell(request)


@login_required
@require_GET
def new_notices(request: HttpRequest) -> JsonResponse:
    """Unread notices newer than the last one the page knows: it shows them as toasts."""
    after = request.GET.get("after", "")
    mine = notifications_for(request.user)
    newest = mine.first()
    latest = newest.pk if newest else 0
    # One that comes while this is answered is left to the next reading: it would be shown twice.
    fresh = mine.filter(read_at__isnull=True, pk__gt=read_id(after) or 0, pk__lte=latest)
    return JsonResponse(
        {
            "unread": unread_count(request.user),
            "latest": latest,
            "notices": [_as_dict(notice) for notice in fresh.order_by("pk")[:SHOWN]],
        }
    )


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notifications_mark_read(user=request.user)
    return _bell(request)


@login_required
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the notice read and go to the thing it speaks of."""
    notice = notifications_for(request.user).filter(pk=pk).first()
    if notice is None:
        raise NotFound("There is no such notice.")
    notifications_mark_read(user=request.user, ids=[notice.pk])
    if url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("home")


def _bell(request: HttpRequest) -> HttpResponse:
    context = {
        "notices": notifications_for(request.user)[:SHOWN],
        "unread": unread_count(request.user),
    }
    return render(request, "monitoring/_notices.html", context)


def _as_dict(notice: Notification) -> dict[str, object]:
    return {
        "id": notice.pk,
        "level": notice.level,
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
    }
