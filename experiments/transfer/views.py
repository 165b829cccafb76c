"""Two datasets side by side: choose them, follow the work, read the numbers."""

from typing import Any, Final

import numpy as np
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import Invalid, NotAllowed, NotFound
from common.http.downloads import name_download
from common.page_state import read_id
from common.roles import may_manage
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from experiments.models import TransferRun
from experiments.results.charts import Axis, Line, line_chart
from experiments.services.transfers import (
    transfer_cancel,
    transfer_delete,
    transfer_request,
    transfer_retry,
)
from experiments.transfer.files import report_read
from signals.models import FaultClass
from vibration.learning.models import MODELS
from vibration.learning.words import percent

SHOWN: Final = 20
WIDTH, HEIGHT, EDGE = 640.0, 360.0, 12.0


def runs_visible(user: Any) -> QuerySet[TransferRun]:
    """Return the comparisons of datasets that `user` may both see."""
    datasets = datasets_visible(user).order_by().values("pk")
    return TransferRun.objects.filter(first__in=datasets, second__in=datasets)


def run_get(user: Any, pk: int) -> TransferRun:
    """Return a comparison that `user` may see."""
    found = runs_visible(user).select_related("first", "second", "job", "owner").filter(pk=pk)
    run = found.first()
    if run is None:
        raise NotFound("There is no such comparison.")
    return run


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose two datasets; then have them compared."""
    given = request.POST if request.method == "POST" else request.GET
    first, second = (read_id(given.get(name, "")) for name in ("first", "second"))
    model = given.get("model", "forest")
    refused, status = "", 200
    if request.method == "POST":
        try:
            if first is None or second is None:
                raise Invalid("Choose two datasets.")
            made = transfer_request(user=request.user, first=first, second=second, model=model)
            return redirect("transfer:run", made.pk)
        except Invalid as error:
            refused, status = error.sentence, 422
    ready = datasets_visible(request.user).filter(status=Dataset.Status.READY).order_by("name")
    context = {
        "datasets": list(ready[:500]),
        "models": list(MODELS.values()),
        "first": first,
        "second": second,
        "model": model,
        "refusal": refused,
        "runs": runs_visible(request.user).select_related("first", "second", "job")[:SHOWN],
    }
    return render(request, "transfer/page.html", context, status=status)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers of a comparison, or how far the work is."""
    found = run_get(request.user, pk)
    context: dict[str, Any] = {
        "run": found,
        "is_mine": may_manage(request.user, found.owner_id),
        "model": MODELS[found.model].title,
    }
    if found.ready_at is not None:
        context |= shown(report_read(found), request.GET.get("class", ""))
    return render(request, "transfer/run.html", context)


@login_required
@require_POST
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    transfer_cancel(user=request.user, run=run_get(request.user, pk))
    return redirect("transfer:run", pk)


@login_required
@require_POST
def run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    transfer_retry(user=request.user, run=run_get(request.user, pk))
    return redirect("transfer:run", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a comparison is to go; then remove it."""
    found = run_get(request.user, pk)
    if not may_manage(request.user, found.owner_id):
        raise NotAllowed("Only who began this comparison may delete it.")
    if request.method != "POST":
        return render(request, "transfer/_delete.html", {"run": found})
    transfer_delete(user=request.user, run=found)
    return redirect("transfer:page")


@login_required
@require_GET
def run_json(request: HttpRequest, pk: int) -> HttpResponse:
    """Send all numbers of a comparison."""
    found = run_get(request.user, pk)
    if found.ready_at is None:
        raise Invalid("This comparison is not ready yet.")
    response = JsonResponse(report_read(found))
    name_download(response, f"{found.first.name} and {found.second.name}", ".json")
    return response


def shown(report: dict[str, Any], asked: str) -> dict[str, Any]:
    """Return the numbers of a comparison as the page's template takes them."""
    names = dict(FaultClass.objects.values_list("code", "name"))
    codes = [each["class"] for each in report["spectra"]]
    code = asked if asked in codes else next(iter(codes), "")
    most = max((each["distance"] or 0 for each in report["shifts"]), default=0) or 1
    return {
        "report": report,
        "transfer": [_transfer(each) for each in report["transfer"]],
        "shifts": [
            each
            | {"width": f"{100 * (each['distance'] or 0) / most:.2f}"}
            | {"lacking": [percent(share) for share in each["missing"]]}
            for each in report["shifts"]
        ],
        "plane": _plane(report, names),
        "spectra_classes": [(each, names.get(each, each)) for each in codes],
        "spectra_class": code,
        "chart": _spectra_chart(report, code, names) if code else None,
    }


def _transfer(said: dict[str, Any]) -> dict[str, Any]:
    interval = said["interval"]
    return said | {
        "score_text": percent(said["score"]),
        "interval_text": "–" if interval is None else "–".join(map(percent, interval)),
        "balanced_text": percent(said["balanced_accuracy"]),
        "majority_text": percent(said["majority"]),
    }


def _plane(report: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return the points of both sides in one plane, in the figure's own units."""
    sides = [report["plane"][side] for side in ("first", "second")]
    places = np.array([[x, y] for side in sides for x, y, *_ in side])
    low, high = np.quantile(places, 0.005, axis=0), np.quantile(places, 0.995, axis=0)
    span = np.where(high > low, high - low, 1.0)

    def at(x: float, y: float) -> tuple[str, str]:
        across, up = np.clip((np.array([x, y]) - low) / span, 0, 1).tolist()
        return (
            f"{EDGE + (WIDTH - 2 * EDGE) * across:.1f}",
            f"{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * up:.1f}",
        )

    points = [
        [
            {"x": at(x, y)[0], "y": at(x, y)[1], "class": names.get(code, code), "pk": pk}
            for x, y, code, pk in side
        ]
        for side in sides
    ]
    return {
        "first": points[0],
        "second": points[1],
        "explained": [percent(share) for share in report["plane"]["explained"]],
        "width": int(WIDTH),
        "height": int(HEIGHT),
    }


def _spectra_chart(report: dict[str, Any], code: str, names: dict[str, str]) -> dict[str, Any]:
    found = next(each for each in report["spectra"] if each["class"] == code)
    lines = []
    for side, parts in (("first", ("median", "low", "high")), ("second", ("median",))):
        curve, name = found[side], report[side]["name"]
        words = {"median": "median", "low": "10 %", "high": "90 %"}
        lines += [
            Line(
                f"{name}, {words[part]}",
                np.array(curve["f_hz"]),
                np.array(curve[part]),
                note=f"n = {curve['n']}" if part == "median" else "",
            )
            for part in parts
        ]
    return line_chart(
        lines,
        Axis("Frequency (Hz)"),
        Axis("PSD (dB re 1 unit²/Hz)"),
        title="Spectra over the class's band",
        meta=names.get(code, code),
    )
