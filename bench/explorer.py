"""The Data Explorer's server side: a filter change at three sizes, t-SNE, and the cache's share.

A filter change is what the page asks for at once: the form with the counts beside its options, the
overview, and the first page of the table; each filter is new, so that nothing comes from the cache.
"""

import time
from collections.abc import Callable, Iterator
from functools import cache as remembered
from typing import Any

import numpy as np

from bench.registry import Figures, benchmark
from bench.served.portal import percentiles, served

_CHANGES = 40
_MIX = 600
_SIZES = {"1430": 1_430, "100000": 100_000, "1000000": 1_000_000}


@benchmark("filter_change_1430", yardsticks={"p95_ms": 120.0})
def measure_small() -> Figures:
    """Return the time of a filter change at 1 430 signals."""
    return _changes("1430")


@benchmark("filter_change_100000", yardsticks={"p95_ms": 250.0})
def measure_middle() -> Figures:
    """Return the time of a filter change at 100 000 signals."""
    return _changes("100000")


@benchmark("filter_change_1000000", yardsticks={"p95_ms": 500.0})
def measure_large() -> Figures:
    """Return the time of a filter change at a million signals, and of pages of its table."""
    figures = _changes("1000000")
    dataset_id = index_of("1000000")
    return figures | {
        "page_sorted_ms": _page_ms(dataset_id, "rms", 0),
        "page_deep_ms": _page_ms(dataset_id, "rms", 100_000),
        "page_unindexed_ms": _page_ms(dataset_id, "skewness", 0),
    }


@benchmark("projection_s", yardsticks={"tsne": 2.0})
def measure_projections() -> Figures:
    """Return seconds for 1 430 × 36 features of eleven classes, the best of three rounds."""
    from threadpoolctl import threadpool_limits

    from vibration.statistics.projection import Method, project

    random = np.random.default_rng(0)
    centres = random.normal(size=(11, 36)) * 2
    x = centres[np.arange(1_430) % 11] + random.normal(size=(1_430, 36))
    with threadpool_limits(1):
        return {
            method.value: _best_s(lambda method=method: project(x, method)) for method in Method
        }


@benchmark("explorer_cache")
def measure_cache() -> Figures:
    """Return the share of what was found in the cache in a mix of people's questions.

    Four people, one dataset: of every ten questions eight are one of five filters that all know,
    two are a filter from a range of thirty; each asks for the overview, and every fourth for the
    ranking too.
    """
    served()
    from django.core.cache import cache

    dataset_id = index_of("1430")
    random = np.random.default_rng(1)
    found = asked = 0
    cache.clear()
    for question in range(_MIX):
        usual = random.random() < 0.8
        low = 0.1 * random.integers(5) if usual else 0.01 * random.integers(30)
        scope = _scope(dataset_id, f"rms_min={low:.2f}")
        wanted = ["overview"] + (["ranking"] if question % 4 == 0 else [])
        for what in wanted:
            asked += 1
            found += cache.get(scope.key(what)) is not None
            _ask(what, scope)
    return {"questions": asked, "percent_missed": round(100 * (1 - found / asked), 1)}


def _ask(what: str, scope: Any) -> None:
    from signals.exploration.analyses import ranking_of
    from signals.exploration.overview import overview

    (overview if what == "overview" else ranking_of)(scope.user, scope)


def _changes(size: str) -> Figures:
    served()
    dataset_id = index_of(size)
    spent = [_change_ms(dataset_id, query) for query in _queries()]
    return {**percentiles(spent[3:]), "signals": _SIZES[size]}


def _change_ms(dataset_id: int, query: str) -> float:
    from django.http import QueryDict

    from bearing_portal.dashboards.explorer.filters import filters_context
    from signals.exploration.overview import overview
    from signals.exploration.table import TableQuery, table_page

    began_s = time.perf_counter()
    scope = _scope(dataset_id, query)
    filters_context(scope.user, QueryDict(f"dataset={dataset_id}&{query}"))
    overview(scope.user, scope)
    table_page(scope.user, scope, TableQuery())
    return 1e3 * (time.perf_counter() - began_s)


def _queries() -> Iterator[str]:
    """Yield filters of every kind in turn, none of them twice."""
    for number in range(_CHANGES + 3):
        step = number / (_CHANGES + 3)
        yield (
            f"rms_min={0.3 * step:.4f}",
            f"class=wear&class=healthy&load_max={100 - 30 * step:.2f}",
            f"severity=mild&rpm_min={3000 + 300 * step:.1f}",
            f"per_class={100 + number}",
            f"class=oil_whirl&severity=severe&rms_max={1 + step:.4f}",
        )[number % 5]


def _page_ms(dataset_id: int, sort: str, start: int) -> float:
    from signals.exploration.table import TableQuery, table_page

    scope = _scope(dataset_id, "load_min=1")
    query = TableQuery(start=start, end=start + 50, sort=sort)
    began_s = time.perf_counter()
    table_page(scope.user, scope, query)
    return round(1e3 * (time.perf_counter() - began_s), 1)


def _scope(dataset_id: int, query: str) -> Any:
    from django.http import QueryDict

    from datasets.scope import explorer_scope
    from signals.filters.signal_filter import SignalFilter

    chosen = SignalFilter.from_query(QueryDict(f"dataset={dataset_id}&{query}"))
    return explorer_scope(served().user, chosen)


@remembered
def index_of(size: str) -> int:
    """Make index rows once; return the dataset's id."""
    portal = served()
    from django.db import connection

    from datasets.services.index_rows import index_make

    made = index_make(owner=portal.user, name=f"Index of {size}", n=_SIZES[size])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE signals_signal")
    return int(made.pk)


def _best_s(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(3):
        began_s = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began_s)
    return round(min(seconds), 2)
