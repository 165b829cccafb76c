"""What stands beside the figures: identity, conditions and the 36 features of a signal."""

import base64
import math
from typing import Any

from dash import dcc, html
from django.urls import reverse

from bearing_portal.dashboards.viewer.reading import Place
from bearing_portal.templatetags.portal import number, thousands
from bearing_portal.templatetags.symbols import SYMBOL_PATHS
from signals.models import FaultClass, Severity, Signal
from vibration.features import FEATURES, GROUPS
from vibration.features.registry import NO_UNIT, Feature

OPEN_GROUPS = {"time", "frequency"}
UNDEFINED = "–"


def inspector(signal: Signal, dataset: tuple[int, str] | None) -> list[Any]:
    facts = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in conditions(signal)]
    groups = [_group(signal, code, title) for code, title in GROUPS.items()]
    return [
        html.Div(
            [_identity(signal, dataset), html.Dl(facts, className="conditions")],
            className="inspector-facts",
        ),
        html.Div(groups, className="inspector-features"),
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


def feature_text(value: float | None) -> str:
    return number(value if value is not None and math.isfinite(value) else None, 4)


def steps(place: Place) -> list[Any]:
    return [
        _step(place.previous, "Previous signal", "K", "is-left"),
        html.Span(
            f"{thousands(place.number)} of {thousands(place.total)}",
            className="viewer-place text-2",
            **{"data-signal": str(place.signal)},  # whose neighbours these are: the keys ask
        ),
        _step(place.next, "Next signal", "J", "is-right"),
    ]


def nothing(title: str, sentence: str) -> list[Any]:
    """Why no signal is shown, and the way to one."""
    return [
        html.Span(className="glyph is-activity"),
        html.Strong(title),
        html.P(sentence),
        html.A("Datasets", href=reverse("datasets:list"), className="btn btn-secondary"),
    ]


def _step(pk: int | None, name: str, key: str, css_class: str) -> Any:
    inside = [
        html.Span(className=f"glyph {css_class}"),
        html.Kbd(key),
        html.Span(name, className="visually-hidden"),
    ]
    if pk is None:
        return html.Span(inside, className="btn btn-secondary is-off", **{"aria-disabled": "true"})
    href = f"{reverse('viewer')}?signal={pk}"
    return dcc.Link(
        inside, href=href, className=f"btn btn-secondary viewer-step {css_class}", title=name
    )


def _identity(signal: Signal, dataset: tuple[int, str] | None) -> html.Div:
    link = []
    if dataset:
        href = reverse("datasets:detail", args=[dataset[0]])
        link = [html.A(dataset[1], href=href, className="inspector-dataset")]
    return html.Div(
        [
            html.Div([html.H2(signal.label, className="mono"), *link], className="inspector-top"),
            html.Div([class_badge(signal.fault_class), severity_badge(signal)], className="badges"),
        ],
        className="inspector-identity",
    )


def class_badge(fault_class: FaultClass | None) -> html.Span:
    if fault_class is None:
        return html.Span("No class", className="class-badge")
    mark = html.Img(src=symbol_uri(fault_class), alt="", className="symbol")
    return html.Span([mark, fault_class.name], className="class-badge")


def severity_badge(signal: Signal) -> html.Span:
    severity: Severity | None = signal.severity
    if severity is None:
        return html.Span("Severity –", className="class-badge")
    bars = [
        html.Span(
            className=f"bar-{bar}{f' level-{severity.level}' if bar <= severity.level else ''}"
        )
        for bar in range(1, 5)
    ]
    name = f"{severity.name}, progressing" if signal.progresses else severity.name
    marks = html.Span(bars, className="rising-bars", **{"aria-hidden": "true"})
    return html.Span([marks, name], className="class-badge")


def symbol_uri(fault_class: FaultClass) -> str:
    """The mark of a class in its colour as an image: Dash has no SVG elements."""
    shape = fault_class.symbol.removesuffix("-open")
    path = SYMBOL_PATHS.get(shape, SYMBOL_PATHS["circle"])
    paint = 'fill="none" stroke-width="1.6" stroke' if shape != fault_class.symbol else "fill"
    image = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12">'
        f'<path d="{path}" {paint}="{fault_class.colour}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(image.encode()).decode()}"


def _group(signal: Signal, code: str, title: str) -> html.Details:
    features = [feature for feature in FEATURES if feature.group == code]
    return html.Details(
        [
            html.Summary([title, html.Span(str(len(features)), className="text-3")]),
            html.Table(html.Tbody([_row(signal, feature) for feature in features])),
        ],
        open=code in OPEN_GROUPS,
        className="features",
    )


def _row(signal: Signal, feature: Feature) -> html.Tr:
    text = feature_text(getattr(signal, feature.name))
    unit = "" if text == UNDEFINED or feature.unit == NO_UNIT else feature.unit
    return html.Tr(
        [
            html.Th(feature.title, scope="row", title=f"{feature.meaning}: {feature.formula}"),
            html.Td(text, className="num"),
            html.Td(unit, className="unit"),
        ]
    )
