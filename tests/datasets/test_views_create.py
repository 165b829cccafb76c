import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from datasets.forms import DatasetForm
from datasets.models import Dataset
from tests.factories import make_catalogue, make_dataset, make_user
from vibration.simulation import CLASS_CODES, NOISE_CODES, SEVERITY_CODES

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def catalogue(db):
    make_catalogue()


@pytest.fixture
def engineer(client):
    user = make_user("engineer")
    client.force_login(user)
    return user


def values(**changed):
    start = {
        "name": "Whirl study",
        "per_class": 100,
        "classes": CLASS_CODES,
        "severities": SEVERITY_CODES,
        "noises": NOISE_CODES,
        "augmentation": "true",
        "seed": 0,
        "fs_hz": 20480,
        "duration_s": 5,
        "speed_rpm": 3600,
    }
    return {key: value for key, value in (start | changed).items() if value is not None}


def test_the_dialog_opens_with_the_standard_recipe(client, engineer):
    response = client.get(reverse("datasets:create"), headers=FRAGMENT)
    form = response.context["form"]
    assert form.estimate.n_records == 1430
    assert form.why_not == "Enter a name to continue"
    assert "Enter a name." not in response.content.decode()


def test_the_dialog_opens_with_the_recipe_of_another_dataset(client, engineer):
    recipe = {"per_class": 60, "seed": 7, "shaft_hz": 25.0, "classes": ("wear", "healthy")}
    made = make_dataset(name="Study", visibility="shared", ready=False, **recipe)
    url = reverse("datasets:create")
    form = client.get(url, {"like": made.pk}, headers=FRAGMENT).context["form"]
    assert form.recipe.fingerprint() == made.recipe.fingerprint
    assert (form["name"].value(), form["speed_rpm"].value()) == ("Study 2", 1500)


@pytest.mark.parametrize("like", ["999999", "x", "9" * 40])
def test_a_recipe_nobody_shows_is_none(client, engineer, like):
    hidden = make_dataset(ready=False)  # somebody else's, private
    url = reverse("datasets:create")
    assert client.get(url, {"like": hidden.pk}, headers=FRAGMENT).status_code == 404
    assert client.get(url, {"like": like}, headers=FRAGMENT).status_code in (200, 404)


def test_creating_writes_the_recipe_and_closes_the_dialog(client, engineer):
    sent = values(seed=7, speed_rpm=1800, augmentation=None, noises=["quantization"])
    response = client.post(reverse("datasets:create"), sent, headers=FRAGMENT)
    assert set(json.loads(response["HX-Trigger"])) == {"dialog:close", "datasets:changed"}
    dataset = Dataset.objects.get(name="Whirl study")
    recipe = dataset.recipe
    assert (recipe.seed, recipe.shaft_hz, recipe.augmentation) == (7, 30, False)
    assert dataset.n_planned == 1100
    assert dataset.store.owner == engineer


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": " "}, "name", "Enter a name."),
        ({"classes": []}, "classes", "Choose at least one class."),
        ({"severities": []}, "severities", "Choose at least one severity."),
        ({"per_class": 49}, "per_class", "At least 50 signals per class."),
        ({"per_class": 201}, "per_class", "At most 200 signals per class."),
        ({"fs_hz": 400}, "fs_hz", "1\u202f000"),
        ({"speed_rpm": 59_000, "fs_hz": 4_096, "classes": ["healthy"]}, "speed_rpm", "3X"),
        ({"duration_s": "nan"}, "duration_s", "number"),
        ({"seed": -1}, "seed", "0"),
        ({"classes": ["no_such"]}, "classes", "no_such"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field(client, engineer, changed, field, sentence):
    response = client.post(reverse("datasets:create"), values(**changed), headers=FRAGMENT)
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert not Dataset.objects.exists()


def test_a_taken_name_comes_with_a_free_one_in_any_case_of_letters(client, engineer):
    make_dataset(name="Whirl Study")
    response = client.post(reverse("datasets:check"), values(), headers=FRAGMENT)
    page = response.content.decode()
    assert "This name is taken. Try “Whirl study 2”." in page
    assert "Change the name to continue" in page


def test_the_check_counts_without_a_name(client, engineer):
    response = client.post(
        reverse("datasets:check"), values(name="", per_class=50, augmentation=None)
    )
    form = response.context["form"]
    assert form.estimate.n_records == 550
    assert form.estimate.size_bytes >= 550 * 102_400 * 4
    assert "Enter a name." not in response.content.decode()


def test_the_check_writes_nothing(client, engineer):
    client.post(reverse("datasets:check"), values())
    assert not Dataset.objects.exists()


def test_a_name_taken_at_the_last_moment_is_said_in_the_dialog(client, engineer, monkeypatch):
    make_dataset(name="Whirl study")
    monkeypatch.setattr("datasets.forms.name_is_taken", lambda name: False)
    response = client.post(reverse("datasets:create"), values(), headers=FRAGMENT)
    assert response.status_code == 422
    assert "taken" in " ".join(response.context["form"].errors["name"])


@pytest.mark.parametrize("role", ["viewer", "curator", None])
@pytest.mark.parametrize("name", ["datasets:create", "datasets:check"])
def test_who_is_no_engineer_creates_nothing(client, role, name):
    client.force_login(make_user(role))
    assert client.post(reverse(name), values()).status_code == 403
    assert not Dataset.objects.exists()


def test_the_address_of_the_dialog_opens_it_on_the_list(client, engineer):
    assert client.get(reverse("datasets:create")).url == "/datasets/?dialog=create"
    assert "data-autoclick" in client.get("/datasets/?dialog=create").content.decode()


def test_small_datasets_teach_the_start_and_not_the_work(engineer):
    before = DatasetForm.fresh().estimate
    for _ in range(5):
        dataset = make_dataset(engineer)
        job = dataset.job
        started_at = job.finished_at - timedelta(seconds=8)
        job.__class__.objects.filter(pk=job.pk).update(started_at=started_at)
    after = DatasetForm.fresh().estimate
    assert after.start_s == pytest.approx(8, abs=0.5)
    assert after.work_s == pytest.approx(before.work_s, rel=0.05)


def test_a_recipe_that_no_job_can_end_is_refused_in_the_dialog(client, engineer, settings):
    settings.JOB_TIMEOUT_S = 2
    response = client.post(reverse("datasets:check"), values(), headers=FRAGMENT)
    assert "a job is stopped after" in response.content.decode()
    assert client.post(reverse("datasets:create"), values(), headers=FRAGMENT).status_code == 422
    assert not Dataset.objects.exists()


def test_a_recipe_too_large_for_the_disk_is_refused_in_the_dialog(client, engineer, monkeypatch):
    monkeypatch.setattr("datasets.services.files._MARGIN_BYTES", 2**62)
    page = client.post(reverse("datasets:check"), values(), headers=FRAGMENT).content.decode()
    assert re.search('data-closes="create-submit">[^<]*are free', page)


def test_the_strip_of_a_dataset_that_is_not_made_names_its_classes_without_numbers(
    client, engineer
):
    client.post(reverse("datasets:create"), values(), headers=FRAGMENT)
    page = client.get(reverse("datasets:list")).content.decode()
    assert "<title>Healthy</title>" in page


def test_the_estimate_learns_from_what_this_machine_made(engineer):
    first = DatasetForm.fresh().estimate.duration_s
    dataset = make_dataset(engineer)
    dataset.job.__class__.objects.filter(pk=dataset.job_id).update(started_at=dataset.created_at)
    assert DatasetForm.fresh().estimate.duration_s != first
