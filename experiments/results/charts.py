"""Lines over two axes, drawn on the server: what a template needs, and the same as CSV."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from common.text.spreadsheets import harmless

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 10, 40
TICKS: Final = 5
MOST_POINTS: Final = 400
LOOKS: Final = 8  # of lines, each with a colour and a dash in the style sheet

Values = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a chart; `note` says in words what its name does not."""

    name: str
    x: Values
    y: Values
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Axis:
    """Title with its unit, and limits where they are not those of the lines."""

    title: str
    low: float | None = None
    high: float | None = None


def line_chart(
    lines: Sequence[Line], x: Axis, y: Axis, *, title: str, meta: str = "", diagonal: bool = False
) -> dict[str, Any]:
    """Return a chart as its template takes it; `diagonal` draws y = x behind the lines."""
    x_low, x_high = _limits([line.x for line in lines], x)
    y_low, y_high = _limits([line.y for line in lines], y)

    def at_x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - x_low) / (x_high - x_low)

    def at_y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - y_low) / (y_high - y_low)

    drawn = []
    for number, line in enumerate(lines):
        places = _thinned(line.y)
        pairs = zip(line.x[places].tolist(), line.y[places].tolist(), strict=True)
        path, up = [], True
        for px, py in pairs:
            if not (math.isfinite(px) and math.isfinite(py)):
                up = True
                continue
            path.append(f"{'M' if up else 'L'}{at_x(px):.1f} {at_y(py):.1f}")
            up = False
        look = number % LOOKS
        drawn.append({"name": line.name, "note": line.note, "href": line.href, "d": "".join(path)})
        drawn[-1] |= {"look": look}
    edge = {"left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM}
    ends = f"M{at_x(x_low):.1f} {at_y(y_low):.1f}L{at_x(x_high):.1f} {at_y(y_high):.1f}"
    return {
        "title": title,
        "meta": meta,
        "lines": drawn,
        "x_title": x.title,
        "y_title": y.title,
        "x_ticks": [{"at": f"{at_x(t):.1f}", "text": _text(t)} for t in _ticks(x_low, x_high)],
        "y_ticks": [{"at": f"{at_y(t):.1f}", "text": _text(t)} for t in _ticks(y_low, y_high)],
        "width": WIDTH,
        "height": HEIGHT,
        "diagonal": ends if diagonal else "",
        **edge,
    }


def lines_csv(lines: Sequence[Line], x: Axis, y: Axis) -> str:
    """Return all points of a chart's lines, one a row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", x.title, y.title])
    for line in lines:
        pairs = zip(line.x.tolist(), line.y.tolist(), strict=True)
        writer.writerows([harmless(line.name), f"{px:.6g}", f"{py:.6g}"] for px, py in pairs)
    return out.getvalue()


def _limits(values: Sequence[Values], axis: Axis) -> tuple[float, float]:
    known = np.concatenate([each[np.isfinite(each)] for each in values] or [np.zeros(0)])
    low = float(known.min()) if known.size else 0.0
    high = float(known.max()) if known.size else 1.0
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _thinned(y: Values) -> npt.NDArray[np.intp]:
    """Return the places of the extremes of equal runs, so that no peak is lost."""
    if y.size <= MOST_POINTS:
        return np.arange(y.size)
    kept: set[int] = {0, y.size - 1}
    for run in np.array_split(np.arange(y.size), MOST_POINTS // 2):
        values = np.nan_to_num(y[run], nan=0.0)
        kept |= {int(run[values.argmin()]), int(run[values.argmax()])}
    return np.array(sorted(kept), dtype=np.intp)


def _ticks(low: float, high: float) -> list[float]:
    raw = (high - low) / TICKS
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _text(value: float) -> str:
    return f"{value:g}".replace("-", "−")
