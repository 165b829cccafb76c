"""The recordings of an imported dataset: listed, and their files as they were brought."""

from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from common.errors import Unavailable
from common.http import file_name
from datasets.exports.files import file_response
from datasets.listing import recordings_listed
from datasets.selectors import dataset_get, original_path, recording_get
from datasets.services.events import dataset_event
from monitoring.models import SystemEvent


@login_required
@require_GET
def dataset_recordings(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the recordings."""
    dataset = dataset_get(request.user, pk)
    context = {"dataset": dataset, **recordings_listed(dataset, request.GET.get("page", "1"))}
    return render(request, "datasets/_recordings.html", context)


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
