"""Labels that their neighbours contradict: looked at, confirmed or changed by a person."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid
from common.page_state import read_id
from datasets.models import Dataset
from datasets.pages.reviewing import review_shown, reviewed_signal
from datasets.selectors import dataset_get
from datasets.services.downloads import ready_prove
from datasets.views.answers import is_fragment
from signals.models import FaultClass, Signal
from signals.services.labels import Relabel, signals_relabel
from signals.services.reviews import label_confirm, reviewer_prove


@login_required
@require_GET
@vary_on_headers("HX-Request")
def label_review(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    ready_prove(dataset)
    return _shown(request, dataset, read_id(request.GET.get("signal", "")))


@login_required
@require_POST
def review_confirm(request: HttpRequest, pk: int, signal_pk: int) -> HttpResponse:
    """The label is right."""
    dataset = dataset_get(request.user, pk)
    reviewer_prove(request.user, dataset.store)
    signal = reviewed_signal(dataset, signal_pk)
    label_confirm(user=request.user, signal=signal)
    said = f"{signal} stays {signal.fault_class}."
    return _shown(request, dataset, read_id(request.POST.get("next", "")), said)


@login_required
@require_POST
def review_relabel(request: HttpRequest, pk: int, signal_pk: int) -> HttpResponse:
    """The label is another one, for a reason that the version keeps."""
    dataset = dataset_get(request.user, pk)
    reviewer_prove(request.user, dataset.store)
    signal = reviewed_signal(dataset, signal_pk)
    fault_class = FaultClass.objects.filter(code=request.POST.get("class", "")[:40]).first()
    if fault_class is None:
        raise Invalid("Choose the class that the signal should carry.")
    done = signals_relabel(
        user=request.user,
        signals=Signal.objects.filter(pk=signal.pk),
        labels=Relabel(fault_class=fault_class),
        reason=request.POST.get("reason", ""),
    )
    said = f"{signal} is {fault_class} now." if done.n else f"{signal} was {fault_class} already."
    dataset = dataset_get(request.user, pk)
    return _shown(request, dataset, read_id(request.POST.get("next", "")), said)


def _shown(
    request: HttpRequest, dataset: Dataset, signal_pk: int | None, said: str = ""
) -> HttpResponse:
    context = {"dataset": dataset, "said": said, **review_shown(request.user, dataset, signal_pk)}
    template = "datasets/_review.html" if is_fragment(request) else "datasets/review.html"
    return render(request, template, context)
