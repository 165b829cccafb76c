"""Ask a model about one signal."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import Invalid
from common.http.downloads import name_download
from common.text import signed
from experiments.inference.prediction import (
    DISTANCE_WORDS,
    answer_words,
    coverage_words,
    is_abstained,
)
from experiments.inference.selectors import Answer, models_offered, signal_predict
from experiments.inference.spectra import X, spectra, spectra_axis
from experiments.inference.state import InferenceState
from experiments.models import Experiment
from experiments.results.charts import line_chart, lines_csv
from experiments.selectors import experiment_get
from signals.models import FaultClass, Signal
from signals.selectors import signal_get, uploads_of
from vibration.learning.words import percent


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Choose a model and a signal; the answer stands below."""
    state = InferenceState.read(request.GET)
    offered = list(models_offered(request.user))
    for each in offered:
        result = each.result
        each.scored = f"{percent(result.score)} % on unseen {result.groups_are}"
    signal = signal_get(request.user, state.signal) if state.signal is not None else None
    experiment = _chosen(request.user, state, offered, signal)
    context: dict[str, Any] = {
        "offered": offered,
        "experiment": experiment,
        "signal": signal,
        "uploads": uploads_of(request.user)[:10],
    }
    status = 200
    if experiment is not None and signal is not None:
        try:
            answer = signal_predict(request.user, experiment, signal.pk)
            context |= answer_context(answer)
            context |= {"chart": _chart(request.user, answer)}
        except Invalid as refused:
            context["refusal"], status = refused.sentence, 422
    return render(request, "inference/page.html", context, status=status)


@login_required
@require_GET
def spectra_csv(request: HttpRequest) -> HttpResponse:
    """Send the lines of the page's figure."""
    state = InferenceState.read(request.GET)
    if state.experiment is None or state.signal is None:
        raise Invalid("Choose a model and a signal first.")
    experiment = experiment_get(request.user, state.experiment)
    answer = signal_predict(request.user, experiment, state.signal)
    text = lines_csv(spectra(request.user, answer), X, spectra_axis(answer))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name_download(response, f"spectra {answer.said.subject.name}", ".csv")
    return response


def _chosen(
    user: Any, state: InferenceState, offered: list[Experiment], signal: Signal | None
) -> Experiment | None:
    """Return the model of the address, else the newest of the signal's dataset, else the newest."""
    if state.experiment is not None:
        return experiment_get(user, state.experiment)
    if signal is not None:
        own = (each for each in offered if each.dataset.store_id == signal.store_id)
        return next(own, next(iter(offered), None))
    return next(iter(offered), None)


def answer_context(answer: Answer) -> dict[str, Any]:
    """Return an answer as the page's template takes it."""
    predictor, said = answer.predictor, answer.said
    classes = {each.code: each for each in FaultClass.objects.filter(code__in=predictor.codes)}
    rows = zip(predictor.codes, predictor.class_names, said.probabilities, said.kept, strict=True)
    before = None
    if said.before is not None:
        best = int(said.before.argmax())
        before = {"name": predictor.class_names[best], "p": percent(float(said.before[best]))}
    strongest = max((abs(each.effect) for each in said.reasons), default=0.0) or 1.0
    return {
        "said": said,
        "answer": answer_words(predictor, said),
        "abstained": is_abstained(said),
        "coverage": coverage_words(predictor),
        "distance_words": DISTANCE_WORDS[said.familiarity].format(many=predictor.groups_are),
        "known": predictor.familiarity,
        "top_name": predictor.class_names[said.top],
        "classes": [
            {
                "fault_class": classes.get(code),
                "name": name,
                "p": percent(float(p)),
                "width": f"{100 * float(p):.2f}",
                "held": bool(held),
            }
            for code, name, p, held in rows
        ],
        "reasons": [
            {
                "said": each,
                "width": f"{100 * abs(each.effect) / strongest:.2f}",
                "points": signed(100 * each.effect, 1),
            }
            for each in said.reasons
        ],
        "neighbours": [
            {
                "said": each,
                "signal": answer.signals[each.pk],
                "fault_class": classes.get(each.code),
            }
            for each in said.neighbours
        ],
        "n_hidden": answer.n_hidden,
        "before": before,
    }


def _chart(user: Any, answer: Answer) -> dict[str, Any]:
    lines = spectra(user, answer)
    n = len(lines) - 1
    meta = f"{answer.said.subject.name} and its {n} nearest training signals"
    return line_chart(lines, X, spectra_axis(answer), title="Spectra", meta=meta)
