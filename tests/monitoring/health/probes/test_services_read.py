import time

import django_rq
import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import override_settings
from redis.exceptions import ConnectionError as ValkeyAway

from common.cache import hits as cache_hits
from monitoring.health.probes import database, queues, storage, valkey
from monitoring.health.probes.remembered import Remembered
from monitoring.models import Job
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


def test_postgresql_tells_of_its_connections():
    found = database.database()
    assert found.version[0].isdigit()
    assert 1 <= found.connections <= found.most_connections
    assert 0 <= found.cache_hit_percent <= 100


def test_sizes_are_those_of_the_database():
    found = database.sizes()
    assert found.database_bytes > 1_000_000
    assert [t.size_bytes for t in found.tables] == sorted(
        (t.size_bytes for t in found.tables), reverse=True
    )


def test_without_recording_the_running_statements_are_shown():
    assert database.statements().recorded is False


def test_recorded_statements_come_slowest_first_and_say_so():
    if not _can_record():
        pytest.skip("this PostgreSQL is without pg_stat_statements")
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute("SELECT pg_sleep(0.02)")
    found = database.statements()
    assert found.recorded
    times_ms = [statement.ms for statement in found.statements]
    assert times_ms == sorted(times_ms, reverse=True)
    assert any("pg_sleep($1)" in statement.text for statement in found.statements)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_unknown_not_zero(monkeypatch, error):
    def refuse(*args, **kwargs):
        raise error("away")

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    assert database.database() is None
    assert database.sizes() is None
    assert database.statements() is None
    assert queues.jobs() is None


def test_a_refused_statement_leaves_the_transaction_whole():
    assert database._ask("SELECT no_such_column") is None
    assert Job.objects.count() == 0


def test_only_the_web_process_has_a_pool():
    assert database.pool() is None


def test_valkey_tells_of_memory_and_clients():
    found = valkey.valkey()
    assert found.name == "Valkey"
    assert found.used_bytes > 0
    assert found.clients >= 1


def test_a_hit_rate_of_no_looks_is_unknown():
    info = {"used_memory": 1, "connected_clients": 1, "keyspace_hits": 0, "keyspace_misses": 0}
    assert valkey.reading(info).hit_percent is None
    assert valkey.reading(info | {"keyspace_hits": 3, "keyspace_misses": 1}).hit_percent == 75


def test_keys_are_added_up_over_all_databases():
    info = {"used_memory": 1, "connected_clients": 1, "db0": {"keys": 2}, "db3": {"keys": 5}}
    assert valkey.reading(info).keys == 7


def test_a_valkey_that_is_away_is_unknown(monkeypatch):
    def refuse(*args, **kwargs):
        raise ValkeyAway

    monkeypatch.setattr(queues.django_rq, "get_queue", refuse)
    for module in (valkey.server, cache_hits):
        monkeypatch.setattr(module, "valkey", refuse)
    assert valkey.valkey() is None
    assert queues.queue() is None
    assert cache_hits.cache_hits() is None


def test_waiting_jobs_are_counted_from_their_rows():
    dataset = make_dataset(ready=False)
    found = queues.jobs()
    assert (found.waiting, found.running) == (1, 0)
    assert found.longest_wait_s > 0
    Job.objects.filter(pk=dataset.job_id).update(status=Job.Status.RUNNING)
    assert queues.jobs().running == 1


def test_nobody_waiting_is_no_wait():
    assert queues.jobs().longest_wait_s == 0


@pytest.mark.parametrize("entry", ["", "send-mail", "7f3a-1", "a-b-c-d"])
def test_an_entry_without_a_row_names_no_job(entry):
    assert queues.job_of_entry(entry) is None


def test_files_are_added_up_by_folder(tmp_path):
    (tmp_path / "datasets" / "1").mkdir(parents=True)
    (tmp_path / "datasets" / "1" / "signals.h5").write_bytes(b"12345")
    (tmp_path / "models").mkdir()
    with override_settings(STORAGE_DIR=tmp_path):
        found = storage.storage()
    assert found.bytes_by_folder == {"datasets": 5, "models": 0}
    assert (found.total_bytes, found.n_files) == (5, 1)


def test_a_storage_that_is_missing_is_unknown(tmp_path):
    with override_settings(STORAGE_DIR=tmp_path / "no"):
        assert storage.storage() is None


@pytest.fixture
def no_counts():
    connection = django_rq.get_connection("short")
    connection.delete(cache_hits.HITS_KEY, cache_hits.MISSES_KEY)
    cache_hits.COUNTER.forget()


def test_looks_into_the_cache_are_counted_by_kind(no_counts):
    from django.core.cache import cache

    cache.delete_many(["spectrum:1", "ranking:1"])
    cache.get("spectrum:1")
    cache.set("spectrum:1", None)
    cache.get("spectrum:1")
    cache.get_many(["spectrum:1", "ranking:1"])
    found = {hits.kind: (hits.hits, hits.misses) for hits in cache_hits.cache_hits()}
    assert found == {"spectrum": (2, 1), "ranking": (0, 1)}


def test_counts_wait_while_valkey_is_away(no_counts, monkeypatch):
    def refuse(*args, **kwargs):
        raise ValkeyAway

    counter = cache_hits.HitCounter()
    counter.count("spectrum:1", hit=True)
    with monkeypatch.context() as away:
        away.setattr(cache_hits, "valkey", refuse)
        counter.flush()
    counter.flush()
    assert cache_hits.cache_hits() == (cache_hits.Hits("spectrum", 1, 0),)


def test_a_forked_process_does_not_count_its_parents_looks_again():
    counter = cache_hits.HitCounter()
    counter.count("spectrum:1", hit=True)
    counter.forget()
    assert not counter._hits


def test_a_measurement_is_taken_again_only_when_it_is_old():
    taken = []
    remembered = Remembered(lambda: taken.append(1) or len(taken), for_s=60)
    assert remembered.peek() is None
    assert [remembered.read().value, remembered.read().value] == [1, 1]
    assert remembered.read(at_most_s=0).value == 2
    assert remembered.peek().value == 2
    assert time.monotonic() - remembered.peek().at_s < 60
    remembered.forget()
    assert remembered.peek() is None


def _can_record():
    with connection.cursor() as cursor:
        cursor.execute("SHOW shared_preload_libraries")
        return "pg_stat_statements" in cursor.fetchone()[0]
