"""What can be taken away of the signals that the explorer shows, and all of its rows as a file."""

from collections.abc import Callable, Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from common.errors import Invalid, NotFound
from common.http.downloads import name_download, streamed
from datasets.exports.offers import offers_across
from datasets.models import Dataset
from datasets.scope import queried_scope
from datasets.views.answers import is_fragment
from datasets.views.downloads import downloads as downloads_of_dataset
from monitoring.events import event_record
from monitoring.models import SystemEvent
from signals.exploration.exports import csv_chunks, parquet_chunks
from signals.filters.grid import SORTS
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter

FORMATS: dict[str, tuple[Callable[[Scope, str], Iterator[bytes]], str]] = {
    "csv": (csv_chunks, "text/csv; charset=utf-8"),
    "parquet": (parquet_chunks, "application/vnd.apache.parquet"),
}


@login_required
@require_GET
def downloads(request: HttpRequest) -> HttpResponse:
    """What can be had of the signals that an address of the explorer shows: a dialog."""
    chosen = SignalFilter.from_query(request.GET).dataset
    if not is_fragment(request):
        return redirect(f"{reverse('explorer')}?{request.GET.urlencode()}")
    if chosen is not None:
        return downloads_of_dataset(request, chosen)
    context = offers_across(request.user, request.GET)
    return render(request, "datasets/_download_dialog.html", context)


@login_required
@require_GET
def export(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Send every signal of the filter in the address, in the order of the table; of a selection
    and column filters alone.
    """
    if code not in FORMATS:
        raise NotFound("There is no such format; choose CSV or Parquet.")
    chunks, content_type = FORMATS[code]
    scope, order = queried_scope(request.user, request.GET), _order(request)
    dataset = Dataset.objects.filter(store=scope.store).first() if scope.store else None
    name = f"{dataset.name} signals" if dataset else "Signals"
    event_record(
        kind=SystemEvent.Kind.EXPORTED,
        actor=request.user,
        subject=name,
        detail=f"{code}: {scope.filter.describe(scope.unit_words())}",
        about=scope.store.about if scope.store else "",
    )
    response = StreamingHttpResponse(
        streamed(request, chunks(scope, order)), content_type=content_type
    )
    name_download(response, name, f".{code}")
    return response


def _order(request: HttpRequest) -> str:
    order = request.GET.get("sort", "")
    if order and order.removeprefix("-") not in SORTS:
        raise Invalid("The table cannot be sorted like this; choose a column's head.")
    return order
