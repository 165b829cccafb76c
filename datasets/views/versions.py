"""The versions of a dataset: one by its own address, two compared, one undone."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.errors import Invalid
from common.http.downloads import name_download
from common.page_state import read_id
from common.text.spreadsheets import harmless
from datasets.models import Dataset
from datasets.pages.listing import version_described
from datasets.selectors import dataset_get
from datasets.versioning.versions import changed_signals, comparison, version_get, versions_of
from datasets.views.answers import done
from signals.services.versions import version_undo

EACH = 50
HEAD = (
    *("id", "label", "class before", "severity before", "class after", "severity after"),
    "change",
)


@login_required
@require_GET
def version_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions of a dataset."""
    dataset = dataset_get(request.user, pk)
    page = Paginator(versions_of(request.user, dataset), EACH).get_page(request.GET.get("page"))
    for version in page.object_list:
        version_described(request.user, dataset, version)
    context = {"dataset": dataset, "page": page, "versions": page.object_list}
    return render(request, "datasets/versions.html", context)


@login_required
@require_GET
def version_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version, by an address that stays: what it holds, and what it changed."""
    dataset = dataset_get(request.user, pk)
    version = version_described(request.user, dataset, version_get(request.user, dataset, number))
    before = versions_of(request.user, dataset).filter(number__lt=number).first()
    context = {
        "dataset": dataset,
        "version": version,
        "before": before,
        "found": comparison(request.user, dataset, (before or version).number, number),
        "splits": version.splits.all(),
        "is_current": number == dataset.store.version,
        "address": request.build_absolute_uri(),
    }
    return render(request, "datasets/version.html", context)


@login_required
@require_GET
def version_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions side by side: what became what, by whom and why."""
    dataset = dataset_get(request.user, pk)
    first, second = _two(request, dataset)
    found = comparison(request.user, dataset, first, second)
    for version in found.acts:
        version_described(request.user, dataset, version)
    context = {
        "dataset": dataset,
        "found": found,
        "numbers": list(versions_of(request.user, dataset).values_list("number", flat=True)),
    }
    return render(request, "datasets/version_compare.html", context)


@login_required
@require_GET
def version_changes(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Each signal that differs between two versions, as CSV."""
    dataset = dataset_get(request.user, pk)
    first, second = _two(request, dataset)
    for number in (first, second):
        version_get(request.user, dataset, number)
    response = StreamingHttpResponse(
        _lines(request.user, dataset, first, second), content_type="text/csv; charset=utf-8"
    )
    name_download(response, f"{dataset.name} versions {first} to {second}", ".csv")
    return response


@login_required
@require_POST
def version_take_back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Undo what one version changed, as a new version."""
    dataset = dataset_get(request.user, pk)
    version = version_get(request.user, dataset, number)
    made = version_undo(user=request.user, version=version, reason=request.POST.get("reason", ""))
    if "HX-Request" in request.headers:
        return done()
    return redirect("datasets:version", dataset.pk, made.number)


def _two(request: HttpRequest, dataset: Dataset) -> tuple[int, int]:
    if not {"first", "second"} & set(request.GET):
        current = dataset.store.version  # an address typed by hand: the last act
        return max(current - 1, 1), current
    first, second = (read_id(request.GET.get(key, "")) for key in ("first", "second"))
    if first is None or second is None:
        raise Invalid("Choose two versions by their numbers to compare them.")
    return first, second


def _lines(user: Any, dataset: Dataset, first: int, second: int) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEAD)
    for pk, label, before, after in changed_signals(user, dataset, first, second):
        change = "added" if before is None else "removed" if after is None else "relabelled"
        cells = [harmless(text) for text in (label, *(before or ("", "")), *(after or ("", "")))]
        writer.writerow([pk, *cells, change])
        if buffer.tell() > 1 << 15:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
