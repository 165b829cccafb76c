"""Small drawings made on the server, each with the words for who cannot see it."""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, sin
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.text import MINUS, size, thousands

register = template.Library()

WIDTH, HEIGHT = 120.0, 40.0
Points = Sequence[float | None]


@register.simple_tag
def spark(values: Points, level: str = "normal", most: float | None = 100.0) -> SafeString:
    """Draw a line over its area, from the left edge to the right, broken where nothing is known."""
    return _spark(tuple(values), level, most)


@lru_cache(maxsize=64)  # samples change once a minute, pages ask every five seconds
def _spark(values: Points, level: str, most: float | None) -> SafeString:
    known = [value for value in values if value is not None]
    if not known:
        return mark_safe('<p class="spark-none">No samples of the last hour yet</p>')
    low, high = (0.0, most) if most is not None else (min(known), max(known))
    runs = [_scaled(run, len(values), low, high) for run in runs_of(values)]
    return format_html(
        '<svg class="spark is-{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><path class="area" d="{}"/><path class="line" d="{}"/></svg>',
        level,
        int(WIDTH),
        int(HEIGHT),
        f"From {thousands(known[0])} to {thousands(known[-1])}, lowest {thousands(min(known))}, "
        f"highest {thousands(max(known))}",
        "".join(_area(run) for run in runs),
        "".join(_line(run) for run in runs),
    )


@register.simple_tag
def steps(running: Points, waiting: Points) -> SafeString:
    """Draw both counts as stairs on one scale."""
    top = float(step_top(running, waiting))
    n = len(running)
    paths = [
        "".join(_stairs(_scaled(run, n, 0.0, top)) for run in runs_of(values))
        for values in (running, waiting)
    ]
    return format_html(
        '<svg class="steps" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false"><path class="grid" d="M0 0H{w}M0 {h}H{w}"/>'
        '<path class="running" d="{}"/><path class="waiting" d="{}"/></svg>',
        int(WIDTH),
        int(HEIGHT),
        *paths,
        w=int(WIDTH),
        h=int(HEIGHT) // 2,
    )


@register.simple_tag
def step_top(running: Points, waiting: Points) -> int:
    """Return the even number the stairs' scale ends at."""
    most = max((value for value in (*running, *waiting) if value is not None), default=0)
    return max(2, 2 * -(-int(most) // 2))


@register.simple_tag
def meter(percent: float | None, level: str = "normal") -> SafeString:
    """Draw a bar; the figure beside it says the same."""
    width = 0.0 if percent is None else min(100.0, max(0.0, percent))
    return format_html(
        '<svg class="meter is-{}" aria-hidden="true" focusable="false">'
        '<rect width="{}%" height="100%"/></svg>',
        level,
        f"{width:.1f}",
    )


@register.simple_tag
def dial(total: int, level: str) -> SafeString:
    """Draw a half circle filled to `total` of 100."""
    end = _on_arc(total / 100)
    return format_html(
        '<svg class="dial is-{}" viewBox="0 0 240 144" role="img" '
        'aria-label="Health score {} of 100">'
        '<path class="track" d="M26 124A94 94 0 0 1 214 124"/>'
        '<path class="value" d="M26 124A94 94 0 0 1 {} {}"/>'
        '<text class="tick" x="26" y="140">0</text><text class="tick" x="120" y="16">50</text>'
        '<text class="tick" x="206" y="48">75</text><text class="tick" x="214" y="140">100</text>'
        '<text class="figure" x="120" y="118">{}</text></svg>',
        level,
        total,
        *(f"{part:.2f}" for part in end),
        total,
    )


@register.simple_tag
def trend(found: Any, unit: str = "") -> SafeString:
    """Write a change against last week with its arrow and sign; nothing where there was none."""
    if found is None or found.change is None:
        return mark_safe("")
    if not found.change:
        return mark_safe("0 vs last week")
    arrow, sign = ("↑", "+") if found.change > 0 else ("↓", MINUS)
    return format_html(
        '<span class="trend is-{}"><span aria-hidden="true">{}</span>{}{}</span> vs last week',
        found.direction,
        arrow,
        sign,
        size(abs(int(found.change))) if unit == "bytes" else thousands(abs(found.change)),
    )


def runs_of(values: Points) -> list[list[tuple[int, float]]]:
    """Part values into stretches without a gap, each value with its place.

    >>> runs_of([1, None, 2, 3])
    [[(0, 1)], [(2, 2), (3, 3)]]
    """
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _scaled(
    run: list[tuple[int, float]], n: int, low: float, high: float
) -> list[tuple[float, float]]:
    span = (high - low) or 1.0
    wide = WIDTH / max(1, n - 1)
    points = [
        (place * wide, HEIGHT - 1 - (HEIGHT - 2) * min(1.0, max(0.0, (value - low) / span)))
        for place, value in run
    ]
    # A single minute is drawn as long as one, not as nothing.
    return points if len(points) > 1 else [points[0], (points[0][0] + wide, points[0][1])]


def _line(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _area(points: list[tuple[float, float]]) -> str:
    return f"{_line(points)}V{HEIGHT:.0f}H{points[0][0]:.1f}Z"


def _stairs(points: list[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)


def _on_arc(share: float) -> tuple[float, float]:
    angle = pi * (1 - min(1.0, max(0.0, share)))
    return 120 + 94 * cos(angle), 124 - 94 * sin(angle)
