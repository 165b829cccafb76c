"""Signals by the explorer's filter, and the samples of one."""

import io
from typing import Any, Literal

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from bearing_portal.api.paging import Page, tagged
from common.errors import Invalid
from datasets.scope import explorer_scope
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from signals.selectors import signal_get
from signals.waveforms.sources import source_of
from vibration.features import FEATURES

router = Router()

MOST_SAMPLES = 10_000_000
ARROW = "application/vnd.apache.arrow.stream"
OCTETS = "application/octet-stream"


class SignalOut(Schema):
    model_config = ConfigDict(populate_by_name=True)

    id: int
    label: str
    store: int
    row: int
    fault_class: str | None = Field(alias="class")
    severity: str | None
    channel: str
    segment: int | None
    recording: int | None
    fs_hz: float
    n_samples: int
    unit: str
    rpm: float | None
    load_percent: float | None
    temperature_c: float | None
    features: dict[str, float | None] | None = Field(
        None, description="The 36 features, in units of the records."
    )

    @staticmethod
    def of(row: Signal, *, with_features: bool) -> "SignalOut":
        names = [feature.name for feature in FEATURES] if with_features else []
        values = {name: _finite(getattr(row, name)) for name in names}
        known = {
            "class": row.fault_class.code if row.fault_class else None,
            "severity": row.severity.code if row.severity else None,
            "features": values if with_features else None,
            "recording": row.recording_id,
            "store": row.store_id,
        }
        plain = ("id", "label", "row", "channel", "segment", "fs_hz", "n_samples", "unit", "rpm")
        rest = (*plain, "load_percent", "temperature_c")
        return SignalOut.model_validate(known | {name: getattr(row, name) for name in rest})


class SignalsOut(Schema):
    items: list[SignalOut]
    next: int | None


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


@router.get("/signals", response=SignalsOut, by_alias=True, summary="Signals of a filter")
def signal_list(
    request: HttpRequest, page: Query[Page], dataset: int | None = None, features: bool = False
) -> SignalsOut:
    """The filter is that of the Data Explorer's address: `dataset`, `class`, `severity`, `tag`,
    `specimen`, `run`, `recording`, `rpm_min`, `rpm_max`, `load_min`, `load_max`, `rms_min`,
    `rms_max`, `per_class`, `text`, `originals`; several values of one key are repeated.
    """
    del dataset  # read with the rest of the filter; named here for the documentation
    scope = explorer_scope(request.user, SignalFilter.from_query(request.GET))
    rows, following = page.of(scope.signals().select_related("fault_class", "severity"))
    items = [SignalOut.of(row, with_features=features) for row in rows]
    return SignalsOut(items=items, next=following)


@router.get("/signals/{signal_id}", response=SignalOut, by_alias=True, summary="One signal")
def signal_show(request: HttpRequest, signal_id: int) -> SignalOut:
    return SignalOut.of(signal_get(request.user, signal_id), with_features=True)


@router.get("/signals/{signal_id}/samples", summary="Samples of a signal, or some of them")
def signal_part(
    request: HttpRequest,
    signal_id: int,
    format: Literal["npy", "arrow"] = "npy",
    start: int = Query(0, ge=0, lt=2**62),
    count: int | None = Query(None, ge=1, le=MOST_SAMPLES),
) -> HttpResponse:
    """float32, in the signal's unit. `npy` is read by `numpy.load`, `arrow` by
    `pyarrow.ipc.open_stream`; its schema carries rate, unit and label.
    """
    signal = signal_get(request.user, signal_id)
    if start >= signal.n_samples:
        raise Invalid(f"start is at most {signal.n_samples - 1}: the last sample.")
    n_asked = signal.n_samples - start if count is None else min(count, signal.n_samples - start)
    if n_asked > MOST_SAMPLES:
        raise Invalid(f"Ask for at most {MOST_SAMPLES} samples at once, with start and count.")
    # What was recorded does not change: row and place decide the bytes.
    tag = tagged(signal.store_id, signal.row, start, n_asked, format)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    with source_of(request.user, signal) as source:
        samples = source.read(start, start + n_asked)
    body, kind = (_npy(samples), OCTETS) if format == "npy" else (_arrow(samples, signal), ARROW)
    headers |= {"X-Sampling-Rate-Hz": repr(signal.fs_hz), "X-Start": str(start)}
    return HttpResponse(body, content_type=kind, headers=headers)


def _npy(samples: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, samples, allow_pickle=False)
    return file.getvalue()


def _arrow(samples: Any, signal: Signal) -> bytes:
    import pyarrow as pa

    said = {"fs_hz": repr(signal.fs_hz), "unit": signal.unit, "label": signal.label}
    table = pa.table({"samples": samples}).replace_schema_metadata(said)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
