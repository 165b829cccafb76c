"""Where a signal comes from: its recording, the bearing it was measured on, and what is beside."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.viewer.panels.inspector.data import Side
from common.text import counted, thousands
from signals.models import Recording
from signals.selectors import Around


def recording_section(side: Side) -> list[Any]:
    """Return the facts of the recording, and steps to the segments and recordings beside it."""
    around = side.around
    if around is None:
        return []
    facts = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in _facts(around) if text]
    walks = [*_segments(side, around), *_recordings(around)]
    summary = html.Summary(["Recording", html.Span(around.recording.format, className="text-3")])
    body = [html.Dl(facts, className="conditions is-long"), *walks, *_all_of_it(side, around)]
    return [html.Details([summary, *body], className="features", open=True)]


def _facts(around: Around) -> list[tuple[str, str]]:
    recording = around.recording
    specimen = recording.specimen
    size = "" if recording.fault_size_mm is None else f"{recording.fault_size_mm:g} mm"
    began = recording.recorded_at
    return [
        ("File", str(recording)),
        ("Recorded", f"{timezone.localtime(began):%Y-%m-%d %H:%M:%S}" if began else ""),
        ("Specimen", specimen.name if specimen else ""),
        ("Type", specimen.bearing.name if specimen and specimen.bearing else ""),
        ("Run", recording.run.name if recording.run else ""),
        ("Load", recording.load),
        ("Fault", ", ".join(filter(None, [size, recording.fault_location]))),
        ("Fault from", _source(recording.fault_source)),
        ("Tacho", _pulses(recording)),
        ("Rate from", _source(recording.fs_source)),
        ("Speed from", _source(recording.rpm_source)),
        ("Unit from", _source(recording.unit_source)),
    ]


def _pulses(recording: Recording) -> str:
    if recording.pulses_per_turn is None:
        return ""
    pulses = f"{counted(recording.pulses_per_turn, 'pulse')} a turn"
    source = _source(recording.pulses_source)
    return f"{pulses}, from {source}" if source else pulses


def _source(words: str) -> str:
    """Return a source as it stands after “from”: “in the file” is the file."""
    return words.replace("in the file", "the file").replace("given by the person", "the person")


def _segments(side: Side, around: Around) -> list[Any]:
    if not side.signal.segment or around.n_segments < 2:
        return []
    words = f"Segment {thousands(side.signal.segment)} of {thousands(around.n_segments)}"
    return [_walk(words, "segment", around.previous_segment, around.next_segment)]


def _recordings(around: Around) -> list[Any]:
    position = around.recording.position
    if position is None or around.n_in_run < 2:
        return []
    words = f"Recording {thousands(position)}, {thousands(around.n_in_run)} in the run"
    return [_walk(words, "recording", around.previous, around.next)]


def _walk(words: str, what: str, before: int | None, after: int | None) -> html.Div:
    def step(sign: str, name: str, pk: int | None) -> html.Button:
        attributes = {"aria-label": f"{name} {what}"} | ({"data-open": str(pk)} if pk else {})
        return html.Button(
            sign,
            type="button",
            className="btn btn-secondary is-small",
            disabled=pk is None,
            **attributes,
        )

    return html.Div(
        [step("‹", "Previous", before), html.Span(words), step("›", "Next", after)],
        className="inspector-walk",
    )


def _all_of_it(side: Side, around: Around) -> list[Any]:
    if side.dataset is None:
        return []
    query = urlencode({"dataset": side.dataset[0], "recording": around.recording.pk})
    href = f"{reverse('explorer')}?{query}"
    return [html.A("All signals of this recording", href=href, className="inspector-dataset")]
