"""Ask a model about all signals of an explorer's filter, and read what it said."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import Invalid, NotAllowed
from common.http.downloads import name_download, streamed
from common.page_state import read_id
from common.roles import may_manage
from common.text.spreadsheets import harmless
from datasets.scope import queried_scope
from experiments.inference.selectors import models_offered, run_counts, run_get
from experiments.models import PredictionRun, SignalPrediction
from experiments.selectors import experiment_get
from experiments.services.predictions import (
    predictions_cancel,
    predictions_delete,
    predictions_request,
    predictions_retry,
)
from signals.models import FaultClass
from vibration.learning.words import percent

SHOWN: Final = 100
BLOCK: Final = 2_000
Outcome = SignalPrediction.Outcome
_HEAD: Final = (
    *("signal", "label", "class", "outcome", "answer", "set at 90 %", "probability", "distance"),
    *("trained on", "refusal"),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Choose a model for the signals of the address; then ask it."""
    query = request.GET.copy()
    chosen = read_id(request.POST.get("experiment", "") or query.get("experiment", ""))
    query.pop("experiment", None)
    refused, status = "", 200
    if request.method == "POST":
        if chosen is None:
            raise Invalid("Choose a model first.")
        experiment = experiment_get(request.user, chosen)
        try:
            run = predictions_request(user=request.user, experiment=experiment, query=query)
            return redirect("inference:run", run.pk)
        except Invalid as error:
            refused, status = error.sentence, 422
    n = queried_scope(request.user, query).signals().count()
    context = {
        "offered": list(models_offered(request.user)),
        "chosen": chosen,
        "n_signals": n,
        "has_dataset": bool(query.get("dataset")),
        "query": query.urlencode(),
        "refusal": refused,
    }
    return render(request, "inference/batch.html", context, status=status)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What a model said of the signals of a filter, by answer and signal by signal."""
    found = run_get(request.user, pk)
    answers = found.predictions.select_related("signal__fault_class").order_by("signal")[:SHOWN]
    classes = {each.code: each for each in FaultClass.objects.all()}
    context = {
        "run": found,
        "rows": _rows(found, classes),
        "answers": [_shown(each, classes) for each in answers],
        "most": SHOWN,
        "n": found.predictions.count(),
        "is_mine": may_manage(request.user, found.owner_id),
        "explorer": _explorer(found),
    }
    return render(request, "inference/run.html", context)


@login_required
@require_POST
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    predictions_cancel(user=request.user, run=run_get(request.user, pk))
    return redirect("inference:run", pk)


@login_required
@require_POST
def run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    predictions_retry(user=request.user, run=run_get(request.user, pk))
    return redirect("inference:run", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether predictions are to go; then remove them."""
    found = run_get(request.user, pk)
    if not may_manage(request.user, found.owner_id):
        raise NotAllowed("Only who began these predictions may delete them.")
    if request.method != "POST":
        return render(request, "inference/_delete.html", {"run": found})
    predictions_delete(user=request.user, run=found)
    return redirect("inference:page")


@login_required
@require_GET
def run_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send every answer of a run."""
    found = run_get(request.user, pk)
    response = StreamingHttpResponse(
        streamed(request, _csv(found)), content_type="text/csv; charset=utf-8"
    )
    name_download(response, f"predictions {found.experiment.name}", ".csv")
    return response


def _csv(found: PredictionRun) -> Iterator[bytes]:
    yield _line(_HEAD)
    answers = found.predictions.select_related("signal__fault_class").order_by("signal")
    for each in answers.filter(signal__row__gte=0).iterator(BLOCK):
        signal = each.signal
        yield _line(
            (
                signal.pk,
                signal.label,
                signal.fault_class.code if signal.fault_class else "",
                each.outcome,
                each.answer,
                " ".join(each.kept),
                "" if each.probability is None else f"{each.probability:.6g}",
                "" if each.distance is None else f"{each.distance:.6g}",
                "yes" if each.was_trained_on else "no",
                each.refusal,
            )
        )


def _line(cells: tuple[Any, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(harmless(cell) if isinstance(cell, str) else cell for cell in cells)
    return out.getvalue().encode()


def _explorer(found: PredictionRun) -> str:
    return f"{reverse('explorer')}?{urlencode({'dataset': found.dataset_id})}"


def _rows(found: PredictionRun, classes: dict[str, FaultClass]) -> list[dict[str, Any]]:
    rows = []
    for each in run_counts(found):
        outcome = Outcome(each["outcome"])
        said = each["answer"] if outcome is Outcome.ANSWERED else f"-{outcome.value}"
        sel = urlencode({"sel": f"said:{found.experiment_id}:{said}"})
        agreeing = None
        if outcome is Outcome.ANSWERED and each["n_labelled"]:
            agreeing = percent(each["n_agreeing"] / each["n_labelled"])
        rows.append(
            {
                "fault_class": classes.get(each["answer"]),
                "words": each["answer"] or outcome.label,
                "n": each["n"],
                "n_labelled": each["n_labelled"],
                "agreeing": agreeing,
                "href": f"{_explorer(found)}&{sel}",
            }
        )
    return rows


def _shown(each: SignalPrediction, classes: dict[str, FaultClass]) -> dict[str, Any]:
    p = None if each.probability is None else percent(each.probability)
    names = [classes[code].name if code in classes else code for code in each.kept]
    return {
        "said": each,
        "signal": each.signal,
        "fault_class": classes.get(each.answer),
        "p": p,
        "kept": " or ".join(names),
    }
