"""What the person looks at and how: a part of the page's address, read for a callback.

Every part of the state is a text under a short key. Whoever made a value up gets the default
instead; only the filter, the selection and the filters of columns are refused in words, since
without them other signals would be meant than the address says.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from bearing_portal.dashboards.figures.theme import known_theme
from common.errors import Invalid
from signals.filters.grid import read_model
from vibration.features import FEATURE_NAMES
from vibration.statistics.projection import METRICS, Method, ProjectionParameters

RANKS = ("f", "mi")
KINDS = ("box", "violin")
GROUPINGS = ("class", "severity", "rpm", "load", "temperature")
CORRELATIONS = ("matrix", "scatter")
MEASURES = ("spearman", "pearson")
CONDITIONS = ("rpm", "load", "temperature")
METHODS = tuple(method.value for method in Method)
MOST_GROUPS = 4
LONGEST = 4000


@dataclass(frozen=True)
class ExplorerView:
    """One state of the explorer, or the part of it that a panel was asked for; see `read`."""

    filter_query: QueryDict
    sel: str
    feature: str | None
    rank: str
    with_copies: bool
    is_all_ranked: bool
    kind: str
    by: str
    is_log: bool | None
    groups: tuple[str, ...]
    corr: str
    measure: str
    fx: str | None
    fy: str | None
    method: Method
    parameters: ProjectionParameters
    projection: str | None
    colour: str
    sort: str
    grid: dict[str, Any]
    theme: str


def read(given: Any) -> ExplorerView:
    """Read a state from the texts of an address or of a callback.

    The filter comes under its own keys, or together as a query under ``filter``.
    """
    texts = _texts(given)
    query = texts.get("filter", "")
    if len(query) > LONGEST:
        raise Invalid("The filter is too long to be read; choose fewer conditions.")
    method = Method(_choice(texts.get("method"), METHODS, Method.PCA.value))
    axis = texts.get("axis")
    return ExplorerView(
        filter_query=QueryDict(query),
        sel=texts.get("sel", ""),
        feature=_feature(texts.get("feature")),
        rank=_choice(texts.get("rank"), RANKS),
        with_copies=texts.get("copies") == "yes",
        is_all_ranked=texts.get("ranked") == "all",
        kind=_choice(texts.get("kind"), KINDS),
        by=_choice(texts.get("by"), GROUPINGS),
        is_log={"log": True, "linear": False}.get(axis or ""),
        groups=tuple(dict.fromkeys(filter(None, texts.get("groups", "").split(","))))[:MOST_GROUPS],
        corr=_choice(texts.get("corr"), CORRELATIONS),
        measure=_choice(texts.get("measure"), MEASURES),
        fx=_feature(texts.get("fx")),
        fy=_feature(texts.get("fy")),
        method=method,
        parameters=_parameters(texts),
        projection=texts.get("projection", "")[:64] or None,
        colour=_choice(texts.get("colour"), ("class", *CONDITIONS, *FEATURE_NAMES)),
        sort=texts.get("sort", "")[:60],
        grid=read_model(texts.get("grid", "")),
        theme=known_theme(texts.get("theme")),
    )


def _texts(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        return {}
    return {key: value for key, value in given.items() if isinstance(value, str)}


def _choice(text: str | None, among: tuple[str, ...], default: str = "") -> str:
    return text if text in among else default or among[0]


def _feature(text: str | None) -> str | None:
    return text if text in FEATURE_NAMES else None


def _parameters(texts: dict[str, str]) -> ProjectionParameters:
    plain = ProjectionParameters()
    return ProjectionParameters(
        perplexity=_number(texts.get("perplexity"), plain.perplexity, 1, 1000),
        n_neighbours=int(_number(texts.get("neighbours"), plain.n_neighbours, 2, 1000)),
        min_dist=_number(texts.get("min_dist"), plain.min_dist, 0, 1),
        metric=_choice(texts.get("metric"), tuple(METRICS), plain.metric),
        seed=int(_number(texts.get("seed"), plain.seed, 0, 2**31 - 1)),
    )


def _number(text: str | None, default: float, lowest: float, highest: float) -> float:
    try:
        number = float(text or "")
    except ValueError:
        return default
    return min(max(number, lowest), highest) if math.isfinite(number) else default
