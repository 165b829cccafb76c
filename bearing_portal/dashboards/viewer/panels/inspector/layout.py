"""What stands beside the figures: identity, conditions, bearing, parts, features, remarks."""

from typing import Any

from django.urls import reverse

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.figures.symbols import class_badge, severity_badge
from bearing_portal.dashboards.viewer.panels.inspector.data import Side
from bearing_portal.dashboards.viewer.panels.inspector.feature_list import UNDEFINED, feature_group
from bearing_portal.dashboards.viewer.panels.inspector.recording import recording_section
from bearing_portal.frame.templatetags.portal import number, thousands
from common.text import counted
from signals.models import Signal
from vibration.exports.record import RECORD_EXPORTS
from vibration.features import GROUPS

EXPORT_WORDS = {
    "npy": "NumPy array",
    "csv": "text with its rate",
    "mat": "MATLAB 5",
    "wav": "sound, 32-bit float",
    "uff": "Universal File 58",
}


def inspector(side: Side) -> list[Any]:
    facts = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in conditions(side.signal)]
    groups = [feature_group(side, code, title) for code, title in GROUPS.items()]
    return [
        html.Div(
            [
                _identity(side),
                html.Dl(facts, className="conditions"),
                _bearing(side),
                _mains(side),
                *_tacho(side),
            ],
            className="inspector-facts",
        ),
        html.Div(
            [*recording_section(side), *_parts(side), *groups, _remarks(side)],
            className="inspector-features",
        ),
    ]


def conditions(signal: Signal) -> list[tuple[str, str]]:
    return [
        ("Rate", f"{thousands(signal.fs_hz)} Hz"),
        ("Speed", with_unit(thousands(signal.rpm), "rpm")),
        ("Duration", f"{signal.duration_s:.3f} s"),
        ("Load", with_unit(number(signal.load_percent, 3), "%")),
        ("Samples", thousands(signal.n_samples)),
        ("Temp.", with_unit(number(signal.temperature_c, 3), "°C")),
        ("Unit", signal.unit),
        ("Sommerfeld", number(signal.sommerfeld, 3)),
    ]


def with_unit(text: str, unit: str) -> str:
    return text if text == UNDEFINED else f"{text} {unit}"


def _identity(side: Side) -> html.Div:
    signal = side.signal
    link = []
    if side.dataset:
        href = reverse("datasets:detail", args=[side.dataset[0]])
        link = [html.A(side.dataset[1], href=href, className="inspector-dataset")]
    top = html.Div([html.H2(signal.label, className="mono"), *link], className="inspector-top")
    badges = [class_badge(signal.fault_class), severity_badge(signal)]
    badges += [
        html.Span(f"{side_name} of {name}", className="tag", title=f"Side of the split “{name}”")
        for name, side_name in side.splits
    ]
    if side.version is not None:
        words = f"Version {side.version.number}"
        title = "Class and severity are those of an earlier version of the dataset"
        badges.append(html.Span(words, className="tag", title=title))
    return html.Div(
        [top, html.Div(badges, className="badges"), *_channels(side), _actions(side)],
        className="inspector-identity",
    )


def _channels(side: Side) -> list[Any]:
    """The channels recorded together with this one."""
    if len(side.channels) < 2:
        return []
    buttons = [
        html.Button(
            one.channel or one.label,
            type="button",
            **{
                "data-open": str(one.pk),
                "aria-pressed": "true" if one.pk == side.signal.pk else "false",
            },
        )
        for one in side.channels
    ]
    group = {"role": "group", "aria-label": "Channel"}
    return [html.Div(buttons, className="segments is-small is-wrapping", **group)]


def _actions(side: Side) -> html.Div:
    items = [
        html.Li(
            html.A(
                f".{code} – {words}",
                href="#",
                className="dropdown-item",
                **{"data-export": code},
            )
        )
        for code, words in EXPORT_WORDS.items()
        if code in RECORD_EXPORTS
    ]
    opener = html.Button(
        [html.Span(className="glyph is-download"), "Export"],
        type="button",
        className="btn btn-secondary",
        **{"data-bs-toggle": "dropdown", "aria-expanded": "false"},
    )
    add = html.Button(
        html.Span(className="glyph is-plus"),
        type="button",
        className="btn btn-secondary",
        title="Keep for comparison",
        **{"data-action": "add", "aria-label": "Keep for comparison"},
    )
    menu = html.Ul(items, className="dropdown-menu dropdown-menu-end")
    ask = html.A(
        "Predict fault",
        href=f"{reverse('inference:page')}?signal={side.signal.pk}",
        className="btn btn-secondary",
    )
    return html.Div(
        [html.Div([opener, menu], className="dropdown"), ask, add], className="signal-actions"
    )


def _bearing(side: Side) -> html.Div:
    """Choose the bearing whose lines are marked: for this view, or as the signal's own."""
    own = f"{side.bearing.name} (attached)" if side.bearing else "None attached"
    options = [html.Option(own, value="")]
    options += [html.Option(name, value=str(pk)) for pk, name in side.bearings]
    field = html.Label(
        [
            html.Span("Bearing"),
            html.Select(options, className="form-select is-small", **{"data-key": "bearing"}),
        ],
        className="viewer-field",
    )
    attach = html.Button(
        "Attach …",
        type="button",
        className="btn btn-secondary is-small",
        **{"data-dialog": reverse("viewer-bearing", args=[side.signal.pk])},
    )
    return html.Div([field, attach], className="inspector-bearing")


def _mains(side: Side) -> html.Div:
    """Say under which mains the signal was recorded, and whose word that is."""
    change = html.Button(
        "Change …",
        type="button",
        className="btn btn-secondary is-small",
        **{"data-dialog": reverse("viewer-mains", args=[side.signal.pk])},
    )
    words = f"Mains {side.mains.hz:g} Hz, {side.mains.source}"
    return html.Div([html.Span(words, className="text-2"), change], className="inspector-bearing")


def _tacho(side: Side) -> list[Any]:
    """Choose the channel whose pulses tell the shaft's angle."""
    if not side.tachos:
        return []
    options = [html.Option("by its name", value="")]
    options += [html.Option(one.channel or one.label, value=str(one.pk)) for one in side.tachos]
    select = html.Select(options, className="form-select is-small", **{"data-key": "tacho"})
    field = html.Label([html.Span("Tacho"), select], className="viewer-field")
    return [html.Div(field, className="inspector-bearing")]


def _parts(side: Side) -> list[Any]:
    """Switches of what a simulated record is the sum of."""
    if not side.parts:
        return []
    buttons = [
        html.Button(
            title,
            type="button",
            className="layer-toggle",
            **{
                "data-part": name,
                "aria-pressed": "false" if name in side.state.off else "true",
            },
        )
        for name, title in side.parts.items()
    ]
    summary = html.Summary(
        ["Parts of this record", html.Span(str(len(buttons)), className="text-3")]
    )
    body = html.Div(buttons, className="layer-toggles is-inset")
    return [html.Details([summary, body], className="features", open=bool(side.state.off))]


def _remarks(side: Side) -> html.Div:
    tags = [html.Span(name, className="tag") for name in side.tags]
    notes = counted(side.n_notes, "note")
    more = html.Button(
        notes,
        type="button",
        className="btn btn-link",
        **{"data-dialog": reverse("viewer-notes", args=[side.signal.pk])},
    )
    return html.Div([html.Span("Tags"), *(tags or [html.Span("–")]), more], className="remarks")
