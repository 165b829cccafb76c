"""Groups of features beside the 36: what the filter's dataset has, and what can be measured."""

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.errors import Invalid
from datasets.models import Dataset
from datasets.pages.listing import feature_groups
from datasets.selectors import dataset_get
from signals.services.feature_groups import features_cancel, features_request


@login_required
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    """The menu of groups; a click has one measured by a job, or stops it."""
    given = request.POST if request.method == "POST" else request.GET
    dataset = _dataset(request, given.get("dataset", ""))
    why = ""
    if dataset is not None and request.method == "POST":
        group, page = given.get("group", ""), f"{reverse('explorer')}?dataset={dataset.pk}"
        try:
            if given.get("act") == "cancel":
                features_cancel(user=request.user, store=dataset.store, group=group)
            else:
                features_request(user=request.user, store=dataset.store, group=group, url=page)
        except Invalid as error:  # the menu says how things stand now
            why = error.sentence
    context: dict[str, Any] = {"dataset": dataset, "why": why}
    if dataset is not None:
        context |= feature_groups(request.user, dataset)
    return render(request, "dashboards/explorer/_groups.html", context)


def _dataset(request: HttpRequest, text: str) -> Dataset | None:
    if text and not re.fullmatch("[0-9]{1,18}", text, re.ASCII):
        raise Invalid("Choose a dataset of the list.")
    return dataset_get(request.user, int(text)) if text else None
