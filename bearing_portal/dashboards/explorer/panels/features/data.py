"""The features' panels: their ranking, one of them by group, two of them against each other."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bearing_portal.dashboards.explorer.drawn import drawn_words, numbers_of, selected_of
from bearing_portal.dashboards.explorer.figures.boxes import boxes_figure
from bearing_portal.dashboards.explorer.figures.correlation import correlation_figure
from bearing_portal.dashboards.explorer.figures.groups import (
    MOST_OUTLIERS,
    Axis,
    Group,
    counted,
    left_out,
)
from bearing_portal.dashboards.explorer.figures.histogram import histogram_figure
from bearing_portal.dashboards.explorer.figures.scatter import (
    Cloud,
    Plane,
    drawn_of,
    points_figure,
)
from bearing_portal.dashboards.explorer.grouping import by_class, looks_of
from bearing_portal.dashboards.explorer.reading import narrowed, signals_of
from bearing_portal.dashboards.explorer.state import MOST_GROUPS, ExplorerState
from bearing_portal.frame.design.tokens import color
from common.database import among
from common.errors import Expected
from signals.exploration.analyses import Ranking, correlations_of, ranking_of
from signals.feature_groups import measured_or_refused
from signals.feature_table import FeatureTable, feature_table
from signals.filters.scope import Scope
from signals.models import Signal
from vibration.features import FEATURE_NAMES, FEATURES
from vibration.features.groups import ALL_FEATURES
from vibration.features.registry import Feature
from vibration.statistics.ranking import Ranked

RULE = "Whiskers reach the last value within 1.5 box lengths{}; dots lie beyond, {} at most."
VIOLIN_RULE = "The width is the density of the values{}; the bar spans the middle half."
ALL, SELECTED = "All", "Selected"
DECADES = 30.0


@dataclass(frozen=True, eq=False)
class FeaturePanel:
    """One feature by group, and the histograms beside it."""

    title: str
    meta: str
    note: str
    boxes: Any
    histogram: Any
    groups: list[Group]
    chosen: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CorrelationPanel:
    """Correlations of all features, or two of them against each other."""

    title: str
    meta: str
    figure: Any
    fx: str
    fy: str


@dataclass(frozen=True)
class RankingPanel:
    """The ranking in the order of what is asked for; without one, why there is none."""

    rows: list[Ranked]
    names: tuple[str, ...]
    meta: str
    why_not: str
    chosen: str
    is_information: bool


def ranking_panel(user: Any, state: ExplorerState) -> RankingPanel:
    """Return all features ranked, with the one that is looked at."""
    is_information = state.rank == "mi"
    signals = signals_of(user, state)
    try:
        ranking = ranking_of(user, signals, with_copies=state.with_copies)
    except Expected as error:
        return RankingPanel(
            [], FEATURE_NAMES, "", error.sentence, state.feature or FEATURE_NAMES[0], False
        )
    rows = _ordered(ranking, state.rank)
    chosen = state.feature or ranking.names[rows[0].column]
    meta = f"n = {numbers_of(ranking.n, ranking.n_signals)}"
    if ranking.n_copies:
        copies = counted(ranking.n_copies, "copy", "copies")
        meta += f" · {copies} {'drawn with their record' if state.with_copies else 'left out'}"
    return RankingPanel(rows, ranking.names, meta, "", chosen, is_information)


def feature_panel(user: Any, state: ExplorerState) -> FeaturePanel:
    """Return a feature by group, the first of the ranking where none is named."""
    scope = signals_of(user, state)
    feature = ALL_FEATURES[state.feature or first_ranked(user, scope, state)[0]]
    measured_or_refused(user, scope.store, [feature.name])
    table = feature_table(user, scope, features=(feature.name,))
    values = table.column(feature.name)
    label = feature.label_of(scope.units())
    axis = Axis(label, spans_decades(values) if state.is_log is None else state.is_log)
    groups = [look.of(values) for look in looks_of(user, scope, table, state.by, state.theme)]
    known = {group.code: group for group in groups}
    chosen = tuple(code for code in state.groups if code in known)[:MOST_GROUPS]
    name = f"{feature.name} {state.by} {axis.kind} {state.kind}"
    look: dict[str, Any] = {"theme": state.theme, "subject": name}
    is_violin = state.kind == "violin"
    boxes = boxes_figure(groups, axis, chosen=chosen, is_violin=is_violin, **look)
    over = [known[code] for code in chosen]
    over = over or [Group("", ALL, color(state.theme, "trace"), "circle", values)]
    over += _selected(user, state, scope, table, values)
    facts = {"feature": feature.name, "by": state.by}
    histogram = histogram_figure(over, axis, facts=facts, **look)
    note = _note(state, groups, axis)
    meta = f"n = {described(table)}"
    return FeaturePanel(feature.title, meta, note, boxes, histogram, groups, chosen)


def spans_decades(values: Any) -> bool:
    """Tell whether values are told apart better by their logarithms."""
    known = values[np.isfinite(values)]
    if not known.size or known.min() <= 0:
        return False
    low, high = np.quantile(known, (0.02, 0.98))
    return bool(high > DECADES * low)


def _selected(
    user: Any, state: ExplorerState, scope: Scope, table: FeatureTable, values: Any
) -> list[Group]:
    """Return what is selected as one more group, none where nothing is."""
    chosen = narrowed(user, state, scope)
    if chosen is None:
        return []
    inside = chosen.signals().filter(pk__in=among(table.pks)).values_list("pk", flat=True)
    rows = np.isin(table.pks, np.fromiter(inside, np.int64))
    return [Group("", SELECTED, color(state.theme, "accent"), "circle", values[rows])]


def correlation_panel(user: Any, state: ExplorerState) -> CorrelationPanel:
    """Return the map of all correlations, or the scatter of a pair."""
    scope = signals_of(user, state)
    fx, fy = pair_of(user, scope, state)
    if state.corr == "scatter":
        return _scatter(user, state, scope, fx, fy)
    found = correlations_of(user, scope, state.measure)
    figure = correlation_figure(
        found.matrix,
        found.order,
        FEATURE_NAMES,
        [short_title(feature) for feature in FEATURES],
        theme=state.theme,
        subject=f"correlation {state.measure}",
        pair=(state.fx, state.fy) if state.fx and state.fy else None,
    )
    meta = f"n = {numbers_of(found.n, found.n_signals)}"
    return CorrelationPanel("Correlation", meta, figure, fx, fy)


def first_ranked(user: Any, scope: Scope, state: ExplorerState) -> tuple[str, str]:
    """Return the two features that tell the classes apart best; of one class, the first two."""
    try:
        ranking = ranking_of(user, scope, with_copies=state.with_copies)
    except Expected:
        return FEATURE_NAMES[0], FEATURE_NAMES[1]
    first, second = _ordered(ranking, state.rank)[:2]
    return ranking.names[first.column], ranking.names[second.column]


def pair_of(user: Any, scope: Scope, state: ExplorerState) -> tuple[str, str]:
    """Return the two features of the scatter."""
    if state.fx and state.fy:
        return state.fx, state.fy
    best = first_ranked(user, scope, state)
    fx = state.fx or next(name for name in best if name != state.fy)
    return fx, state.fy or next(name for name in best if name != fx)


def clouds_of(table: FeatureTable, x: Any, y: Any) -> list[Cloud]:
    """Return what is drawn of a table's signals by class, each point with its signal's label."""
    looks = [look for look in by_class(table.classes) if look.rows.any()]
    clouds = drawn_of(
        [
            Cloud(look.code, look.name, look.colour, look.symbol, table.pks[look.rows], (), *places)
            for look in looks
            for places in [(x[look.rows], y[look.rows])]
        ]
    )
    pks = [int(pk) for cloud in clouds for pk in cloud.pks]
    labels = dict(Signal.objects.filter(pk__in=among(pks)).order_by().values_list("pk", "label"))
    return [
        replace(cloud, labels=[labels.get(pk, str(pk)) for pk in map(int, cloud.pks)])
        for cloud in clouds
    ]


def described(table: FeatureTable) -> str:
    return numbers_of(len(table.pks), table.n_signals)


def short_title(feature: Feature) -> str:
    is_band = feature.title.startswith("Band energy")
    return feature.title.replace("Band energy", "Band") if is_band else feature.title


def _scatter(user: Any, state: ExplorerState, scope: Scope, fx: str, fy: str) -> CorrelationPanel:
    measured_or_refused(user, scope.store, (fx, fy))
    table = feature_table(user, scope, features=(fx, fy))
    x, y = table.column(fx), table.column(fy)
    clouds = clouds_of(table, x, y)
    units = scope.units()
    plane = Plane(
        ALL_FEATURES[fx].label_of(units),
        ALL_FEATURES[fy].label_of(units),
        state.theme,
        f"scatter {fx} {fy}",
        is_log_x=spans_decades(x),
        is_log_y=spans_decades(y),
    )
    selected = selected_of(user, state, scope, clouds)
    figure = points_figure(clouds, plane, selected=selected, facts={"file": f"{fx}-{fy}"})
    meta = f"n = {described(table)}{drawn_words(clouds, len(table.pks))}"
    return CorrelationPanel("Two features", meta, figure, fx, fy)


def _ordered(ranking: Ranking, rank: str) -> list[Ranked]:
    if rank == "mi":
        return sorted(ranking.rows, key=lambda row: -row.information)
    return ranking.rows


def _note(state: ExplorerState, groups: list[Group], axis: Axis) -> str:
    of_log = " of the logarithms" if axis.is_log else ""
    if state.kind == "violin":
        rule = VIOLIN_RULE.format(", over logarithms" if axis.is_log else "")
    else:
        rule = RULE.format(of_log, MOST_OUTLIERS)
    return " ".join(part for part in (rule, left_out(groups, axis)) if part)
