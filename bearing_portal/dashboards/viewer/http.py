"""What the viewer asks outside of Dash: choices to type, files, scripts, dialogs."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from bearing_portal.dashboards.links import MOST_COMPARED
from bearing_portal.dashboards.viewer import reading
from bearing_portal.dashboards.viewer.figures.common import region_of
from bearing_portal.dashboards.viewer.script import script_of
from bearing_portal.dashboards.viewer.state import read
from bearing_portal.frame.templatetags.portal import number
from common.errors import Invalid, NotFound
from common.http.downloads import name_download
from common.text import signed
from monitoring.events import event_record
from monitoring.models import SystemEvent
from signals.errors import told_as
from signals.filters.matching import HIGHEST_ID, signals_matching
from signals.models import Annotation, Signal
from signals.selectors import signal_get, signals_visible
from signals.services.bearings import (
    bearing_attach,
    bearing_get,
    bearing_of,
    bearings_all,
    may_attach,
)
from signals.services.mains import OFFERED, mains_set
from signals.services.notes import note_add, note_delete
from signals.services.tags import Tagging, may_tag, signals_tag, tagging_undo
from signals.waveforms.sources import source_of
from vibration.errors import VibrationError
from vibration.exports.record import RECORD_EXPORTS
from vibration.features import FEATURES
from vibration.quantities import conversion_factor

MATCHES = 20


@login_required
@require_GET
def find(request: HttpRequest) -> JsonResponse:
    """Signals whose id, label, class, dataset or tag begins with what is typed."""
    text = request.GET.get("q", "")[:100]
    found = signals_matching(request.user, text, limit=MATCHES) if text.strip() else []
    return JsonResponse({"signals": [vars_of(match) for match in found]})


def vars_of(match: Any) -> dict[str, Any]:
    return {
        "id": match.pk,
        "label": match.label,
        "dataset": match.dataset,
        "class": match.fault_class,
        "why": str(match.why),
    }


@login_required
@require_GET
def random(request: HttpRequest) -> JsonResponse:
    """Another signal within the filter."""
    state = read(request.GET)
    if state.signal is None:
        raise NotFound("There is no such signal.")
    signal = signal_get(request.user, state.signal)
    pk = reading.random_signal(request.user, signal, reading.filter_of(state))
    if pk is None:
        raise Invalid("There is no other signal to choose from.")
    return JsonResponse({"signal": pk})


@login_required
@require_GET
def export(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The record, or the part of it in sight, as a file."""
    if code not in RECORD_EXPORTS:
        raise NotFound("There is no such format.")
    state = read(request.GET.dict() | {"signal": str(pk), "compare": ""})
    signal = signal_get(request.user, pk)
    source = source_of(request.user, signal, off=state.off)
    region = region_of(state.span_s, source.n_samples, source.fs_hz)
    write, suffix, kind = RECORD_EXPORTS[code]
    with told_as(), source:
        content = write(
            source.excerpt(region.first, region.last),
            fs_hz=source.fs_hz,
            unit=signal.unit,
            name=signal.label,
            start_s=region.start_s,
            rpm=signal.rpm,
        )
    part = "" if region.is_whole else f"-{region.start_s:.3f}-{region.end_s:.3f}s"
    response = HttpResponse(content, content_type=kind)
    name_download(response, signal.label, f"{part}{suffix}")
    event_record(
        kind=SystemEvent.Kind.EXPORTED, actor=request.user, subject=signal.label, detail=code
    )
    return response


@login_required
@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """The panels on screen as a Python script, in a dialog to copy from."""
    text = script_of(request.user, _state(request))
    return render(request, "dashboards/viewer/_script.html", {"text": text})


@login_required
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """The signals compared, and how their features differ from those of the first."""
    state = read(request.GET)
    rows = signals_visible(request.user).in_bulk(state.signals)
    signals = [rows[pk] for pk in state.signals if pk in rows]
    context = {
        "signals": signals,
        "table": differences(signals),
        "is_stacked": state.is_stacked,
        "most": MOST_COMPARED,
    }
    return render(request, "dashboards/viewer/_compare.html", context)


def differences(signals: list[Signal]) -> list[dict[str, Any]]:
    """Return a row for each feature: the first signal's value, and what the others differ by.

    Values are in the first signal's unit where they can be converted, else in their own and not
    compared.
    """
    table = []
    for feature in FEATURES:
        cells: list[dict[str, Any]] = []
        first = getattr(signals[0], feature.name) if signals else None
        for signal in signals:
            value = getattr(signal, feature.name)
            factor = factor_between(signal.unit, signals[0].unit) if feature.power else 1.0
            own = feature.unit_of(signal.unit)
            if factor is None:
                text = number(value) if value is None else f"{number(value)} {own}"
                cells.append({"value": text, "by": ""})
                continue
            same = None if value is None else value * factor**feature.power
            cells.append({"value": number(same), "by": _by(same, first)})
        label = feature.label_of([signals[0].unit]) if signals else feature.label
        table.append({"feature": feature, "label": label, "cells": cells})
    return table


def factor_between(unit: str, other: str) -> float | None:
    """Return what turns amplitudes in a unit into another; None where nothing does."""
    try:
        return conversion_factor(unit, other)
    except VibrationError:
        return None


def _by(value: float | None, first: float | None) -> str:
    if value is None or not first:
        return ""
    return f"{signed(100 * (value / first - 1))} %"


@login_required
@require_http_methods(["GET", "POST"])
def bearing(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a bearing to a signal, or to all of its dataset or upload."""
    signal = signal_get(request.user, pk)
    if request.method == "POST":
        chosen = request.POST.get("bearing", "")
        row = bearing_get(request.user, _id_of(chosen, "bearing")) if chosen else None
        given = {"store": signal.store} if request.POST.get("all") else {"signal": signal}
        bearing_attach(user=request.user, bearing=row, **given)
        return _done()
    context = {
        "signal": signal,
        "bearings": bearings_all(),
        "own": bearing_of(signal),
        "may_attach": may_attach(request.user, signal.store),
    }
    return render(request, "dashboards/viewer/_bearing.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def mains(request: HttpRequest, pk: int) -> HttpResponse:
    """Say under which mains a signal, or all of its dataset or upload, was recorded."""
    signal = signal_get(request.user, pk)
    if request.method == "POST":
        chosen = request.POST.get("mains", "")
        hz = _id_of(chosen, "mains frequency") if chosen else None
        given = {"store": signal.store} if request.POST.get("all") else {"signal": signal}
        mains_set(user=request.user, mains_hz=hz, **given)
        return _done()
    context = {
        "signal": signal,
        "own": signal.mains_hz or signal.store.mains_hz,
        "offered": OFFERED,
        "may_attach": may_attach(request.user, signal.store),
    }
    return render(request, "dashboards/viewer/_mains.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes and tags of a signal: read them, add one, take one's own away."""
    signal = signal_get(request.user, pk)
    done = _change_remarks(request, signal) if request.method == "POST" else None
    context = {
        "done": done if isinstance(done, Tagging) else None,
        "taken": done if isinstance(done, Annotation) else None,
        "signal": signal,
        "notes": signal.annotations.select_related("author"),
        "tags": signal.tags.all(),
        "may_tag": may_tag(request.user, signal),
        "span": read({"t": request.GET.get("t", "")}).span_s,
    }
    response = render(request, "dashboards/viewer/_notes.html", context)
    if request.method == "POST":
        response["HX-Trigger"] = "viewer:changed"
    return response


def _change_remarks(request: HttpRequest, signal: Signal) -> Tagging | Annotation | None:
    """Do what is asked; return what can be undone."""
    person, given = request.user, request.POST
    if "delete" in given:
        return note_delete(user=person, signal=signal, note_id=_id_of(given["delete"], "note"))
    if "undo" in given:
        tagging_undo(user=person, token=given["undo"])
    elif "untag" in given:
        return signals_tag(user=person, signals=[signal.pk], name=given["untag"], remove=True)
    elif "tag" in given:
        return signals_tag(user=person, signals=[signal.pk], name=given["tag"])
    else:
        span = read({"t": given.get("t", "")}).span_s
        note_add(user=person, signal=signal, text=given.get("text", ""), span_s=span)
    return None


def _id_of(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID))):
        raise NotFound(f"There is no such {what}.")
    return min(int(text), HIGHEST_ID)


def _state(request: HttpRequest) -> Any:
    state = read(request.GET)
    if state.signal is None:
        raise NotFound("There is no such signal.")
    return state


def _done() -> HttpResponse:
    # In this order: what triggers the second has left the page with the dialog.
    events = '{"viewer:changed": null, "dialog:close": null}'
    return HttpResponse(status=204, headers={"HX-Trigger": events})
