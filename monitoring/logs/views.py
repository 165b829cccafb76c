from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from common.errors import NotFound
from monitoring.logs.format import LEVELS, log_tail


@dataclass(frozen=True)
class LogQuery:
    level: str
    text: str


@login_required
@require_GET
@never_cache
def logs(request: HttpRequest) -> HttpResponse:
    """The log's newest lines, for staff; for others there is no such page."""
    if not request.user.is_staff:
        raise NotFound("There is nothing at this address, or not for you.")
    level = request.GET.get("level", "")
    query = LogQuery(
        level=level if level in LEVELS else "",
        text=request.GET.get("q", "").strip()[:100],
    )
    tail = log_tail(level=query.level, text=query.text)
    levels = [{"code": "", "name": "All", "n": 0}]
    levels += [{"code": k, "name": k.capitalize(), "n": tail.counts.get(k, 0)} for k in LEVELS]
    context = {"tail": tail, "query": query, "levels": levels}
    return render(request, "monitoring/_log.html", context)
