"""The ranking of features: a button for each, its value on a scale with its interval."""

import math
from dataclasses import dataclass
from typing import Any

from bearing_portal.dashboards.embedding import html
from bearing_portal.dashboards.explorer.panels.features.data import RankingPanel, short_title
from vibration.features.groups import ALL_FEATURES
from vibration.statistics.ranking import Ranked

FIRST = 11
UNDEFINED = "–"
F_WORDS = "Spread between the classes over the spread within them; bar: 95 % interval, log scale."
MI_WORDS = "Doubt about the class that a feature takes away, in nats; bar: 95 % interval."


@dataclass(frozen=True)
class Score:
    """A value with its interval; NaN where it cannot be said."""

    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        if math.isnan(self.value):
            return UNDEFINED
        return f"{self.value:.0f}" if self.value >= 100 else f"{self.value:#.3g}"


@dataclass(frozen=True)
class Scale:
    """Where values stand between two ends, in per cent."""

    first: float
    last: float
    is_log: bool

    def place(self, value: float) -> float:
        placed = math.log10(max(value, 1e-300)) if self.is_log else value
        return min(max(100 * (placed - self.first) / (self.last - self.first), 0.0), 100.0)


def ranking_list(found: RankingPanel, *, is_all: bool) -> list[Any]:
    """Return the ranking; without one all features in their order, and why there is none."""
    if not found.rows:
        rows = [_row(name, None, None, name == found.chosen, "") for name in found.names]
        return [*no_ranking(found.why_not), *rows]
    shown = found.rows if is_all else found.rows[:FIRST]
    scores = [score_of(row, is_information=found.is_information) for row in shown]
    scale = scale_of(scores, is_log=not found.is_information)
    rows = [
        _row(
            found.names[row.column],
            score,
            scale,
            found.names[row.column] == found.chosen,
            row.sentence(ALL_FEATURES[found.names[row.column]].title),
            is_first=place == 0,
        )
        for place, (row, score) in enumerate(zip(shown, scores, strict=True))
    ]
    words = MI_WORDS if found.is_information else F_WORDS
    return [html.P(words, className="ranking-words"), *rows, _more(len(found.rows), is_all=is_all)]


def no_ranking(why: str) -> list[Any]:
    """Return why there is no ranking, and nothing to choose from."""
    return [html.P(why, className="ranking-words")]


def score_of(row: Ranked, *, is_information: bool) -> Score:
    if is_information:
        return Score(row.information, row.information_low, row.information_high)
    return Score(row.f, row.f_low, row.f_high)


def scale_of(scores: list[Score], *, is_log: bool) -> Scale:
    """Return a scale that holds the values and intervals that are shown."""
    ends = [end for one in scores for end in (one.low, one.value, one.high) if math.isfinite(end)]
    if is_log:
        placed = [math.log10(end) for end in ends if end > 0]
        first, last = min(placed, default=0.0), max(placed, default=1.0)
    else:
        first, last = 0.0, max(ends, default=1.0)
    return Scale(first, last if last > first else first + 1, is_log)


def _row(
    name: str,
    score: Score | None,
    scale: Scale | None,
    is_chosen: bool,
    sentence: str,
    *,
    is_first: bool = False,
) -> html.Button:
    title = short_title(ALL_FEATURES[name])
    parts: list[Any] = [html.Span(title, className="ranking-name")]
    if score is not None and scale is not None:
        parts += [_track(score, scale), html.Span(score.text, className="ranking-value")]
    return html.Button(
        parts,
        type="button",
        className="ranking-row",
        title=sentence,
        **{
            "data-set": f"feature={name}",
            "data-default": "1" if is_first else "",
            "aria-pressed": str(is_chosen).lower(),
        },
    )


def _track(score: Score, scale: Scale) -> html.Span:
    if math.isnan(score.value):
        return html.Span(className="ranking-track")
    low = scale.place(score.low if math.isfinite(score.low) else score.value)
    high = scale.place(score.high if math.isfinite(score.high) else score.value)
    bar = {"left": f"{low:.2f}%", "width": f"{max(high - low, 0):.2f}%"}
    dot = {"left": f"{scale.place(score.value):.2f}%"}
    return html.Span(
        [
            html.Span(className="ranking-bar", style=bar),
            html.Span(className="ranking-dot", style=dot),
        ],
        className="ranking-track",
    )


def _more(n: int, *, is_all: bool) -> html.Button:
    return html.Button(
        f"Show the first {FIRST}" if is_all else f"Show all {n}",
        type="button",
        className="btn btn-link ranking-more",
        **{"data-toggle": "ranked=all", "aria-pressed": str(is_all).lower()},
    )
