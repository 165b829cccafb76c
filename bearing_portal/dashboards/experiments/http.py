"""What the result page asks for: its figures in a theme."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from bearing_portal.dashboards.experiments import figures as draw
from bearing_portal.frame.design.tokens import THEMES, color
from common.errors import NotFound
from experiments.models import Experiment
from experiments.results.files import report_read
from experiments.results.insights import insight_numbers
from experiments.selectors import experiment_get
from signals.models import FaultClass


@login_required
@require_GET
def figures(request: HttpRequest, pk: int) -> JsonResponse:
    """Every figure of a ready experiment by name."""
    experiment = experiment_get(request.user, pk)
    if experiment.status != Experiment.Status.READY:
        raise NotFound("This experiment has no figures: it is not trained.")
    theme = request.GET.get("theme", "")
    theme = theme if theme in THEMES else THEMES[0]
    report = report_read(experiment)
    known = {each.code: each for each in FaultClass.objects.all()}
    looks = []
    for code, name in zip(report["class_codes"], report["classes"], strict=True):
        own = known.get(code)
        colour = own.colour if own else color(theme, "trace")
        looks.append((name, colour, own.dash if own else "solid"))
    found = {
        "roc": draw.roc(report, looks, theme),
        "precision-recall": draw.precision_recall(report, looks, theme),
        "calibration": draw.calibration(report, theme),
        "folds": draw.folds(report, theme),
    }
    if numbers := insight_numbers(experiment):
        if numbers["importance"]:
            found["importance"] = draw.importance(numbers, theme)
        if numbers["learning_curve"]:
            found["learning-curve"] = draw.learning_curve(numbers, theme)
    return JsonResponse({name: figure.to_plotly_json() for name, figure in found.items()})
