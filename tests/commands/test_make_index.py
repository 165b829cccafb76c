import pytest

from datasets.models import Dataset
from signals.models import Signal
from tests.commands.running import called, refusal
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(seeded):
    return make_user("superuser", username="boss")


def test_it_refuses_unless_it_is_meant(owner):
    assert refusal("make_index", "10").returncode == 2
    assert not Dataset.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_its_rows_are_dealt_out_to_the_classes_without_a_gap(owner):
    assert "110 index rows" in called("make_index", "110", "--yes", "--name", "Large")
    dataset = Dataset.objects.get(name="Large")
    assert set(dataset.class_counts.values_list("n_signals", flat=True)) == {10}
    ranks = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
    assert sorted(ranks.values_list("rank_in_class", flat=True)) == list(range(10))
    assert not Signal.objects.filter(rms=None).exists()


def test_a_taken_name_and_an_unknown_owner_are_refused(owner):
    make_dataset(name="Taken")
    for option in (["--name", "taken"], ["--owner", "nobody"]):
        assert refusal("make_index", "10", "--yes", *option).returncode == 2
