import pytest

from common.errors import Invalid, NotAllowed
from signals.filters.at_version import signals_at
from signals.filters.scope import scope_get
from signals.filters.signal_filter import SignalFilter
from signals.models import FaultClass, Severity, Signal, SignalPast
from signals.selectors import signal_file
from signals.services.labels import Relabel, signals_relabel
from signals.services.removal import store_remove
from signals.services.versions import signals_remove, version_undo
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared", per_class=4)


@pytest.fixture
def store(dataset):
    return dataset.store


@pytest.fixture
def owner(store):
    return store.owner


def of_class(store, code):
    return Signal.objects.filter(store=store, fault_class__code=code).order_by("row")


def relabel(user, signals, code):
    row = FaultClass.objects.get(code=code)
    return signals_relabel(
        user=user, signals=signals, labels=Relabel(fault_class=row), reason="heard again"
    ).versions[0]


def state(signals):
    """Return all that a version decides of each signal."""
    columns = ("pk", "row", "store", "fault_class", "severity", "rank_in_class", "rms")
    return sorted(signals.order_by().values_list(*columns))


def number(store, n):
    return store.versions.get(number=n)


def test_an_old_version_is_what_it_was_when_it_was_new(store, owner):
    """Through relabels, removals and their undoing, each version is read as it was."""
    then = {1: state(store.signals)}
    relabel(owner, of_class(store, "wear")[:3], "imbalance")
    then[2] = state(store.signals)
    signals_remove(user=owner, signals=of_class(store, "imbalance")[2:5], reason="clipped")
    then[3] = state(store.signals)
    relabel(owner, of_class(store, "imbalance"), "healthy")
    then[4] = state(store.signals)
    version_undo(user=owner, version=number(store, 3))
    then[5] = state(store.signals)
    version_undo(user=owner, version=number(store, 4))
    for n, expected in then.items():
        assert state(signals_at(number(store, n))) == expected, n


def test_a_relabel_undone_leaves_all_as_it_was(store, owner):
    before = state(store.signals)
    version = relabel(owner, of_class(store, "wear"), "imbalance")
    undone = version_undo(user=owner, version=version)
    assert state(store.signals) == before
    assert (undone.number, undone.undoes, undone.n_relabelled) == (3, version, 4)


def test_undo_leaves_what_was_changed_again_since(store, owner):
    first = relabel(owner, of_class(store, "wear"), "imbalance")
    again = of_class(store, "imbalance").last()
    relabel(owner, Signal.objects.filter(pk=again.pk), "healthy")
    assert version_undo(user=owner, version=first).n_relabelled == 3
    assert Signal.objects.get(pk=again.pk).fault_class.code == "healthy"


def test_what_was_undone_cannot_be_undone_twice(store, owner):
    version = relabel(owner, of_class(store, "wear"), "imbalance")
    version_undo(user=owner, version=version)
    with pytest.raises(Invalid, match="changed again"):
        version_undo(user=owner, version=version)


def test_an_undo_can_be_undone(store, owner):
    version = relabel(owner, of_class(store, "wear"), "imbalance")
    after = state(store.signals)
    version_undo(user=owner, version=version_undo(user=owner, version=version))
    assert state(store.signals) == after


def test_the_first_version_is_not_undone(store, owner):
    with pytest.raises(Invalid, match="first version"):
        version_undo(user=owner, version=number(store, 1))


def test_a_version_costs_a_row_for_each_signal_it_changed(store, owner):
    relabel(owner, of_class(store, "wear")[:1], "imbalance")
    assert SignalPast.objects.filter(store=store).count() == 1


def test_the_current_version_reads_nothing_of_the_past(store, owner, django_assert_num_queries):
    relabel(owner, of_class(store, "wear"), "imbalance")
    scope = scope_get(owner, SignalFilter(dataset=1), store_of=lambda pk: store.pk)
    assert "past" not in str(scope.signals().query)


def test_a_filter_and_its_samples_hold_in_an_old_version(store, owner):
    wear = set(of_class(store, "wear").values_list("pk", flat=True))
    relabel(owner, of_class(store, "wear"), "imbalance")
    chosen = SignalFilter(dataset=1, version=1, classes=("wear",), per_class=3)
    found = scope_get(owner, chosen, store_of=lambda pk: store.pk).signals()
    assert found.count() == 3
    assert set(found.values_list("pk", flat=True)) <= wear
    assert found.filter(fault_class__name="Wear").exists()


def test_cached_results_of_two_versions_have_two_keys(store, owner):
    relabel(owner, of_class(store, "wear"), "imbalance")
    keys = {
        scope_get(owner, SignalFilter(dataset=1, version=n), store_of=lambda pk: store.pk).key(
            "cells"
        )
        for n in (None, 1, 2)
    }
    assert len(keys) == 2  # the second is the current one


def test_a_removed_signal_is_gone_but_its_samples_are_not(store, owner):
    gone = of_class(store, "wear").first()
    signals_remove(user=owner, signals=Signal.objects.filter(pk=gone.pk), reason="clipped")
    store.refresh_from_db()
    assert store.n_signals == 11
    assert not store.signals.filter(pk=gone.pk).exists()
    assert signal_file(Signal.objects.get(pk=gone.pk)) == signal_file(gone)


def test_the_last_signals_of_a_dataset_are_not_removed(store, owner):
    with pytest.raises(Invalid, match="delete the dataset"):
        signals_remove(user=owner, signals=store.signals.all(), reason="all of them")
    assert store.signals.count() == 12


@pytest.mark.parametrize("role", ["viewer", "engineer", "curator"])
def test_only_the_owner_removes_signals(store, role):
    with pytest.raises(NotAllowed):
        signals_remove(user=make_user(role), signals=store.signals.all()[:1], reason="mine?")


def test_strangers_undo_nothing(store, owner):
    version = relabel(owner, of_class(store, "wear"), "imbalance")
    with pytest.raises(NotAllowed):
        version_undo(user=make_user("engineer"), version=version)


def test_the_counts_of_the_dataset_follow_what_is_removed(dataset, owner):
    signals_remove(user=owner, signals=of_class(dataset.store, "wear")[:1], reason="clipped")
    counts = dict(dataset.class_counts.values_list("fault_class__code", "n_signals"))
    assert counts == {"healthy": 4, "imbalance": 4, "wear": 3}


def test_a_store_goes_with_its_past_and_what_was_removed_from_it(dataset, owner):
    store = dataset.store
    relabel(owner, of_class(store, "wear"), "imbalance")
    signals_remove(user=owner, signals=of_class(store, "imbalance")[:2], reason="clipped")
    dataset.delete()
    store_remove(store=store, user=owner, title="Delete")
    assert not Signal.objects.exists()
    assert not SignalPast.objects.exists()


def test_two_stores_in_one_act_get_a_version_each(store, owner):
    other = make_dataset(owner=owner)
    signals = Signal.objects.filter(fault_class__code="wear", store__owner=owner)
    labels = Relabel(severity=Severity.objects.order_by("level").last())
    done = signals_relabel(user=owner, signals=signals, labels=labels, reason="heard again")
    assert {version.store for version in done.versions} == {store, other.store}
