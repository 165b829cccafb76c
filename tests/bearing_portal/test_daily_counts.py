from datetime import date, timedelta

import pytest
from django.urls import reverse

from bearing_portal.daily_counts import counts
from monitoring.daily_counts import trends
from monitoring.models import DailyCount
from monitoring.services.daily_counts import daily_counts_write
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 14)


def counted(kind, scope, owner=None):
    return {c.value for c in counts() if (c.kind, c.scope, c.owner_id) == (kind, scope, owner)}


def kept(days_ago, value, *, scope="shared", owner=None):
    DailyCount.objects.create(
        date=TODAY - timedelta(days=days_ago),
        kind="signals",
        scope=scope,
        owner=owner,
        value=value,
    )


def change(user, now=100):
    return trends(user, TODAY, {"signals": now})["signals"].change


def test_each_scope_counts_what_it_sees():
    owner = make_user("engineer")
    make_dataset(visibility="shared", classes=("healthy",))
    make_dataset(owner, classes=("healthy", "wear"))
    make_dataset(classes=("imbalance",))
    assert counted("signals", "shared") == {2}
    assert counted("signals", "person", owner.pk) == {6}
    assert counted("signals", "all") == {8}
    assert counted("classes", "person", owner.pk) == {2}
    assert counted("classes", "all") == {3}


@pytest.mark.parametrize("role", ["viewer", "engineer", "superuser"])
def test_what_is_counted_is_what_home_shows(client, role):
    user = make_user(role)
    make_dataset(visibility="shared")
    make_dataset(classes=("imbalance",))
    if role == "engineer":
        make_dataset(user, per_class=3)
        make_dataset(user, ready=False)
    client.force_login(user)
    shown = client.get(reverse("home")).context
    daily_counts_write(date=TODAY - timedelta(days=7))
    figures = {"signals": shown["counts"]["signals"], "classes": shown["counts"]["classes"]}
    figures |= {"datasets": shown["n_datasets"], "bytes": shown["counts"]["size_bytes"]}
    found = trends(user, TODAY, figures)
    assert {kind: trend.change for kind, trend in found.items()} == dict.fromkeys(figures, 0)


def test_counting_needs_two_queries_however_many_owners(django_assert_num_queries):
    make_dataset()
    make_dataset()
    with django_assert_num_queries(2):
        list(counts())


def test_a_day_is_remembered_by_its_last_count():
    daily_counts_write(date=TODAY)
    make_dataset(visibility="shared")
    assert daily_counts_write(date=TODAY) > 0
    assert daily_counts_write(date=TODAY) == 0
    assert DailyCount.objects.get(kind="datasets", scope="shared").value == 1


def test_who_has_nothing_private_any_more_sees_what_is_shared():
    dataset = make_dataset()
    daily_counts_write(date=TODAY)
    assert DailyCount.objects.filter(scope="person").exists()
    dataset.delete()
    daily_counts_write(date=TODAY)
    assert not DailyCount.objects.filter(scope="person").exists()


def test_a_trend_is_against_a_week_ago():
    kept(7, 80)
    kept(3, 90)
    found = trends(make_user(), TODAY, {"signals": 100})["signals"]
    assert (found.change, found.days, found.direction) == (20, (80, 90, 100), "up")


def test_a_day_the_portal_was_off_is_spoken_for_by_the_one_before():
    kept(9, 60)
    kept(6, 90)
    assert change(make_user()) == 40


def test_without_a_day_that_old_there_is_no_trend():
    kept(6, 90)
    assert change(make_user()) is None


def test_a_person_is_compared_with_what_he_saw():
    owner = make_user()
    kept(7, 80)
    kept(7, 95, scope="person", owner=owner)
    kept(7, 300, scope="all")
    assert change(owner) == 5
    assert change(make_user()) == 20
    assert change(make_user("superuser")) == -200


def test_home_writes_a_dash_where_no_week_is_known(client):
    make_dataset(visibility="shared")
    client.force_login(make_user())
    assert "– vs last week" in client.get(reverse("home")).content.decode()
