from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bearing_portal.frame.home import figures
from datasets.models import Dataset
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


def aged(dataset, days):
    """Make a dataset as if so many days ago, at noon."""
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    at = noon - timedelta(days=days)
    Dataset.objects.filter(pk=dataset.pk).update(created_at=at, ready_at=at)
    return dataset


def trends_of(user):
    return figures(user, "")["trends"]


def test_what_came_within_the_week_is_the_change():
    owner = make_user("engineer")
    aged(make_dataset(owner, classes=("healthy",)), 7)
    aged(make_dataset(owner, classes=("healthy", "wear")), 6)

    found = trends_of(owner)

    assert {name: found[name].change for name in ("signals", "classes", "datasets")} == {
        "signals": 4,
        "classes": 1,
        "datasets": 1,
    }
    assert found["bytes"].change > 0


def test_the_line_goes_from_a_week_ago_to_now():
    owner = make_user("engineer")
    aged(make_dataset(owner), 30)
    aged(make_dataset(owner), 2)

    assert trends_of(owner)["datasets"].days == (1, 1, 1, 1, 1, 2, 2, 2)


def test_on_a_fresh_portal_nothing_is_compared(client):
    owner = make_user("engineer")
    make_dataset(owner)
    client.force_login(owner)

    page = client.get(reverse("home"))

    assert {trend.change for trend in page.context["trends"].values()} == {None}
    assert "last week" not in page.content.decode()


def test_what_another_keeps_private_changes_nothing():
    viewer = make_user("viewer")
    aged(make_dataset(visibility="shared"), 8)
    aged(make_dataset(), 1)

    assert trends_of(viewer)["signals"].change == 0


def test_the_queries_do_not_grow_with_the_datasets():
    owner = make_user("superuser")
    numbers = []
    for _ in range(2):
        make_dataset(owner)
        with CaptureQueriesContext(connection) as asked:
            trends_of(owner)
        numbers.append(len(asked))

    assert numbers[0] == numbers[1]
