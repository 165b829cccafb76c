import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.urls import reverse

from datasets.models import Dataset
from datasets.selectors import datasets_visible
from monitoring.models import Job, SystemEvent
from tests.factories import make_catalogue, make_dataset, make_user

pytestmark = pytest.mark.django_db

READS = ["detail", "card", "download"]
WRITES = ["delete", "cancel", "retry", "share"]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def owner():
    return make_user("engineer")


def at(name, dataset):
    return reverse(f"datasets:{name}", args=[dataset.pk])


@pytest.mark.parametrize("name", READS + WRITES)
def test_a_private_dataset_does_not_exist_for_a_member(client, name):
    dataset = make_dataset()
    client.force_login(make_user("engineer"))
    ask = client.get if name in READS else client.post
    assert ask(at(name, dataset)).status_code == 404


@pytest.mark.parametrize("name", READS + WRITES)
def test_a_stranger_logs_in_first(client, name):
    dataset = make_dataset(visibility="shared")
    ask = client.get if name in READS else client.post
    assert ask(at(name, dataset)).url.startswith(reverse("login"))
    assert Dataset.objects.filter(pk=dataset.pk).exists()


@pytest.mark.parametrize("name", READS)
def test_a_member_reads_a_shared_dataset(client, name):
    client.force_login(make_user("viewer"))
    assert client.get(at(name, make_dataset(visibility="shared"))).status_code == 200


@pytest.mark.parametrize("name", WRITES)
def test_a_member_changes_nothing_of_a_shared_dataset(client, name):
    dataset = make_dataset(visibility="shared")
    client.force_login(make_user("curator"))
    assert client.post(at(name, dataset)).status_code == 403


def test_a_member_is_shown_no_button_he_may_not_press(client):
    dataset = make_dataset(visibility="shared")
    client.force_login(make_user("viewer"))
    page = client.get(reverse("datasets:list")).content.decode()
    assert at("delete", dataset) not in page
    assert at("share", dataset) not in page
    assert reverse("datasets:create") not in page


def test_the_owner_deletes_after_a_dialog_that_says_what_goes(client, owner):
    dataset = make_dataset(owner, name="Old whirl")
    client.force_login(owner)
    dialog = client.get(at("delete", dataset), headers=FRAGMENT).content.decode()
    assert "Delete Old whirl?" in dialog
    assert "6 signals" in dialog
    response = client.post(at("delete", dataset), headers=FRAGMENT)
    assert "datasets:changed" in json.loads(response["HX-Trigger"])
    assert not datasets_visible(owner).exists()


def test_deleting_from_its_own_page_leads_to_the_list(client, owner):
    client.force_login(owner)
    response = client.post(at("delete", make_dataset(owner)), {"from": "detail"})
    assert response["HX-Redirect"] == reverse("datasets:list")


def test_the_owner_shares_and_takes_back(client, owner):
    dataset = make_dataset(owner)
    client.force_login(owner)
    for visibility in ("shared", "private"):
        client.post(at("share", dataset), {"visibility": visibility})
        dataset.store.refresh_from_db()
        assert dataset.store.visibility == visibility


def test_the_owner_cancels_a_waiting_dataset(client, owner):
    dataset = make_dataset(owner, ready=False)
    client.force_login(owner)
    assert client.post(at("cancel", dataset), headers=FRAGMENT).status_code == 204
    dataset.refresh_from_db()
    assert dataset.status == Dataset.Status.CANCELLED


def test_a_cancelled_dataset_is_tried_again(client, owner):
    dataset = make_dataset(owner, ready=False)
    client.force_login(owner)
    client.post(at("cancel", dataset))
    client.post(at("retry", dataset))
    dataset.refresh_from_db()
    assert dataset.status == Dataset.Status.QUEUED


def test_cancelling_what_has_ended_is_refused_with_a_sentence(client, owner):
    client.force_login(owner)
    response = client.post(at("cancel", make_dataset(owner)), headers=FRAGMENT)
    assert response.status_code == 400
    assert "nothing to cancel" in response.json()["sentence"]


def test_the_download_is_the_file_itself_and_is_written_down(client, owner):
    dataset = make_dataset(owner, name="Whirl study 60 Hz")
    client.force_login(owner)
    response = client.get(at("download", dataset))
    content = b"".join(response.streaming_content)
    assert content[:8] == b"\x89HDF\r\n\x1a\n"
    assert int(response["Content-Length"]) == len(content)
    assert 'filename="Whirl study 60 Hz.h5"' in response["Content-Disposition"]
    assert SystemEvent.objects.filter(kind="exported", actor=owner).count() == 1


async def test_under_asgi_the_download_comes_in_chunks(async_client, transactional_db):
    owner = await sync_to_async(make_user)("engineer")
    dataset = await sync_to_async(make_dataset)(owner)
    await async_client.aforce_login(owner)
    response = await async_client.get(at("download", dataset))
    assert response.is_async
    content = b"".join([chunk async for chunk in response.streaming_content])
    assert int(response["Content-Length"]) == len(content)
    await sync_to_async(connections.close_all)()


def test_what_is_not_ready_has_no_download(client, owner):
    dataset = make_dataset(owner, ready=False)
    client.force_login(owner)
    assert client.get(at("download", dataset)).status_code == 400


def test_a_missing_file_is_said(client, owner, storage):
    dataset = make_dataset(owner)
    (storage / dataset.store.folder / "signals.h5").unlink()
    client.force_login(owner)
    assert client.get(at("download", dataset)).status_code == 503


def names(client, **params):
    page = client.get(reverse("datasets:list"), params).context["page"]
    return [dataset.name for dataset in page]


def test_the_list_searches_filters_and_sorts(client, owner):
    make_catalogue()
    make_dataset(owner, name="Beta whirl", per_class=1)
    make_dataset(name="Alpha whirl", visibility="shared", per_class=2)
    make_dataset(owner, name="Gamma", visibility="shared", per_class=3)
    client.force_login(owner)
    assert names(client) == ["Gamma", "Alpha whirl", "Beta whirl"]
    assert names(client, q="WHIRL", sort="name") == ["Alpha whirl", "Beta whirl"]
    assert names(client, scope="own", sort="oldest") == ["Beta whirl", "Gamma"]
    assert names(client, scope="shared", sort="signals") == ["Alpha whirl"]


def test_the_list_is_narrowed_to_a_source_and_to_a_class(client, owner):
    make_dataset(owner, name="Wear", classes=("wear",))
    make_dataset(owner, name="Healthy", classes=("healthy",))
    brought = make_dataset(owner, name="Brought", classes=("healthy",))
    Dataset.objects.filter(pk=brought.pk).update(origin="recorded")
    client.force_login(owner)
    assert names(client, **{"class": "wear"}) == ["Wear"]
    assert names(client, source="recorded") == ["Brought"]
    assert names(client, source="simulated", **{"class": "healthy"}) == ["Healthy"]
    assert names(client, source="recorded", **{"class": "wear"}) == []


def test_only_classes_of_visible_datasets_are_offered(client, owner):
    make_dataset(owner, classes=("wear",))
    make_dataset(classes=("healthy",))  # somebody else's, private
    client.force_login(owner)
    offered = client.get(reverse("datasets:list")).context["classes"]
    assert [fault_class.code for fault_class in offered] == ["wear"]


@pytest.mark.parametrize("params", [{"sort": "x"}, {"scope": "x"}, {"page": "x"}, {"layout": "x"}])
def test_a_wrong_parameter_falls_back_to_the_start(client, owner, params):
    make_dataset(owner, name="Only")
    client.force_login(owner)
    assert names(client, **params) == ["Only"]


def test_the_fragment_of_the_list_tells_the_browser_the_short_url(client, owner):
    client.force_login(owner)
    params = {"q": "", "scope": "own", "sort": "newest", "layout": "cards", "class": "wear"}
    response = client.get(reverse("datasets:list"), params, headers=FRAGMENT)
    assert response["HX-Push-Url"] == "/datasets/?scope=own&class=wear"
    assert b"<html" not in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("layout", ["cards", "list"])
def test_the_list_takes_as_many_queries_for_four_as_for_one(
    client, owner, layout, django_assert_max_num_queries
):
    make_dataset(owner, ready=False)
    client.force_login(owner)
    url = reverse("datasets:list")
    client.get(url, {"layout": layout})
    with django_assert_max_num_queries(40) as first:
        client.get(url, {"layout": layout})
    for ready in (True, True, False):
        make_dataset(owner, ready=ready)
    with django_assert_max_num_queries(len(first) + 1):  # + the classes of a ready one
        client.get(url, {"layout": layout})


def test_a_running_card_says_n_of_n_and_offers_cancel(client, owner):
    dataset = make_dataset(owner, ready=False)
    Dataset.objects.filter(pk=dataset.pk).update(status="generating")
    Job.objects.filter(pk=dataset.job_id).update(status="running", progress_done=2)
    client.force_login(owner)
    card = client.get(at("card", dataset)).content.decode()
    assert "2 of 6" in card
    assert 'aria-valuenow="2"' in card
    assert at("cancel", dataset) in card


def test_a_failed_card_says_why_and_offers_retry(client, owner):
    dataset = make_dataset(owner, ready=False)
    Dataset.objects.filter(pk=dataset.pk).update(status="failed")
    Job.objects.filter(pk=dataset.job_id).update(error="The disk is full.")
    client.force_login(owner)
    card = client.get(at("card", dataset)).content.decode()
    assert "The disk is full." in card
    assert at("retry", dataset) in card


def test_a_waiting_card_says_how_many_jobs_are_before_it(client, owner):
    make_dataset(owner, ready=False)
    second = make_dataset(owner, ready=False)
    client.force_login(owner)
    assert "1 job ahead" in client.get(at("card", second)).content.decode()


def labels(client, dataset, **params):
    return [signal.label for signal in client.get(at("detail", dataset), params).context["page"]]


def test_the_signals_are_filtered_and_sorted(client, owner):
    dataset = make_dataset(owner, per_class=4)
    client.force_login(owner)
    assert len(labels(client, dataset)) == 12
    assert len(labels(client, dataset, **{"class": "wear"})) == 4
    assert len(labels(client, dataset, **{"class": "wear", "severity": "mild"})) == 1
    by_rms = labels(client, dataset, sort="rms")
    assert by_rms == labels(client, dataset, sort="-rms")[::-1]


def test_the_signals_come_fifty_a_page_and_link_to_the_viewer(client, owner):
    dataset = make_dataset(owner, per_class=20)
    client.force_login(owner)
    page = client.get(at("detail", dataset))
    assert len(page.context["page"]) == 50
    assert "50 of 60" in page.content.decode().replace("1–", "")
    first = page.context["page"][0]
    assert f"{reverse('viewer')}?signal={first.pk}" in page.content.decode()


def test_the_detail_page_names_recipe_and_checksum(client, owner):
    dataset = make_dataset(owner)
    client.force_login(owner)
    page = client.get(at("detail", dataset)).content.decode()
    assert dataset.store.sha256 in page
    assert dataset.recipe.fingerprint in page


def test_a_click_on_a_ready_card_opens_the_explorer_on_it(client, owner):
    ready, waiting = make_dataset(owner), make_dataset(owner, ready=False)
    client.force_login(owner)
    opens = f'data-opens="{reverse("explorer")}?dataset={ready.pk}"'
    assert opens in client.get(at("card", ready)).content.decode()
    assert "data-opens" not in client.get(at("card", waiting)).content.decode()


def test_a_card_names_its_classes_on_hover(client, owner):
    dataset = make_dataset(owner, classes=("healthy", "wear"))
    client.force_login(owner)
    for layout in ("cards", "list"):
        card = client.get(at("card", dataset), {"layout": layout}).content.decode()
        assert 'title="Healthy, Wear"' in card


@pytest.mark.parametrize(
    ("served", "said"),
    [(True, "Waiting for a free worker"), (False, "No worker is running"), (None, "Waiting")],
)
def test_a_waiting_card_says_where_no_worker_runs(client, owner, monkeypatch, served, said):
    monkeypatch.setattr("datasets.pages.listing.is_served", lambda queue: served)
    client.force_login(owner)
    assert said in client.get(at("card", make_dataset(owner, ready=False))).content.decode()
