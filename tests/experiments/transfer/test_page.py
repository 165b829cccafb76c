"""Two datasets compared by a job: its page says what the file holds, and only to those who may."""

import json

import pytest

from common.errors import Invalid, NotAllowed
from datasets.services import dataset_share
from experiments.models import TransferRun
from experiments.services.transfers import transfer_make, transfer_request
from experiments.transfer.files import report_file, report_read, transfers_sweep
from monitoring.jobs.lifecycle import job_start
from monitoring.jobs.pulse import JobRun
from tests.experiments.training import small_dataset
from tests.factories import make_user
from vibration.learning.words import percent

pytestmark = pytest.mark.django_db
PAGE = "/experiments/sim-to-real/"


@pytest.fixture(autouse=True)
def storage(keep, settings):
    """Leave the storage folder that the module's rows speak of."""
    return settings.STORAGE_DIR


@pytest.fixture(scope="module")
def owner(keep):
    return keep(make_user, "engineer")


@pytest.fixture(scope="module")
def sides(keep, owner):
    return [keep(small_dataset, owner, name=name, seed=seed) for name, seed in (("A", 1), ("B", 2))]


@pytest.fixture(scope="module")
def run(keep, owner, sides):
    def made():
        first, second = (dataset.pk for dataset in sides)
        asked = transfer_request(user=owner, first=first, second=second, model="logistic")
        transfer_make(run=JobRun(job_start(asked.job_id)))
        return TransferRun.objects.get(pk=asked.pk)

    return keep(made)


def test_the_page_shows_the_numbers_of_the_file(client, owner, run):
    client.force_login(owner)
    html = client.get(f"{PAGE}{run.pk}/").content.decode()
    report = report_read(run)
    for said in report["transfer"]:
        assert f'<td class="num">{percent(said["score"])}</td>' in html
        assert f'<td class="num">{percent(said["majority"])}</td>' in html
    for shift in report["shifts"]:
        assert shift["title"] in html
    assert html.count('class="dot is-first"') == report["first"]["n_signals"] + 1
    sent = json.loads(client.get(f"{PAGE}{run.pk}/report.json").content)
    assert sent == report


def test_strangers_see_nothing_and_members_may_not_delete(client, owner, sides, run):
    client.force_login(make_user("engineer"))
    pages = [f"{PAGE}{run.pk}/", f"{PAGE}{run.pk}/report.json"]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(f"{pages[0]}delete/").status_code == 404
    asked = {"first": sides[0].pk, "second": sides[1].pk}
    assert client.post(PAGE, asked).status_code == 404
    for dataset in sides:
        dataset_share(user=owner, dataset=dataset, visibility="shared")
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.post(f"{pages[0]}delete/").status_code == 403
    assert client.get(f"{pages[0]}delete/").status_code == 403
    assert client.post(f"{pages[0]}cancel/").status_code == 403
    assert client.post(f"{pages[0]}retry/").status_code == 403


def test_the_form_begins_a_job(client, owner, sides):
    client.force_login(owner)
    assert "Compare two datasets" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, {"first": sides[1].pk, "second": sides[0].pk, "model": "knn"})
    run = TransferRun.objects.latest("pk")
    assert answer["Location"] == f"{PAGE}{run.pk}/"
    assert (run.model, run.job.status) == ("knn", "queued")
    assert "of 5" in client.get(answer["Location"]).content.decode()


def test_one_dataset_twice_is_refused_with_a_sentence(client, owner, sides):
    client.force_login(owner)
    answer = client.post(PAGE, {"first": sides[0].pk, "second": sides[0].pk})
    assert answer.status_code == 422
    assert "Choose two different datasets." in answer.content.decode()
    with pytest.raises(Invalid, match="is no model"):
        transfer_request(user=owner, first=sides[0].pk, second=sides[1].pk, model="moon")


def test_viewers_may_not_ask(owner, sides):
    for dataset in sides:
        dataset_share(user=owner, dataset=dataset, visibility="shared")
    with pytest.raises(NotAllowed, match="engineer role"):
        transfer_request(user=make_user("viewer"), first=sides[0].pk, second=sides[1].pk)


def test_a_file_of_no_run_is_swept(run):
    report_file(10**9).put_bytes(b"{}")
    transfers_sweep()
    assert not report_file(10**9).is_file()
    assert report_file(run.pk).is_file()


def test_with_one_dataset_the_page_says_what_to_do(client):
    client.force_login(make_user("engineer"))
    assert "Two datasets are needed" in client.get(PAGE).content.decode()


def test_it_is_deleted_only_after_a_question(client, owner, run):
    client.force_login(owner)
    page = f"{PAGE}{run.pk}/"
    assert f'hx-get="{page}delete/"' in client.get(page).content.decode()
    assert "It cannot be undone" in client.get(f"{page}delete/").content.decode()
    assert TransferRun.objects.filter(pk=run.pk).exists()
    assert client.post(f"{page}delete/")["Location"] == PAGE
    assert not TransferRun.objects.filter(pk=run.pk).exists()


def test_what_was_cancelled_begins_again(client, owner, sides):
    client.force_login(owner)
    asked = transfer_request(user=owner, first=sides[0].pk, second=sides[1].pk, model="logistic")
    page = f"{PAGE}{asked.pk}/"
    client.post(f"{page}cancel/")
    assert "Cancelled; nothing was kept." in client.get(page).content.decode()
    assert client.post(f"{page}retry/")["Location"] == page
    transfer_make(run=JobRun(job_start(asked.job_id)))
    assert "What a model keeps" in client.get(page).content.decode()
    assert client.post(f"{page}retry/").status_code == 400
