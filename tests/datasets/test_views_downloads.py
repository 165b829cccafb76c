import pytest
from django.urls import reverse

from datasets.jobs import build_download
from datasets.models import Download
from datasets.services.downloads import download_file, download_request
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def owner(client):
    user = make_user("engineer")
    client.force_login(user)
    return user


@pytest.fixture
def dataset(owner):
    return make_dataset(owner)


def at(name, dataset, *more):
    return reverse(f"datasets:{name}", args=[dataset.pk, *more])


def codes(response):
    return [offer.code for offer in response.context["offers"]]


def test_the_page_offers_each_format(client, dataset):
    response = client.get(at("detail", dataset))
    assert codes(response) == ["hdf5", "npz", "mat", "parquet", "csv", "archive"]
    assert at("download", dataset) in response.content.decode()


def test_the_dialog_offers_the_part_of_a_filter(client, dataset):
    response = client.get(at("downloads", dataset), {"class": "wear"}, headers=FRAGMENT)
    assert response.context["n_part"] == 2
    text = response.content.decode()
    assert at("download-new", dataset, "hdf5") + "?class=wear" in text
    assert f"?dataset={dataset.pk}&amp;class=wear" in text


def test_an_empty_part_says_so(client, dataset):
    response = client.get(at("downloads", dataset), {"class": "oil_whirl"}, headers=FRAGMENT)
    assert "nothing to download" in response.content.decode()


def test_what_is_asked_for_is_shown_as_work_with_cancel(client, dataset):
    response = client.post(at("download-new", dataset, "npz"), headers=FRAGMENT)
    row = Download.objects.get()
    assert response.context["is_building"]
    assert at("download-cancel", dataset, row.pk) in response.content.decode()
    response = client.post(at("download-cancel", dataset, row.pk), headers=FRAGMENT)
    assert not response.context["is_building"]


@pytest.mark.django_db(transaction=True)
def test_what_is_built_is_a_link_that_can_go_on(client, dataset, owner):
    row = download_request(user=owner, dataset=dataset, form="npz", query="")
    build_download(row.job_id)
    url = at("built", dataset, row.pk)
    assert url in client.get(at("detail", dataset)).content.decode()
    part = client.get(url, headers={"range": "bytes=4-"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == download_file(row).read_bytes()[4:]
    client.force_login(make_user("superuser"))
    assert client.get(url).status_code == 404


def test_an_unfinished_file_is_not_sent(client, dataset, owner):
    row = download_request(user=owner, dataset=dataset, form="npz", query="")
    assert client.get(at("built", dataset, row.pk)).status_code == 503


def test_an_unknown_format_does_not_exist(client, dataset):
    assert client.post(at("download-new", dataset, "exe"), headers=FRAGMENT).status_code == 404


@pytest.mark.parametrize("name", ["downloads", "download-new"])
@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("shared", 200)])
def test_who_sees_the_dataset_may_have_it(client, owner, name, visibility, status):
    other = make_dataset(visibility=visibility)
    more = ["npz"] if name == "download-new" else []
    ask = client.post if more else client.get
    assert ask(at(name, other, *more), headers=FRAGMENT).status_code == status


@pytest.mark.parametrize("name", ["downloads", "download-new", "download-cancel", "built"])
def test_a_stranger_logs_in_first(client, db, name):
    dataset = make_dataset(visibility="shared")
    more = {"download-new": ["npz"], "download-cancel": [1], "built": [1]}.get(name, [])
    ask = client.get if name in ("downloads", "built") else client.post
    assert ask(at(name, dataset, *more)).url.startswith(reverse("login"))


def test_the_explorer_offers_what_its_address_means_in_every_format(client, dataset):
    query = {"dataset": dataset.pk, "class": "wear", "sort": "-rms"}
    response = client.get(reverse("explorer-download"), query, headers=FRAGMENT)
    assert codes(response) == ["hdf5", "npz", "mat", "parquet", "csv", "archive"]
    assert response.context["n_part"] == 2
    first = dataset.store.signals.first()
    chosen = {"dataset": dataset.pk, "sel": f"ids:{first.pk}"}
    response = client.get(reverse("explorer-download"), chosen, headers=FRAGMENT)
    assert response.context["n_part"] == 1
    assert "the rows selected" in response.content.decode()


def test_of_several_datasets_the_explorer_offers_the_table(client, dataset):
    response = client.get(reverse("explorer-download"), {"class": "wear"}, headers=FRAGMENT)
    assert codes(response) == ["parquet", "csv"]
    assert "Choose one dataset" in response.content.decode()


def test_the_explorers_downloads_are_under_the_readers_rights(client, owner):
    other = make_dataset()
    for query in ({"dataset": other.pk}, {"dataset": other.pk, "class": "wear"}):
        response = client.get(reverse("explorer-download"), query, headers=FRAGMENT)
        assert response.status_code == 404
