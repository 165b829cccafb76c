"""Marks of class and severity as Dash elements."""

import base64

from bearing_portal.dashboards.embedding import html
from bearing_portal.frame.templatetags.symbols import SYMBOL_PATHS
from signals.models import FaultClass, Severity, Signal


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
