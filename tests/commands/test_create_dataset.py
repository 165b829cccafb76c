import pytest

from datasets.models import Dataset
from datasets.selectors import recipe_of
from monitoring.models import Job
from tests.commands.running import called, refusal
from tests.factories import make_user
from vibration import generation
from vibration.simulation import NOISE_CODES

TINY = (
    *("--per-class", "2", "--classes", "healthy,wear", "--no-augmentation"),
    *("--fs", "4096", "--duration", "0.25"),
)


@pytest.fixture
def admin(seeded):
    return make_user("superuser", username="admin")


def test_it_queues_a_dataset_of_the_first_superuser(admin):
    assert "is queued: 4 signals planned" in called("create_dataset", "Study", *TINY)
    dataset = Dataset.objects.get(name="Study")
    assert dataset.store.owner == admin
    assert dataset.store.visibility == "private"


def test_its_options_make_the_recipe(admin):
    called(
        *("create_dataset", "Study", *TINY, "--seed", "7", "--severities", "mild"),
        *("--noise", "none", "--speed", "1800"),
    )
    recipe = recipe_of(Dataset.objects.get(name="Study"))
    assert (recipe.seed, recipe.severities, recipe.noises) == (7, ("mild",), ())
    assert (recipe.shaft_hz, recipe.fs_hz, recipe.n_records) == (30, 4096, 4)


def test_without_options_it_is_the_full_dataset(admin):
    called("create_dataset", "Study")
    recipe = recipe_of(Dataset.objects.get(name="Study"))
    assert (recipe.n_records, recipe.noises) == (1430, NOISE_CODES)


def test_it_can_be_shared_and_belong_to_an_engineer(admin):
    engineer = make_user("engineer")
    called("create_dataset", "Study", *TINY, "--shared", "--owner", engineer.username)
    dataset = Dataset.objects.get(name="Study")
    assert (dataset.store.owner, dataset.store.visibility) == (engineer, "shared")


def test_a_viewer_cannot_own_a_new_dataset(admin):
    viewer = make_user("viewer")
    error = refusal("create_dataset", "Study", *TINY, "--owner", viewer.username)
    assert error.returncode == 2
    assert "engineer role" in str(error)


def test_an_unknown_owner_is_refused(admin):
    assert "“nobody”" in str(refusal("create_dataset", "Study", *TINY, "--owner", "nobody"))


def test_without_a_superuser_an_owner_must_be_named(seeded):
    assert "--owner" in str(refusal("create_dataset", "Study", *TINY))


def test_a_taken_name_is_refused_with_a_free_one(admin):
    called("create_dataset", "Study", *TINY)
    error = refusal("create_dataset", "study", *TINY)
    assert error.returncode == 2
    assert "“study 2” is free" in str(error)


def test_an_unknown_class_is_refused(admin):
    assert refusal("create_dataset", "Study", "--classes", "rust").returncode == 2


@pytest.mark.django_db(transaction=True)
def test_waiting_without_a_worker_does_the_work_here(queue):
    called("seed", "--no-sample")
    make_user("superuser")
    assert "is ready: 4 signals" in called("create_dataset", "Study", *TINY, "--wait")
    assert Job.objects.get().status == "completed"


@pytest.mark.django_db(transaction=True)
def test_waiting_for_one_that_fails_ends_with_status_one_and_its_sentence(queue, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    called("seed", "--no-sample")
    make_user("superuser")
    monkeypatch.setattr("datasets.services.generation.generate", full)
    error = refusal("create_dataset", "Study", *TINY, "--wait")
    assert error.returncode == 1
    assert "No space left" in str(error)
    assert generation.generate is not full
