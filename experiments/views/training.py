from typing import Any

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.errors import Expected, Invalid, NotAllowed
from common.roles import is_engineer
from experiments.services.requests import experiment_request
from experiments.training.forms import TrainingForm
from experiments.training.planning import Planned, wish_plan
from experiments.training.rows import CONDITIONS
from signals.models import FaultClass
from vibration.learning.models import MODELS


@login_required
@require_http_methods(["GET", "POST"])
def training(request: HttpRequest) -> HttpResponse:
    """The page on which a training is put together; its address holds every choice."""
    form = TrainingForm.read(
        request.user, request.POST if request.method == "POST" else request.GET
    )
    if request.method != "POST":
        return _page(request, form, _planned(request.user, form))
    if form.dataset is None:
        raise Invalid("Choose the dataset to train on.")
    if not is_engineer(request.user):
        raise NotAllowed("Training models needs the engineer role; ask an administrator for it.")
    try:
        experiment, _ = experiment_request(
            owner=request.user,
            dataset=form.dataset,
            wish=form.wish(),
            name=form.texts.get("title", ""),
            is_once=True,
        )
    except Invalid as error:
        return _page(request, form, {"refusal": str(error)}, status=422)
    return redirect("experiments:detail", experiment.pk)


def _planned(user: Any, form: TrainingForm) -> dict[str, Any]:
    if form.dataset is None:
        return {}
    try:
        planned = wish_plan(user, form.dataset, form.wish())
    except Expected as error:
        return {"refusal": str(error)}
    return {"planned": planned, "counts": _counts(planned)}


def _counts(planned: Planned) -> list[dict[str, Any]]:
    """Return of each class its signals and groups."""
    rows = planned.rows
    classes = {each.code: each for each in FaultClass.objects.filter(code__in=rows.classes)}
    return [
        {
            "fault_class": classes[code],
            "n": int((rows.y == number).sum()),
            "n_groups": int(np.unique(rows.groups[rows.y == number]).size),
        }
        for number, code in enumerate(rows.classes)
    ]


def _page(
    request: HttpRequest, form: TrainingForm, planned: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "models": [model for model in MODELS.values() if model.code != "majority"],
        "conditions": CONDITIONS,
        "may_train": is_engineer(request.user),
        **planned,
    }
    if form.dataset is not None:
        context["class_counts"] = form.dataset.class_counts.select_related("fault_class")
        context["chosen_classes"] = form.query.getlist("class")
        context["filter_words"] = _filter_words(form)
    return render(request, "experiments/training.html", context, status=status)


def _filter_words(form: TrainingForm) -> str:
    try:
        return form.chosen.describe() if form.kept_pairs else ""
    except Invalid as error:
        return str(error)
