import csv
import io

import pytest
from django.urls import reverse

from signals.models import FaultClass, Signal
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    made = make_dataset(visibility="shared", per_class=3)
    relabelled(made)
    return made


def relabelled(dataset):
    wear = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
    imbalance = FaultClass.objects.get(code="imbalance")
    signals_relabel(
        user=dataset.store.owner,
        signals=wear,
        labels=Relabel(fault_class=imbalance),
        reason="<heard> again",
    )
    dataset.refresh_from_db()


def get(client, user, name, dataset, *parts, **query):
    client.force_login(user)
    return client.get(reverse(f"datasets:{name}", args=[dataset.pk, *parts]), query)


ADDRESSES = [
    ("versions", (), {}),
    ("version", (1,), {}),
    ("version", (2,), {}),
    ("version-compare", (), {"first": 1, "second": 2}),
    ("version-changes", (), {"first": 1, "second": 2}),
]


@pytest.mark.parametrize(("name", "parts", "query"), ADDRESSES)
def test_owner_and_member_see_versions_and_a_stranger_does_not(client, dataset, name, parts, query):
    assert get(client, dataset.store.owner, name, dataset, *parts, **query).status_code == 200
    assert get(client, make_user("viewer"), name, dataset, *parts, **query).status_code == 200
    private = make_dataset()
    relabelled(private)
    assert get(client, make_user("viewer"), name, private, *parts, **query).status_code == 404


def test_the_page_of_the_dataset_tells_who_changed_what_and_why(client, dataset):
    page = get(client, dataset.store.owner, "detail", dataset).content.decode()
    for words in ("3 signals relabelled", "&lt;heard&gt; again", "2 is current"):
        assert words in page


def test_the_page_of_a_version_tells_what_it_changed(client, dataset):
    page = get(client, dataset.store.owner, "version", dataset, 2).content.decode()
    for words in ("3 relabelled", "Wear", "Imbalance", "To cite this version"):
        assert words in page


def test_the_changes_come_as_csv(client, dataset):
    answer = get(client, dataset.store.owner, "version-changes", dataset, first=1, second=2)
    head, *lines = b"".join(answer.streaming_content).decode().splitlines()
    assert head == "id,label,class before,severity before,class after,severity after,change"
    assert len(lines) == 3
    assert all(line.endswith("relabelled") and ",Wear," in line for line in lines)


@pytest.mark.parametrize("query", [{"first": "1"}, {"first": "x", "second": "1"}])
def test_a_comparison_without_two_numbers_says_what_to_do(client, dataset, query):
    answer = get(client, dataset.store.owner, "version-compare", dataset, **query)
    assert answer.status_code == 400


def test_a_comparison_of_no_numbers_is_of_the_last_act(client, dataset):
    answer = get(client, dataset.store.owner, "version-compare", dataset)
    found = answer.context["found"]
    assert (found.first.number, found.second.number) == (
        dataset.store.version - 1,
        dataset.store.version,
    )


def test_a_version_that_is_none_is_not_found(client, dataset):
    assert get(client, dataset.store.owner, "version", dataset, 9).status_code == 404


def undo(client, user, dataset, number):
    client.force_login(user)
    return client.post(reverse("datasets:version-undo", args=[dataset.pk, number]))


def test_the_owner_undoes_a_version(client, dataset):
    undo(client, dataset.store.owner, dataset, 2)
    assert Signal.objects.filter(store=dataset.store, fault_class__code="wear").count() == 3


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_a_member_undoes_nothing_and_a_stranger_sees_nothing(client, dataset, role):
    assert undo(client, make_user(role), dataset, 2).status_code == 403
    private = make_dataset()
    relabelled(private)
    assert undo(client, make_user(role), private, 2).status_code == 404


def test_an_old_version_is_explored_at_its_address(client, dataset):
    client.force_login(dataset.store.owner)
    for number, codes in ((1, {"healthy", "imbalance", "wear"}), (2, {"healthy", "imbalance"})):
        answer = client.get(
            reverse("explorer-export", args=["csv"]), {"dataset": dataset.pk, "version": number}
        )
        rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
        assert {row["class"] for row in rows} == codes
