"""What can be taken away of a dataset."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from common.errors import Invalid, Unavailable
from common.http import file_name
from datasets.exports.files import archive_response, file_response
from datasets.models import Dataset
from datasets.selectors import dataset_checksums, dataset_files, dataset_get
from datasets.services.events import dataset_event
from monitoring.models import SystemEvent


@login_required
@require_safe
def dataset_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the stored HDF5 file as it is; of several files an archive, written on its way."""
    dataset = dataset_get(request.user, pk)
    if dataset.status != Dataset.Status.READY:
        raise Invalid(f"{dataset.name} is not ready, so it has no file yet.")
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
