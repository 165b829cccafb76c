"""A feature over the life of machines, and which features tell their age best."""

import math
from typing import Any

import numpy as np
from dash import Output, html

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import guarded
from bearing_portal.dashboards.embedding.markup import Markup, fixed, markup
from bearing_portal.dashboards.explorer import ids
from bearing_portal.dashboards.explorer.feature_menu import feature_choice
from bearing_portal.dashboards.explorer.figures.empty import empty_figure
from bearing_portal.dashboards.explorer.figures.trend import trend_figure
from bearing_portal.dashboards.explorer.reading import answered, signals_of
from bearing_portal.dashboards.explorer.state import ExplorerState
from bearing_portal.dashboards.widgets import choice, figure_tools, graph, panel, segments
from common.text import counted, thousands
from signals.exploration.selection import RUN, read_spans
from signals.exploration.trends import Trend, proposed_feature, trend_of, trend_ranks
from vibration.features.groups import VELOCITY
from vibration.features.registry import Feature
from vibration.machines.iso20816 import MACHINE_GROUPS, MachineGroup, zone_of
from vibration.statistics.trends import TrendRank

RULE = (
    "Onset ◇: the first of three recordings in a row above mean + 3σ of the first quarter. "
    "A click opens the recording, a drag selects."
)
RANKS = (
    "How steadily a feature rises or falls, how alike it grows in all lines, and how well its "
    "last value foretells the end; 1 is best."
)
MOST_NAMED = 6
_FIRST = {"": "Velocity RMS, else RMS"}


def section() -> list[html.Section]:
    machines = {group.code: group.title for group in MACHINE_GROUPS.values()}
    options = [
        feature_choice("Feature over the runs", "trend", _FIRST, shown="Feature"),
        segments("Along", "along", {"number": "Recording", "time": "Time"}),
        html.Div(
            choice(
                "Machine group and support of ISO 20816-3", "machine", machines, shown="Machine"
            ),
            className="option-group",
        ),
    ]
    return [
        panel(
            ids.TREND,
            "Trend",
            [
                fixed(html.Div(options, className="panel-options")),
                graph(ids.TREND),
                html.P(id=ids.TREND_NOTE, className="panel-note"),
            ],
            asks=ids.ASK_TREND,
            tools=figure_tools(ids.TREND),
        ),
        panel(
            ids.TREND_RANKS,
            "Features by trend",
            [Markup(ids.TREND_RANKS, className="ranking", tabIndex="0")],
            asks=ids.ASK_TREND_RANKS,
        ),
    ]


@guarded
def show_trend(asked: Any, *, user: Any) -> tuple[Any, ...]:
    return answered(asked, lambda state: _shown(user, state), _emptied)


def _shown(user: Any, state: ExplorerState) -> tuple[Any, ...]:
    scope = signals_of(user, state)
    trend = trend_of(user, scope, state.trend)
    machine = MACHINE_GROUPS[state.machine] if trend.feature == VELOCITY else None
    by_time = state.along == "time" and all(line.hours is not None for line in trend.lines)
    figure = trend_figure(
        trend,
        theme=state.theme,
        label=trend.feature.label_of(scope.units()),
        by_time=by_time,
        limits=machine.limits if machine else None,
        selected=read_spans(state.sel) if state.sel.startswith(RUN) else {},
    )
    words = [_onsets(trend)]
    if machine:
        words.append(_zones(trend, machine))
    if state.along == "time" and not by_time:
        words.append("Not every recording says when it was made: they stand by their number.")
    return figure, _meta(trend), " ".join([*words, RULE])


def _emptied(why: str, theme: str) -> tuple[Any, ...]:
    return empty_figure(why, theme, "trend of nothing"), "", ""


@guarded
def show_trend_ranks(asked: Any, *, user: Any) -> tuple[str, str]:
    return answered(asked, lambda state: _ranked(user, state), _no_ranks)


def _ranked(user: Any, state: ExplorerState) -> tuple[str, str]:
    scope = signals_of(user, state)
    ranks = trend_ranks(user, scope)
    proposed = proposed_feature(user, scope)
    table = _ranks_list(ranks, state.trend or proposed, proposed)
    return markup(table), counted(len(ranks), "feature")


def _no_ranks(why: str, _theme: str) -> tuple[str, str]:
    return markup(html.P(why, className="ranking-words")), ""


def _meta(trend: Trend) -> str:
    shown = len(trend.lines)
    lines = counted(trend.n_lines, "line")
    first = f"{shown} of {lines}" if shown < trend.n_lines else lines
    return f"{trend.feature.title} · {first} · {counted(trend.n_signals, 'signal')}"


def _onsets(trend: Trend) -> str:
    found = [line for line in trend.lines if line.onset.index is not None]
    if not found:
        return f"No onset in {counted(len(trend.lines), 'line')}."
    parts = [
        f"{line.name} at recording {thousands(int(line.positions[line.onset.index or 0]))}"
        for line in found[:MOST_NAMED]
    ]
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"Onset: {', '.join(parts)}{more}."


def _zones(trend: Trend, machine: MachineGroup) -> str:
    """Say in which zone the worst line ends."""
    last = []
    for line in trend.lines:
        known = line.values[np.isfinite(line.values)]
        if known.size:
            last.append((float(known[-1]), line.name))
    if not last:
        return ""
    level, name = max(last)
    return f"Last of {name}: {level:.3g} mm/s, zone {zone_of(level, machine.code)}."


def _ranks_list(ranks: list[tuple[Feature, TrendRank]], shown: str, proposed: str) -> list[Any]:
    if not ranks:
        return [html.P("No feature is known of three recordings.", className="ranking-words")]
    head = html.Div(
        [html.Span(text) for text in ("Feature", "Monotonic", "Trendable", "Prognostic")],
        className="trend-row is-head",
        **{"aria-hidden": "true"},
    )
    return [
        html.P(RANKS, className="ranking-words"),
        head,
        *(_row(*each, shown, proposed) for each in ranks),
    ]


def _row(feature: Feature, rank: TrendRank, shown: str, proposed: str) -> html.Button:
    values = (rank.monotonicity, rank.trendability, rank.prognosability)
    words = ("monotonicity", "trendability", "prognosability")
    said = ", ".join(f"{word} {_number(v)}" for word, v in zip(words, values, strict=True))
    return html.Button(
        [html.Span(feature.title, className="ranking-name"), *map(_cell, values)],
        type="button",
        className="ranking-row trend-row",
        title=f"{feature.title}: {said}; of {counted(rank.n_runs, 'line')}",
        **{
            "data-set": f"trend={feature.name}",
            "data-default": "1" if feature.name == proposed else "",
            "aria-pressed": str(feature.name == shown).lower(),
        },
    )


def _cell(value: float) -> html.Span:
    return html.Span(_number(value), className="ranking-value")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def register(app: PortalDash) -> None:
    outputs = [
        Output(ids.TREND, "figure"),
        Output(ids.TREND_META, "children"),
        Output(ids.TREND_NOTE, "children"),
    ]
    app.answers(ids.ASK_TREND, outputs, show_trend)
    ranks = [Output(ids.TREND_RANKS, "html"), Output(ids.TREND_RANKS_META, "children")]
    app.answers(ids.ASK_TREND_RANKS, ranks, show_trend_ranks)
