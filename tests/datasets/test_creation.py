import shutil
from collections import namedtuple

import pytest

from common.errors import Invalid, NotAllowed, Unavailable
from datasets.models import Dataset
from datasets.selectors import recipe_of
from datasets.services import dataset_create, recipe_build
from monitoring.models import Job, SystemEvent
from tests.factories import make_catalogue, make_dataset, make_user, tiny_recipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer():
    make_catalogue()
    return make_user("engineer")


def test_a_new_dataset_waits_with_its_job_and_event(engineer):
    dataset = dataset_create(owner=engineer, name="First", recipe=tiny_recipe())

    assert (dataset.status, dataset.n_planned) == ("queued", 6)
    assert (dataset.job.status, dataset.job.owner) == (Job.Status.QUEUED, engineer)
    assert SystemEvent.objects.get().kind == SystemEvent.Kind.CREATED


def test_the_recipe_comes_back_as_it_was(engineer):
    recipe = tiny_recipe(seed=2**63 - 1, noises=("pink",), severities=("mild", "severe"))

    dataset = dataset_create(owner=engineer, name="First", recipe=recipe)

    assert recipe_of(dataset) == recipe
    assert dataset.recipe.fingerprint == recipe.fingerprint()


@pytest.mark.parametrize("role", [None, "viewer", "curator"])
def test_only_engineers_create(role):
    make_catalogue()
    with pytest.raises(NotAllowed, match="engineer role"):
        dataset_create(owner=make_user(role), name="First", recipe=tiny_recipe())


def test_a_superuser_creates_too():
    make_catalogue()
    assert dataset_create(owner=make_user("superuser"), name="First", recipe=tiny_recipe()).pk


@pytest.mark.parametrize("name", ["Pump one", "PUMP ONE", "  pump   one "])
def test_a_taken_name_is_refused_with_a_free_one(engineer, name):
    make_dataset(engineer, ready=False, name="Pump one")

    with pytest.raises(Invalid) as refusal:
        dataset_create(owner=engineer, name=name, recipe=tiny_recipe())

    assert "is taken" in refusal.value.field_errors["name"][0]
    assert " 2” is free" in refusal.value.sentence


def test_the_suggested_name_is_free_indeed(engineer):
    for name in ("Pump", "Pump 2", "pump 3"):
        make_dataset(engineer, ready=False, name=name)

    with pytest.raises(Invalid, match="“Pump 4” is free"):
        dataset_create(owner=engineer, name="Pump", recipe=tiny_recipe())


def test_a_refused_dataset_leaves_nothing(engineer):
    with pytest.raises(Invalid) as refusal:
        dataset_create(owner=engineer, name="x" * 101, recipe=tiny_recipe())

    assert list(refusal.value.field_errors) == ["name"]
    assert not Dataset.objects.exists()
    assert not Job.objects.exists()


def test_an_empty_name_is_refused_at_its_field(engineer):
    with pytest.raises(Invalid) as refusal:
        dataset_create(owner=engineer, name="   ", recipe=tiny_recipe())

    assert refusal.value.field_errors == {"name": ["A dataset's name has 1 to 100 letters."]}


def test_a_dataset_the_disk_cannot_hold_is_refused(engineer, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 10**6, 10**6))

    with pytest.raises(Unavailable, match=r"1\.0 MB are free"):
        dataset_create(owner=engineer, name="First", recipe=tiny_recipe())

    assert not Dataset.objects.exists()


def test_a_portal_without_catalogue_says_what_to_run():
    with pytest.raises(Unavailable, match="seed command"):
        dataset_create(owner=make_user("engineer"), name="First", recipe=tiny_recipe())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"seed": -1}, "seed"),
        ({"per_class": 0}, "per_class"),
        ({"classes": ()}, "classes"),
        ({"severities": ()}, "severities"),
        ({"noises": ("hum",)}, "noises"),
        ({"fs_hz": 1.0}, "fs_hz"),
        ({"duration_s": 61.0}, "duration_s"),
        ({"shaft_hz": 0.0}, "shaft_hz"),
        ({"mains_hz": 55.0}, "mains_hz"),
        ({"fs_hz": 5000.0}, "fs_hz"),
    ],
)
def test_what_the_simulator_refuses_is_said_at_its_field(values, field):
    with pytest.raises(Invalid) as refusal:
        recipe_build(**values)

    assert list(refusal.value.field_errors) == [field]
