"""Features of all signals of a filter, as one table."""

from typing import Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from common.http.downloads import name_download, streamed
from datasets.scope import explorer_scope
from signals.exploration.exports import arrow_chunks, csv_chunks, parquet_chunks
from signals.filters.signal_filter import SignalFilter

router = Router()

KINDS = {
    "arrow": (arrow_chunks, "application/vnd.apache.arrow.stream"),
    "parquet": (parquet_chunks, "application/vnd.apache.parquet"),
    "csv": (csv_chunks, "text/csv; charset=utf-8"),
}


@router.get("/features", summary="Index and features of all signals of a filter")
def feature_table(
    request: HttpRequest,
    format: Literal["arrow", "parquet", "csv"] = "arrow",
    dataset: int | None = None,
) -> StreamingHttpResponse:
    """One row a signal, its facts before its features; the filter as at `/signals`. It is sent
    while it is made, however many rows there are.
    """
    del dataset  # read with the rest of the filter; named here for the documentation
    scope = explorer_scope(request.user, SignalFilter.from_query(request.GET))
    chunks, content_type = KINDS[format]
    response = StreamingHttpResponse(streamed(request, chunks(scope)), content_type=content_type)
    name_download(response, "features", f".{format}")
    return response
