import csv
import io

import pytest
from django.urls import reverse

from datasets.services.splits import split_create
from signals.models import FaultClass, Split
from signals.services.labels import Relabel, signals_relabel
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

GIVEN = {"name": "main", "ratios": "1:1", "by": "none", "seed": "3"}


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared", per_class=3)


@pytest.fixture
def owner(dataset):
    return dataset.store.owner


def posted(client, user, dataset, **given):
    client.force_login(user)
    return client.post(reverse("datasets:split-new", args=[dataset.pk]), GIVEN | given)


def made(dataset):
    return split_create(
        user=dataset.store.owner, dataset=dataset, name="main", ratios=(0.5, 0.5), by="none"
    )


def test_the_dialog_makes_a_split(client, dataset, owner):
    assert posted(client, owner, dataset).status_code == 204
    split = Split.objects.get()
    assert (split.name, split.seed, split.author) == ("main", 3, owner)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", "", "Enter a name."),
        ("ratios", "1:x", "are no ratios"),
        ("ratios", "1:" * 8 + "1:1", "0 signals"),
        ("by", "specimen", "belongs to a specimen"),
        ("seed", "-1", "At least 0."),
    ],
)
def test_what_is_refused_is_said_in_the_dialog(client, dataset, owner, field, text, said):
    answer = posted(client, owner, dataset, **{field: text})
    if said == "0 signals":  # nine signals for ten sides
        said = "There are 9 signals for 10 sides"
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Split.objects.exists()


def test_an_engineer_who_sees_it_splits_it_and_a_viewer_does_not(client, dataset):
    assert posted(client, make_user("engineer"), dataset).status_code == 204
    assert posted(client, make_user("viewer"), dataset).status_code == 403


def test_a_stranger_finds_neither_dialog_nor_split(client):
    private = make_dataset(per_class=3)
    split = made(private)
    stranger = make_user("engineer")
    assert posted(client, stranger, private).status_code == 404
    for name in ("split", "split-delete"):
        url = reverse(f"datasets:{name}", args=[private.pk, split.pk])
        assert client.get(url).status_code == 404


def test_the_report_is_read_by_all_who_see_the_dataset(client, dataset):
    split = made(dataset)
    client.force_login(make_user("viewer"))
    page = client.get(reverse("datasets:split", args=[dataset.pk, split.pk])).content.decode()
    for words in ("train", "test", "50.0 %", "Wear"):
        assert words in page


def test_the_page_of_the_dataset_shows_its_splits(client, dataset, owner):
    made(dataset)
    client.force_login(owner)
    page = client.get(reverse("datasets:detail", args=[dataset.pk])).content.decode()
    assert "split=main" in page
    assert "New split" in page


def test_a_split_is_deleted_by_the_owner_and_by_no_other_member(client, dataset, owner):
    split = made(dataset)
    url = reverse("datasets:split-delete", args=[dataset.pk, split.pk])
    client.force_login(make_user("engineer"))
    assert client.post(url).status_code == 403
    client.force_login(owner)
    assert "Delete split" in client.get(url).content.decode()
    assert client.post(url).status_code == 204
    assert not Split.objects.exists()


def test_the_side_of_each_signal_is_in_the_csv(client, dataset, owner):
    made(dataset)
    client.force_login(owner)
    answer = client.get(reverse("explorer-export", args=["csv"]), {"dataset": dataset.pk})
    rows = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert {row["side of the split “main”"] for row in rows} == {"train", "test"}


def test_the_explorers_form_counts_the_sides(client, dataset, owner):
    made(dataset)
    client.force_login(owner)
    query = {"dataset": dataset.pk, "split": "main", "side": "train"}
    page = client.get(reverse("explorer") + "filters/", query).content.decode()
    assert 'name="side" value="train" checked' in page
    assert 'name="side" value="test">' in page


def test_a_side_of_an_older_version_is_explored_as_it_was(client, dataset, owner):
    split = made(dataset)
    wear = FaultClass.objects.get(code="wear")
    signals_relabel(
        user=owner,
        signals=dataset.store.signals.filter(fault_class__code="healthy"),
        labels=Relabel(fault_class=wear),
        reason="Heard again",
    )
    client.force_login(owner)
    page = client.get(reverse("datasets:split", args=[dataset.pk, split.pk])).content.decode()
    assert f"?dataset={dataset.pk}&amp;version=1&amp;split=main&amp;side=test" in page
