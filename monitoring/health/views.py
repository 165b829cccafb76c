"""System Health for people, and its answers for machines."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.health.access import may_read_details
from monitoring.health.metrics import CONTENT_TYPE_LATEST, exposition
from monitoring.health.page import footer_context, page_context, summary_context
from monitoring.health.readings import SUMMARY

READY_S = 5.0  # anybody may ask: no more than one look every five seconds
NOT_READY_S = 1.0  # a portal that starts, or comes back, is not kept waiting as long


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "monitoring/health.html", page_context(request.user))


@login_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The part of the page that is read again every few seconds."""
    context = page_context(request.user) | {"is_fragment": True}
    return render(request, "monitoring/_health.html", context)


@login_required
@require_safe
@never_cache
def score(request: HttpRequest) -> HttpResponse:
    """Home's gauge."""
    return render(request, "monitoring/_score.html", summary_context())


@login_required
@require_safe
@never_cache
def footer(request: HttpRequest) -> HttpResponse:
    """So many checks pass: the foot of every page."""
    return render(request, "monitoring/_footer.html", footer_context())


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at: a restart would not mend it."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The verdicts of `check_health`; 503 while one fails."""
    checks = SUMMARY.read(at_most_s=READY_S).value.checks
    if not all(check.ok for check in checks):
        checks = SUMMARY.read(at_most_s=NOT_READY_S).value.checks
    detailed = may_read_details(request)
    ready = all(check.ok for check in checks)
    answer = {
        "ok": ready,
        "checks": [
            {"name": check.name, "ok": check.ok}
            | ({"detail": check.detail, "advice": check.advice} if detailed else {})
            for check in checks
        ],
    }
    return JsonResponse(answer, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    if may_read_details(request):
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    sentence = "Metrics are for staff, for the holder of METRICS_TOKEN, or for this machine.\n"
    answer = HttpResponse(sentence, status=401, content_type="text/plain")
    answer["WWW-Authenticate"] = "Bearer"
    return answer
