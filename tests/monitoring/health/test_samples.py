from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from monitoring.events import event_record
from monitoring.health import past as health_past
from monitoring.health.samples import health_sample_take
from monitoring.jobs.reconcile import jobs_reconcile
from monitoring.models import HealthSample, Notification, SystemEvent
from monitoring.notices.services import notification_send
from monitoring.retention import KEPT, samples_prune
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


def sample(minutes_ago, **values):
    return HealthSample.objects.create(at=NOW - timedelta(minutes=minutes_ago), **values)


def test_a_sample_holds_what_was_measured():
    make_dataset(ready=False)
    taken = health_sample_take(NOW)
    taken.refresh_from_db()
    assert 0 <= taken.cpu_percent <= 100
    assert 0 < taken.memory_percent < 100
    assert taken.jobs_waiting == 1
    assert taken.database_bytes > 0


def test_what_cannot_be_read_is_kept_as_unknown(monkeypatch):
    from monitoring.health import samples

    monkeypatch.setattr(samples.valkey, "valkey", lambda: None)
    monkeypatch.setattr(samples.queues, "queue", lambda: None)
    taken = health_sample_take(NOW)
    assert (taken.valkey_bytes, taken.valkey_evicted, taken.workers) == (None, None, None)


def test_reconciling_takes_one_sample_a_minute_however_often_it_runs():
    before = HealthSample.objects.count()
    for _ in range(3):
        assert jobs_reconcile()
    assert 1 <= HealthSample.objects.count() - before <= 2  # a minute may end meanwhile


def test_old_samples_are_dropped():
    sample(49 * 60)
    kept = sample(47 * 60)
    assert samples_prune(before=NOW - KEPT["samples"]) == 1
    assert list(HealthSample.objects.all()) == [kept]


def test_the_last_hour_has_a_place_for_every_minute():
    sample(61, cpu_percent=1)
    sample(59, cpu_percent=2)
    sample(0, cpu_percent=3)
    past = health_past.past_hour(NOW).of("cpu_percent")
    assert len(past) == 60
    assert (past[0], past[-1]) == (2, 3)
    assert set(past[1:-1]) == {None}


def test_evicted_keys_survive_a_restart_of_valkey():
    for minutes_ago, evicted in ((50, 100), (40, 130), (30, 0), (20, 5)):
        sample(minutes_ago, valkey_evicted=evicted)
    assert health_past.past_hour(NOW).evicted == 35


def test_one_sample_tells_of_no_change():
    sample(1, valkey_evicted=7)
    assert health_past.past_hour(NOW).evicted is None


def test_prune_removes_old_rows_of_each_kind(capsys):
    user, long_ago = make_user(), NOW - timedelta(days=3000)
    sample(0)
    HealthSample.objects.filter(at=NOW).update(at=long_ago)
    read, unread = (
        notification_send(user=user, title="Read"),
        notification_send(user=user, title="Unread"),
    )
    Notification.objects.filter(pk=read.pk).update(read_at=long_ago)
    Notification.objects.update(created_at=long_ago)
    SystemEvent.objects.create(kind="created", subject="Old", at=long_ago)
    event_record(kind="created", actor=user, subject="New")
    call_command("prune")
    assert not HealthSample.objects.exists()
    assert list(Notification.objects.all()) == [unread]
    assert [event.subject for event in SystemEvent.objects.all()] == ["New"]
    assert "events: 1 older than 365 days removed" in capsys.readouterr().out


def test_prune_keeps_events_for_at_least_a_month():
    with pytest.raises(CommandError, match="from 30"):
        call_command("prune", "--events-days", "29")
