"""What can be taken away of a dataset."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from common.errors import Unavailable
from common.http.downloads import file_name
from datasets.exports.files import archive_response, file_response
from datasets.exports.offers import MOST_ASKED, offers
from datasets.models import Dataset
from datasets.scope import part_query
from datasets.selectors import dataset_checksums, dataset_files, dataset_get
from datasets.services.downloads import (
    download_cancel,
    download_file,
    download_get,
    download_request,
    ready_prove,
)
from datasets.services.events import dataset_event
from datasets.views.answers import is_fragment
from monitoring.models import SystemEvent


@login_required
@require_safe
def dataset_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the stored HDF5 file as it is; of several files an archive, written on its way."""
    dataset = dataset_get(request.user, pk)
    ready_prove(dataset)
    files = dataset_files(dataset)
    try:
        if len(files) == 1:
            path, sha256 = files[0][1], dataset_checksums(dataset)[files[0][0]]
            name = file_name(dataset.name, ".h5")
            response: HttpResponseBase = file_response(request, path, name, sha256=sha256)
        else:
            response = archive_response(request, files, file_name(dataset.name, ".zip"))
    except FileNotFoundError as error:
        raise Unavailable(f"The file of {dataset.name} is missing from the storage.") from error
    if response.status_code == 200 and request.method == "GET":  # not each part of one download
        dataset_event(dataset, SystemEvent.Kind.EXPORTED, request.user, "hdf5")
    return response


@login_required
@require_GET
def downloads(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be had of a dataset, or of the part that the address means: a dialog, or a panel."""
    dataset = dataset_get(request.user, pk)
    ready_prove(dataset)
    if not is_fragment(request):
        return redirect(reverse("datasets:detail", args=[pk]) + "#downloads")
    template = "_downloads.html" if "panel" in request.GET else "_download_dialog.html"
    return _offered(request, dataset, template)


@login_required
@require_POST
def download_new(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    download_request(user=request.user, dataset=dataset, form=code, query=_part(request))
    return _offered(request, dataset, "_downloads.html")


@login_required
@require_POST
def download_stop(request: HttpRequest, pk: int, download_pk: int) -> HttpResponse:
    dataset = dataset_get(request.user, pk)
    row = download_get(request.user, dataset, download_pk)
    download_cancel(user=request.user, download=row)
    return _offered(request, dataset, "_downloads.html")


@login_required
@require_safe
def download_built(request: HttpRequest, pk: int, download_pk: int) -> HttpResponseBase:
    """The file that was built, to its owner, while the dataset may be seen."""
    dataset = dataset_get(request.user, pk)
    row = download_get(request.user, dataset, download_pk)
    if not row.is_ready:
        raise Unavailable("This file is still being prepared; wait for its notice.")
    try:
        return file_response(request, download_file(row), row.filename, sha256=row.sha256)
    except FileNotFoundError as error:
        raise Unavailable(
            f"{row.filename} is missing from the storage; ask for it again."
        ) from error


def _part(request: HttpRequest) -> str:
    return part_query(request.GET, MOST_ASKED)


def _offered(request: HttpRequest, dataset: Dataset, template: str) -> HttpResponse:
    context = {"dataset": dataset, **offers(request.user, dataset, _part(request))}
    return render(request, f"datasets/{template}", context)
