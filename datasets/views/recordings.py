"""The recordings of an imported dataset: listed, and their files as they were brought."""

import re
from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from common.errors import Invalid, Unavailable
from common.http.downloads import file_name
from datasets.exports.files import file_response
from datasets.pages.listing import recordings_listed
from datasets.selectors import dataset_get, original_path, recording_get, specimen_get
from datasets.services.bearing import dataset_specimen_choose
from datasets.services.events import dataset_event
from datasets.views.datasets import done
from monitoring.models import SystemEvent
from signals.services.bearings import bearing_get


@login_required
@require_GET
def dataset_recordings(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the recordings."""
    dataset = dataset_get(request.user, pk)
    context = {
        "dataset": dataset,
        **recordings_listed(request.user, dataset, request.GET.get("page", "1")),
    }
    return render(request, "datasets/_recordings.html", context)


@login_required
@require_POST
def specimen_type(request: HttpRequest, pk: int, specimen_pk: int) -> HttpResponse:
    """Of which type a specimen is; its bearing orders are measured anew."""
    dataset = dataset_get(request.user, pk)
    specimen = specimen_get(request.user, dataset, specimen_pk)
    chosen = request.POST.get("bearing", "")
    if chosen and not re.fullmatch("[0-9]{1,18}", chosen, re.ASCII):
        raise Invalid("Choose a bearing type of the list.")
    dataset_specimen_choose(
        user=request.user,
        dataset=dataset,
        specimen=specimen,
        bearing=bearing_get(request.user, int(chosen)) if chosen else None,
        url=reverse("datasets:detail", args=[dataset.pk]),
    )
    return done()


@login_required
@require_safe
def recording_original(request: HttpRequest, pk: int, recording_pk: int) -> HttpResponseBase:
    """The file of a recording, byte for byte."""
    dataset = dataset_get(request.user, pk)
    recording = recording_get(request.user, dataset, recording_pk)
    name = PurePosixPath(recording.name)
    filename = file_name(name.stem, name.suffix)
    try:
        path = original_path(dataset, recording)
        response = file_response(request, path, filename, sha256=recording.sha256)
    except FileNotFoundError as error:
        raise Unavailable(f"{name.name} is missing from the storage.") from error
    if response.status_code == 200 and request.method == "GET":
        said = f"original {name.name}"[:200]
        dataset_event(dataset, SystemEvent.Kind.EXPORTED, request.user, said)
    return response
