import pytest

from common.errors import NotFound
from datasets.versioning.versions import (
    change_words,
    changed_signals,
    comparison,
    version_get,
    versions_of,
)
from monitoring.models import SystemEvent
from signals.models import FaultClass, Signal
from signals.services.labels import Relabel, signals_relabel
from signals.services.versions import signals_remove, version_undo
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    """A dataset of three versions: 4 of wear became imbalance, then 2 of these were removed."""
    made = make_dataset(per_class=4)
    owner = made.store.owner
    imbalance = FaultClass.objects.get(code="imbalance")
    wear = Signal.objects.filter(store=made.store, fault_class__code="wear").order_by("row")
    pks = list(wear.values_list("pk", flat=True))
    signals_relabel(
        user=owner, signals=wear, labels=Relabel(fault_class=imbalance), reason="heard again"
    )
    signals_remove(user=owner, signals=Signal.objects.filter(pk__in=pks[:2]), reason="clipped")
    made.refresh_from_db()
    return made


def compared(dataset, first, second):
    found = comparison(dataset.store.owner, dataset, first, second)

    def code(pair):
        return None if pair is None else pair[0].code

    changes = {(code(each.before), code(each.after)): 0 for each in found.changes}
    for each in found.changes:
        changes[code(each.before), code(each.after)] += each.n
    return found, changes


def test_a_comparison_says_what_became_what(dataset):
    found, changes = compared(dataset, 1, 3)
    assert changes == {("wear", "imbalance"): 2, ("wear", None): 2}
    assert (found.n_relabelled, found.n_added, found.n_removed) == (2, 0, 2)


def test_a_comparison_backwards_says_the_opposite(dataset):
    _, changes = compared(dataset, 3, 1)
    assert changes == {("imbalance", "wear"): 2, (None, "wear"): 2}


def test_a_comparison_counts_the_classes_of_both(dataset):
    found, _ = compared(dataset, 1, 3)
    counts = {row.code: (before, after) for row, before, after in found.counts}
    assert counts == {"healthy": (4, 4), "imbalance": (4, 6), "wear": (4, 0)}


def test_a_comparison_names_the_acts_between(dataset):
    found, _ = compared(dataset, 1, 3)
    assert [(each.number, each.reason) for each in found.acts] == [
        (3, "clipped"),
        (2, "heard again"),
    ]


def test_what_was_undone_lies_between_no_versions(dataset):
    owner = dataset.store.owner
    version_undo(user=owner, version=version_get(owner, dataset, 3))
    _, changes = compared(dataset, 2, 4)
    assert changes == {}


def test_each_signal_that_differs_is_told_with_both_labels(dataset):
    rows = list(changed_signals(dataset.store.owner, dataset, 1, 3))
    assert len(rows) == 4
    assert {(before[0], after and after[0]) for _, _, before, after in rows} == {
        ("Wear", "Imbalance"),
        ("Wear", None),
    }


def test_a_version_says_in_words_what_it_changed(dataset):
    said = [change_words(each) for each in versions_of(dataset.store.owner, dataset)]
    assert said == ["2 signals removed", "4 signals relabelled", "12 signals added"]


def test_each_version_is_an_event_of_the_dataset(dataset):
    details = SystemEvent.objects.filter(subject=dataset.name).values_list("detail", flat=True)
    assert "version 2: 4 signals relabelled. heard again" in details


def test_strangers_see_no_version(dataset):
    stranger = make_user("engineer")
    assert not versions_of(stranger, dataset).exists()
    with pytest.raises(NotFound):
        version_get(stranger, dataset, 1)
