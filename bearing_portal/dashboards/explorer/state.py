"""What the person looks at and how: the explorer's address, declared once for server and scripts.

The selection is refused in words where it is applied, as the filter is, since without it other
signals would be shown than the address says.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import QueryDict
from django.urls import reverse_lazy

from bearing_portal.dashboards.explorer import ids
from bearing_portal.frame.design.tokens import THEMES
from common.page_state import (
    FILTER,
    Choice,
    Filter,
    JsonObject,
    Number,
    PageState,
    Question,
    Subset,
    Switch,
    Text,
    Words,
    key,
)
from signals.exploration.selection import MOST_IDS, MOST_VERTICES
from signals.feature_groups import FAMILIES, SETS
from signals.filters.grid import LONGEST_MODEL, MOST_COLUMNS
from signals.filters.signal_filter import FILTER_KEYS
from vibration.features.groups import ALL_FEATURES
from vibration.machines.iso20816 import MACHINE_GROUPS
from vibration.statistics.projection import METRICS, Method, ProjectionParameters

RANKS = ("f", "mi")
KINDS = ("box", "violin")
GROUPINGS = ("class", "severity", "rpm", "load", "temperature")
CORRELATIONS = ("matrix", "scatter")
MEASURES = ("spearman", "pearson")
CONDITIONS = ("rpm", "load", "temperature")
ALONG = ("number", "time")
MOST_GROUPS = 4
PAGE_ROWS = 50

_PLAIN = ProjectionParameters()
_FEATURE = Choice({"": None} | {name: name for name in ALL_FEATURES})


@dataclass(frozen=True)
class ExplorerState(PageState):
    """One state of the explorer, or the part of it that a panel was asked for."""

    filter_keys: ClassVar[tuple[str, ...]] = FILTER_KEYS

    filter_query: QueryDict = key(FILTER, Filter(), is_beside=True)
    sel: str = key("sel", Text(), of=FILTER)
    feature: str | None = key("feature", _FEATURE)
    rank: str = key("rank", Choice(RANKS))
    with_copies: bool = key("copies", Switch("yes"))
    is_all_ranked: bool = key("ranked", Switch("all"))
    kind: str = key("kind", Choice(KINDS))
    by: str = key("by", Choice(GROUPINGS))
    is_log: bool | None = key("axis", Choice({"": None, "log": True, "linear": False}))
    groups: tuple[str, ...] = key("groups", Words(MOST_GROUPS), of=FILTER)
    corr: str = key("corr", Choice(CORRELATIONS))
    measure: str = key("measure", Choice(MEASURES))
    fx: str | None = key("fx", _FEATURE)
    fy: str | None = key("fy", _FEATURE)
    method: Method = key("method", Choice({each.value: each for each in Method}, Method.PCA.value))
    perplexity: float = key("perplexity", Number(_PLAIN.perplexity, 1, 1000))
    n_neighbours: int = key("neighbours", Number(_PLAIN.n_neighbours, 2, 1000, is_whole=True))
    min_dist: float = key("min_dist", Number(_PLAIN.min_dist, 0, 1))
    metric: str = key("metric", Choice(METRICS, _PLAIN.metric))
    seed: int = key("seed", Number(_PLAIN.seed, 0, 2**31 - 1, is_whole=True))
    projected: frozenset[str] = key("on", Subset(tuple(SETS), FAMILIES))
    projection: str = key("projection", Text(64))
    colour: str = key("colour", Choice(("class", *CONDITIONS, *ALL_FEATURES)))
    trend: str | None = key("trend", _FEATURE)
    along: str = key("along", Choice(ALONG))
    machine: str = key("machine", Choice(tuple(MACHINE_GROUPS)))
    sort: str = key("sort", Text(60))
    grid: dict[str, Any] = key("grid", JsonObject(LONGEST_MODEL), of=FILTER)
    checked: str = key("checked", Text(), is_continuous=True, of="sel")  # the scripts' alone
    theme: str = key("theme", Choice(THEMES), is_beside=True)

    @property
    def parameters(self) -> ProjectionParameters:
        """What the method is told; each reads its own."""
        return ProjectionParameters(
            perplexity=self.perplexity,
            n_neighbours=self.n_neighbours,
            min_dist=self.min_dist,
            metric=self.metric,
            seed=self.seed,
        )


read = ExplorerState.read

_PARAMETERS = ("perplexity", "neighbours", "min_dist", "metric", "seed")
_OF_PROJECTION = ("method", *_PARAMETERS, "on", "projection")
QUESTIONS = (
    Question(ids.ASK_OVERVIEW, (FILTER, "sel")),
    Question(ids.ASK_RANKING, (FILTER, "rank", "ranked", "copies", "feature")),
    Question(
        ids.ASK_FEATURE,
        (FILTER, "feature", "rank", "copies", "kind", "by", "axis", "groups", "sel"),
    ),
    Question(ids.ASK_CORRELATION, (FILTER, "corr", "measure", "fx", "fy", "rank", "copies", "sel")),
    Question(ids.ASK_PROJECTION, (FILTER, *_OF_PROJECTION, "colour", "sel")),
    Question(ids.ASK_TREND, (FILTER, "trend", "along", "machine", "sel")),
    Question(ids.ASK_TREND_RANKS, (FILTER, "trend"), is_themed=False),
    Question(ids.ASK_TABLE, (FILTER, "sel"), is_themed=False),
)
DECLARED = ExplorerState.declared(
    QUESTIONS,
    mostGroups=MOST_GROUPS,
    mostChecked=MOST_IDS,
    mostVertices=MOST_VERTICES,
    mostFiltered=MOST_COLUMNS,
    pageRows=PAGE_ROWS,
) | {"links": {"viewer": reverse_lazy("viewer")}}
