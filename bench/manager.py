"""The Dataset Manager: its list, deletions, a relabel, and what a million rows take.

Datasets are of index rows alone: none of what is timed here reads a waveform, or copies one.
"""

import time
from typing import Any

from bench.registry import Figures, benchmark
from bench.served.portal import percentiles, served

_N_DATASETS = 500
_N_LISTED = 20
_N_DELETED = 10
_LARGE, _MILLION = 100_000, 1_000_000
_TABLES = ("signals_signal", "signals_signalpast")


@benchmark("dataset_list_500", yardsticks={"p95_ms": 300.0})
def measure_list() -> Figures:
    """Return the time of the list, cards and table in turn, with 500 datasets."""
    portal = served()
    for number in range(_N_DATASETS):
        _made(f"Listed {number}", 11)
    browser = portal.browser()
    spent = []
    for number in range(_N_LISTED + 2):
        layout = ("cards", "list")[number % 2]
        spent.append(browser.ms(f"/datasets/?layout={layout}&page={1 + number % 3}"))
    return {**percentiles(spent[2:]), "datasets": _N_DATASETS}


@benchmark("dataset_delete", yardsticks={"p95_ms": 300.0, "large_ms": 300.0})
def measure_delete() -> Figures:
    """Return how soon a deletion answers: into the trash, and of 100 000 signals for good."""
    browser = served().browser()
    small = [_made(f"Small {number}", 11) for number in range(_N_DELETED)]
    spent = [browser.ms(f"/datasets/{made.pk}/delete/", b"") for made in small]
    large = _made("Large", _LARGE)
    large_ms = browser.ms(f"/datasets/{large.pk}/delete/", b"")
    purge_ms = browser.ms(f"/datasets/{large.pk}/purge/", b"")
    return {
        **percentiles(spent),
        "large_ms": round(large_ms, 1),
        "large_for_good_ms": round(purge_ms, 1),
    }


@benchmark("dataset_delete_1000000", yardsticks={"answer_ms": 300.0})
def measure_removal() -> Figures:
    """Return how soon the deletion of a million signals for good answers, and how long its job is.

    Beside it the same rows by one plain statement, for a tenth of them: milliseconds for each
    thousand of both.
    """
    browser = served().browser()
    made = _made("A million", _MILLION)
    other = _made("A tenth", _MILLION // 10)

    from django.db import connection, transaction

    from monitoring.models import Job
    from signals.jobs import remove
    from signals.models import SignalStore

    browser.ms(f"/datasets/{made.pk}/delete/", b"")
    answer_ms = browser.ms(f"/datasets/{made.pk}/purge/", b"")
    job = SignalStore.objects.get(pk=made.store_id).removed_by
    began_s = time.perf_counter()
    remove(str(job.pk))
    job_s = time.perf_counter() - began_s
    if Job.objects.get(pk=job.pk).status != Job.Status.COMPLETED:
        raise RuntimeError("The job that removes the signals did not end well.")
    began_s = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("DELETE FROM signals_signal WHERE store_id = %s", [other.store_id])
    plain_s = time.perf_counter() - began_s
    return {
        "answer_ms": round(answer_ms, 1),
        "job_s": round(job_s, 1),
        "job_ms_a_thousand": round(1e6 * job_s / _MILLION, 2),
        "plain_ms_a_thousand": round(1e7 * plain_s / _MILLION, 2),
    }


@benchmark("relabel_100000_s", yardsticks={"one": 5.0, "all": 5.0})
def measure_relabel() -> Figures:
    """Return seconds for a version of 100 000 rows made by a relabel of one, and of each row.

    Beside them one plain statement that writes each of these rows anew.
    """
    user = served().user
    made = _made("To relabel", _LARGE)

    from django.db import connection, transaction

    from signals.models import FaultClass, Signal
    from signals.services.labels import Relabel, signals_relabel

    signals = Signal.objects.filter(store=made.store)
    wear, whirl = FaultClass.objects.filter(code__in=("wear", "oil_whirl")).order_by("code")

    def seconds(chosen: Any, fault_class: FaultClass) -> float:
        labels = Relabel(fault_class=fault_class, severity=None)
        began_s = time.perf_counter()
        signals_relabel(user=user, signals=chosen, labels=labels, reason="Benchmark")
        return round(time.perf_counter() - began_s, 2)

    one = signals.filter(pk__in=signals.exclude(fault_class=wear).values("pk")[:1])
    figures = {"one": seconds(one, wear), "all": seconds(signals, whirl)}
    began_s = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "UPDATE signals_signal SET rank_in_class = rank_in_class WHERE store_id = %s",
            [made.store_id],
        )
    return figures | {"plain_rewrite": round(time.perf_counter() - began_s, 2)}


@benchmark("rows_1000000")
def measure_rows() -> Figures:
    """Return seconds to write a million index rows, and bytes of table and indexes for each row."""
    from django.db import connection

    from bench.explorer import index_of

    served()
    with connection.cursor() as cursor:
        before = _sizes(cursor)
        began_s = time.perf_counter()
        index_of("1000000")
        spent_s = time.perf_counter() - began_s
        after = _sizes(cursor)
    rows = 1_000_000
    return {
        "written_s": round(spent_s, 1),
        "table_bytes_a_row": round((after[0] - before[0]) / rows),
        "index_bytes_a_row": round((after[1] - before[1]) / rows),
    }


def _made(name: str, n: int) -> Any:
    from datasets.services.index_rows import index_make

    return index_make(owner=served().user, name=name, n=n)


def _sizes(cursor: Any) -> tuple[int, int]:
    cursor.execute(
        "SELECT sum(pg_table_size(t)), sum(pg_indexes_size(t)) FROM unnest(%s::regclass[]) AS t",
        [list(_TABLES)],
    )
    table, indexes = cursor.fetchone()
    return int(table), int(indexes)
