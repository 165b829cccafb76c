"""Experiments side by side: the page, and its curves as CSV."""

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import Invalid, NotFound
from common.http.downloads import name_download
from common.text import signed
from experiments.comparison.curves import CURVES, curve_lines
from experiments.comparison.selectors import (
    Run,
    against_baseline,
    runs_of,
    settings_that_differ,
)
from experiments.comparison.state import MOST, ComparisonState
from experiments.models import Experiment, ExperimentResult
from experiments.results.charts import line_chart, lines_csv
from experiments.selectors import experiments_visible
from signals.models import FaultClass
from vibration.learning.words import percent

OFFERED: Final = 100


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Compare the experiments of the address, or choose some."""
    state = ComparisonState.read(_ids_as_one(request))
    if len(state.ids) < 2:
        ready = experiments_visible(request.user).filter(status=Experiment.Status.READY)
        offered = ready.select_related("config", "result", "dataset")[:OFFERED]
        context: dict[str, Any] = {
            "offered": [
                {"experiment": each, "score": percent(each.result.score)} for each in offered
            ],
            "chosen": state.ids,
            "most": MOST,
        }
        return render(request, "comparison/choose.html", context)
    runs = runs_of(request.user, state.ids)
    baseline = next((run for run in runs if run.experiment.pk == state.baseline), runs[0])
    codes, fault_class = _classes(runs, state.fault_class)
    charts = []
    for code, curve in CURVES.items():
        lines = curve_lines(runs, code, fault_class)
        of = f"{_name_of(fault_class)}, pooled over folds" if curve.of_class else "pooled"
        chart = line_chart(
            lines, curve.x, curve.y, title=curve.title, meta=of, diagonal=curve.has_diagonal
        )
        charts.append({"code": code, "chart": chart})
    context = {
        "runs": _columns(runs, baseline),
        "ids": ",".join(map(str, state.ids)),
        "baseline": baseline.experiment,
        "differences": settings_that_differ(runs),
        "metrics": _metrics(runs),
        "fault_classes": [(code, _name_of(code)) for code in codes],
        "fault_class": fault_class,
        "charts": charts,
    }
    return render(request, "comparison/page.html", context)


@login_required
@require_GET
def curves_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Send the lines of one of the page's figures."""
    if code not in CURVES:
        raise NotFound("There is no such curve.")
    state = ComparisonState.read(_ids_as_one(request))
    runs = runs_of(request.user, state.ids)
    _, fault_class = _classes(runs, state.fault_class)
    curve = CURVES[code]
    text = lines_csv(curve_lines(runs, code, fault_class), curve.x, curve.y)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name_download(response, curve.title, ".csv")
    return response


def _ids_as_one(request: HttpRequest) -> Any:
    """Return the address with the ids of a form's boxes as one text."""
    query = request.GET.copy()
    query["ids"] = ",".join(request.GET.getlist("ids")[: MOST + 1])
    return query


def _classes(runs: list[Run], asked: str) -> tuple[list[str], str]:
    codes = list(dict.fromkeys(code for run in runs for code in run.codes))
    if not codes:
        raise Invalid("These experiments have no class.")
    return codes, asked if asked in codes else codes[0]


def _name_of(code: str) -> str:
    found = FaultClass.objects.filter(code=code).values_list("name", flat=True).first()
    return found or code


def _columns(runs: list[Run], baseline: Run) -> list[dict[str, Any]]:
    return [
        {
            "experiment": run.experiment,
            "against": said,
            "is_baseline": run is baseline,
            "score": percent(run.experiment.result.score),
        }
        for run, said in zip(runs, against_baseline(runs, baseline), strict=True)
    ]


def _metrics(runs: list[Run]) -> list[tuple[str, list[str]]]:
    results = [run.experiment.result for run in runs]
    return [
        ("Score (%)", [_with_interval(each) for each in results]),
        ("Random split (%)", [percent(each.random_score) for each in results]),
        ("Gap (points)", [signed(100 * each.gap, 1) for each in results]),
        ("Majority class (%)", [percent(each.majority) for each in results]),
        ("Balanced accuracy (%)", [percent(each.balanced_accuracy) for each in results]),
        ("Macro-F1 (%)", [percent(each.macro_f1) for each in results]),
        ("Time of a fit (s)", [f"{each.fit_s:.3g}" for each in results]),
        ("Time of a prediction (ms)", [f"{1000 * each.predict_s:.3g}" for each in results]),
        ("Size of the model (kB)", [f"{each.model_bytes / 1000:.0f}" for each in results]),
    ]


def _with_interval(result: ExperimentResult) -> str:
    if result.low is None or result.high is None:
        return percent(result.score)
    return f"{percent(result.score)} ({percent(result.low)}–{percent(result.high)})"
