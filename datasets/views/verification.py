"""Verifying a dataset from its page."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.errors import Invalid
from datasets.models import Dataset
from datasets.selectors import dataset_get
from datasets.services.downloads import ready_prove
from datasets.services.verifying import verification_cancel, verification_request
from datasets.verification.shown import SAMPLE, verification_get, verifications_shown
from datasets.views.answers import is_fragment


@login_required
@require_GET
def verifications(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    ready_prove(dataset)
    if not is_fragment(request):
        return redirect(reverse("datasets:detail", args=[pk]) + "#verification")
    return _shown(request, dataset)


@login_required
@require_POST
def verification_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for one record, a sample, or all."""
    dataset = dataset_get(request.user, pk)
    what = request.POST.get("what", "")
    asked: dict[str, int] = {}
    if what == "record":
        asked = {"row": _number(request.POST.get("row", ""))}
    elif what == "sample":
        asked = {"sample": SAMPLE}
    elif what != "all":
        raise Invalid("Choose a record, a sample, or all.")
    verification_request(user=request.user, dataset=dataset, **asked)
    return _shown(request, dataset)


@login_required
@require_POST
def verification_stop(request: HttpRequest, pk: int, verification_pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    verification = verification_get(request.user, dataset, verification_pk)
    verification_cancel(user=request.user, verification=verification)
    return _shown(request, dataset)


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise Invalid("Enter the number of a record, from 0.")
    return int(text)


def _shown(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    context = {"dataset": dataset, **verifications_shown(request.user, dataset)}
    return render(request, "datasets/_verification.html", context)
