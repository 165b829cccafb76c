from io import BytesIO

import pytest
from django.urls import reverse

from datasets.models import Dataset
from datasets.selectors import recipe_of
from tests.commands.running import called, refusal
from tests.factories import make_catalogue, make_dataset, make_user, tiny_recipe
from vibration.simulation.recipe_text import recipe_to_yaml

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
CREATE = "datasets:create-recipe"


@pytest.fixture
def engineer(client):
    make_catalogue()
    user = make_user("engineer")
    client.force_login(user)
    return user


def text_file(content):
    file = BytesIO(content)
    file.name = "whirl.yaml"
    return file


def test_what_the_page_gives_makes_the_same_recipe_again(client, engineer):
    made = make_dataset(engineer, ready=False, mains_hz=60.0, seed=11)
    text = client.get(reverse("datasets:recipe", args=[made.pk])).content.decode()
    assert text in client.get(reverse("datasets:detail", args=[made.pk])).context["recipe_text"]
    client.post(reverse(CREATE), {"name": "Again", "text": text}, headers=FRAGMENT)
    again = Dataset.objects.get(name="Again")
    assert recipe_of(again).fingerprint() == made.recipe.fingerprint


def test_the_command_makes_the_same_recipe_from_the_file(tmp_path, engineer):
    made = make_dataset(engineer, ready=False, mains_hz=60.0, seed=11)
    path = tmp_path / "recipe.yaml"
    path.write_text(recipe_to_yaml(recipe_of(made)))
    called("create_dataset", "Again", "--recipe", path, "--owner", engineer.username)
    assert Dataset.objects.get(name="Again").recipe.fingerprint == made.recipe.fingerprint


@pytest.mark.parametrize("content", [b"sead: 1", b"\xff\xfe"])
def test_the_command_says_what_is_wrong_in_the_file(tmp_path, engineer, content):
    path = tmp_path / "recipe.yaml"
    path.write_bytes(content)
    error = refusal("create_dataset", "A", "--recipe", path, "--owner", engineer.username)
    assert error.returncode == 2


def test_a_file_fills_the_dialog(client, engineer):
    response = client.post(
        reverse(CREATE) + "?load=1", {"name": "", "file": text_file(b"seed: 4")}, headers=FRAGMENT
    )
    assert response.context["form"].recipe.seed == 4
    assert "seed: 4" in response.content.decode()
    assert not Dataset.objects.exists()


@pytest.mark.parametrize(
    ("content", "word"), [(b"sead: 4", "sead"), (b"\xff\xfe", "no text"), (b"#" * 30_000, "larger")]
)
def test_a_mistake_stands_beside_the_recipe(client, engineer, content, word):
    answer = client.post(
        reverse(CREATE), {"name": "A", "file": text_file(content)}, headers=FRAGMENT
    )
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["text"]
    assert word in sentence
    assert not Dataset.objects.exists()


def test_the_dialog_says_size_and_time_while_one_writes(client, engineer):
    told = {"name": "A", "text": recipe_to_yaml(tiny_recipe())}
    form = client.post(reverse("datasets:check-recipe"), told).context["form"]
    assert (form.estimate.n_records, form.why_not) == (6, "")
    form = client.post(reverse("datasets:check-recipe"), told | {"text": "x: 1"}).context["form"]
    assert form.why_not == "Correct the recipe to continue"


def test_the_dialog_opens_with_a_dataset_s_recipe(client, engineer):
    made = make_dataset(engineer, ready=False, seed=11)
    form = client.get(reverse(CREATE), {"like": made.pk}, headers=FRAGMENT).context["form"]
    assert form.recipe.seed == 11


def test_a_taken_name_is_refused_with_a_free_one(client, engineer):
    make_dataset(engineer, ready=False, name="Study")
    told = {"name": "study", "text": "seed: 1"}
    response = client.post(reverse(CREATE), told, headers=FRAGMENT)
    assert "study 2" in response.content.decode()


def test_a_viewer_creates_nothing(client, engineer):
    client.force_login(make_user("viewer"))
    for name in (CREATE, "datasets:check-recipe"):
        answer = client.post(reverse(name), {"name": "A", "text": "seed: 1"}, headers=FRAGMENT)
        assert answer.status_code == 403


@pytest.mark.parametrize(("visibility", "status"), [("shared", 200), ("private", 404)])
def test_a_recipe_is_seen_by_who_sees_the_dataset(client, engineer, visibility, status):
    made = make_dataset(visibility=visibility, ready=False)
    assert client.get(reverse("datasets:recipe", args=[made.pk])).status_code == status


def test_a_stranger_logs_in_first(client, db):
    made = make_dataset(visibility="shared", ready=False)
    assert client.get(reverse("datasets:recipe", args=[made.pk])).status_code == 302
    assert client.get(reverse(CREATE)).status_code == 302


def test_mains_is_kept_when_a_recipe_is_duplicated(client, engineer):
    made = make_dataset(engineer, ready=False, mains_hz=60.0, per_class=50)
    url = reverse("datasets:create")
    form = client.get(url, {"like": made.pk}, headers=FRAGMENT).context["form"]
    assert form.recipe.fingerprint() == made.recipe.fingerprint
