import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from bearing_portal.frame.design.tokens import TOKENS
from bearing_portal.operations import sample
from datasets.models import Dataset
from datasets.services import dataset_delete
from monitoring.models import Job
from signals.models import FaultClass, NoiseSource, Severity
from tests.commands.running import called, refusal
from tests.factories import make_user, tiny_recipe


@pytest.fixture
def small(monkeypatch):
    """Make the sample of records that are quickly made."""
    monkeypatch.setattr(sample, "Recipe", lambda per_class: tiny_recipe(per_class=per_class))


def the_sample():
    return Dataset.objects.select_related("store__owner", "job").get(name=sample.NAME)


def test_it_writes_classes_severities_noises_and_groups(seeded):
    counts = [model.objects.count() for model in (FaultClass, Severity, NoiseSource)]
    assert counts == [16, 4, 7]
    assert set(Group.objects.values_list("name", flat=True)) == {"viewer", "engineer", "curator"}


def test_the_classes_look_as_the_design_says(seeded):
    rows = FaultClass.objects.values_list("code", "name", "colour", "symbol", "dash")
    keys = ("code", "label", "color", "symbol", "dash")
    looks = [*TOKENS["faultClass"], *TOKENS["rollingClass"]]
    assert list(rows) == [tuple(look[key] for key in keys) for look in looks]


def test_rolling_classes_come_behind_those_that_a_curator_added(seeded):
    FaultClass.objects.filter(family="rolling").delete()
    FaultClass.objects.create(
        code="own", name="Own", short_name="Own", label_prefix="OWN", position=12,
        colour="#336699", symbol="circle", dash="solid",
    )  # fmt: skip
    called("seed", "--no-sample")
    assert list(FaultClass.objects.values_list("position", flat=True)) == [*range(1, 18)]


def test_repeating_it_writes_nothing(seeded):
    assert called("seed", "--no-sample").startswith(
        "0 fault classes, 0 severities, 0 noise sources, 0 bearings, 0 groups"
    )


def test_it_leaves_what_a_curator_changed(seeded):
    FaultClass.objects.filter(code="wear").update(name="Abrasion", colour="#000000")
    called("seed", "--no-sample")
    wear = FaultClass.objects.get(code="wear")
    assert (wear.name, wear.colour) == ("Abrasion", "#000000")


def test_it_brings_back_what_is_missing(seeded):
    NoiseSource.objects.filter(code="pink").delete()
    called("seed", "--no-sample")
    assert NoiseSource.objects.filter(code="pink").exists()


def test_a_place_taken_by_another_row_is_said(seeded):
    FaultClass.objects.filter(code="wear").update(code="worn")
    error = refusal("seed", "--no-sample")
    assert "“Wear” is missing and cannot be written" in str(error)


def test_curators_may_relabel_in_the_admin_and_viewers_only_look(seeded):
    curator, viewer = Group.objects.get(name="curator"), Group.objects.get(name="viewer")
    assert curator.permissions.filter(codename="change_signal").exists()
    assert set(viewer.permissions.values_list("codename", flat=True)) >= {"view_signal"}
    assert not viewer.permissions.exclude(codename__startswith="view_").exists()


def test_a_group_gets_what_is_new_and_keeps_what_an_administrator_added(seeded):
    viewer = Group.objects.get(name="viewer")
    before = set(viewer.permissions.all())
    added = Permission.objects.get(codename="add_bearing")
    viewer.permissions.set([added])
    called("seed", "--no-sample")
    assert set(viewer.permissions.all()) == before | {added}


@pytest.mark.django_db(transaction=True)
def test_the_sample_is_ready_without_a_worker_and_shared_by_the_first_superuser(queue, small):
    admin = make_user("superuser")
    make_user("superuser")
    called("seed")
    made = the_sample()
    assert (made.status, made.store.visibility) == ("ready", "shared")
    assert made.store.owner == admin
    assert made.store.n_signals == made.n_planned == 30


@pytest.mark.django_db(transaction=True)
def test_without_a_superuser_the_sample_belongs_to_an_account_nobody_can_enter(queue, small):
    called("seed")
    assert the_sample().store.owner.username == sample.SYSTEM_ACCOUNT
    account = get_user_model().objects.get(username=sample.SYSTEM_ACCOUNT)
    assert not account.has_usable_password()
    assert not account.is_staff


@pytest.mark.django_db(transaction=True)
def test_the_sample_is_made_once(queue, small):
    called("seed")
    assert "is there" in called("seed")
    assert Dataset.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_deleted_sample_comes_back_only_on_demand(queue, small):
    called("seed")
    made = the_sample()
    dataset_delete(user=made.store.owner, dataset=made)
    assert "was deleted earlier" in called("seed")
    assert "is ready" in called("seed", "--sample")


@pytest.mark.django_db(transaction=True)
def test_a_failed_sample_is_tried_again(queue, small):
    called("seed")
    made = the_sample()
    Job.objects.filter(pk=made.job_id).update(status="failed")
    Dataset.objects.filter(pk=made.pk).update(status="failed", ready_at=None)
    made.class_counts.all().delete()
    made.store.signals.all().delete()
    called("seed")
    assert the_sample().status == "ready"
