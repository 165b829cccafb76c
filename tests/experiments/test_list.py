"""The list of experiments: searched, filtered, sorted, tagged and put away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from experiments.models import Experiment, ExperimentConfig, ExperimentTag
from tests.experiments.training import asked, small_dataset
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "/experiments/"


@pytest.fixture
def owner():
    return make_user("engineer")


@pytest.fixture
def dataset(owner):
    return small_dataset(owner, visibility="shared")


@pytest.fixture
def listed(client, owner, dataset):
    """Read the names that the list shows, in their order."""
    client.force_login(owner)

    def names(**asked_for):
        page = client.get(LIST, asked_for).context["page"]
        return [experiment.name for experiment in page]

    return names


def written(owner, dataset, name, *, model="forest", tag="", **values):
    made = Experiment.objects.create(name=name, owner=owner, dataset=dataset, **values)
    ExperimentConfig.objects.create(experiment=made, model=model)
    if tag:
        ExperimentTag.objects.create(experiment=made, name=tag)
    return made


def test_search_reads_names_and_notes(listed, owner, dataset):
    written(owner, dataset, "First")
    written(owner, dataset, "Second", notes="with orders")
    assert listed(q="ORDERS") == ["Second"]
    assert listed(q="first") == ["First"]


@pytest.mark.parametrize(
    "chosen", [{"model": "knn"}, {"status": "failed"}, {"tag": "Old"}, {"archived": "1"}]
)
def test_each_filter_keeps_its_own(listed, owner, dataset, chosen):
    written(owner, dataset, "Else", tag="new")
    written(owner, dataset, "Model", model="knn")
    written(owner, dataset, "Status", status="failed")
    written(owner, dataset, "Tag", tag="old")
    written(owner, dataset, "Archived", is_archived=True)
    assert listed(**chosen) == [next(iter(chosen)).capitalize()]


def test_datasets_and_mine_narrow(listed, owner, dataset):
    other = small_dataset(make_user("engineer"), visibility="shared")
    written(owner, dataset, "Here")
    written(other.store.owner, other, "There")
    assert listed(mine="1") == ["Here"]
    assert listed(dataset=other.pk) == ["There"]


def test_an_archived_experiment_is_left_out(listed, owner, dataset):
    written(owner, dataset, "Away", is_archived=True)
    assert listed() == []


def test_a_column_sorts_both_ways_and_the_address_keeps_it(client, listed, owner, dataset):
    for name in ("b", "A", "c"):
        written(owner, dataset, name)
    assert listed(sort="name") == ["A", "b", "c"]
    assert listed(sort="-name") == ["c", "b", "A"]
    assert listed(sort="made-up") == listed()
    answer = client.get(LIST, {"sort": "name", "q": ""}, headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == f"{LIST}?sort=name"


def test_many_rows_cost_as_many_queries_as_few(client, owner, dataset):
    client.force_login(owner)

    def n_queries(names):
        for name in names:
            written(owner, dataset, str(name), tag=f"tag {name}")
        client.get(LIST)
        with CaptureQueriesContext(connection) as made:
            client.get(LIST)
        return len(made)

    few = n_queries(range(2))
    assert n_queries(range(2, 60)) == few


def test_its_owner_describes_and_archives_it(client, owner, dataset):
    made = asked(owner, dataset)
    client.force_login(owner)
    address = reverse("experiments:edit", args=[made.pk])
    assert made.name in client.get(address).content.decode()
    said = {"name": "Best", "notes": "first try", "tags": "Good, good, ", "archived": "1"}
    assert client.post(address, said).status_code == 204
    made.refresh_from_db()
    assert (made.name, made.notes, made.is_archived) == ("Best", "first try", True)
    assert [tag.name for tag in made.tags.all()] == ["good"]


def test_a_tag_that_is_too_long_is_refused_with_a_sentence(client, owner, dataset):
    made = asked(owner, dataset)
    client.force_login(owner)
    answer = client.post(
        reverse("experiments:edit", args=[made.pk]), {"name": "Best", "tags": "x" * 41}
    )
    assert answer.status_code == 422
    assert "A tag has 1 to 40 letters." in answer.content.decode()


def test_a_member_does_not_describe_it_and_a_stranger_finds_nothing(client, owner, dataset):
    shared, hidden = asked(owner, dataset), asked(owner)
    client.force_login(make_user("engineer"))
    for made, status in ((shared, 403), (hidden, 404)):
        address = reverse("experiments:edit", args=[made.pk])
        assert client.get(address).status_code == status
        assert client.post(address, {"name": "Mine"}).status_code == status
