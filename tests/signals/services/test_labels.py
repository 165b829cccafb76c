from functools import partial

import pytest

from common.errors import Invalid, NotAllowed
from signals.models import FaultClass, Severity, Signal
from signals.services import labels as curation
from signals.services import versions
from signals.services.labels import Relabel, fault_class_move
from tests.factories import make_dataset, make_user

signals_relabel = partial(curation.signals_relabel, reason="heard again")


@pytest.fixture
def dataset(db):
    return make_dataset(visibility="shared")


@pytest.fixture
def curator(db):
    return make_user("curator")


@pytest.fixture
def wear(dataset):
    return Signal.objects.filter(store=dataset.store, fault_class__code="wear")


def fault_class(code):
    return FaultClass.objects.get(code=code)


def test_one_act_is_one_version_with_who_and_why(curator, dataset, wear):
    labels = Relabel(fault_class=fault_class("imbalance"))
    done = signals_relabel(user=curator, signals=wear, labels=labels)
    (version,) = done.versions
    assert (done.n, version.number, version.n_relabelled) == (2, 2, 2)
    assert (version.author, version.reason) == (curator, "heard again")
    assert not wear.exists()


def test_labels_that_stay_make_no_version(curator, dataset, wear):
    labels = Relabel(fault_class=fault_class("wear"))
    assert signals_relabel(user=curator, signals=wear, labels=labels).versions == ()
    assert dataset.store.versions.count() == 1


def test_a_relabel_without_a_reason_is_refused(curator, wear):
    with pytest.raises(Invalid, match="why"):
        signals_relabel(user=curator, signals=wear, labels=Relabel(severity=None), reason=" ")


def test_an_owner_relabels_what_is_private(dataset):
    own = make_dataset()
    signals = Signal.objects.filter(store=own.store, fault_class__code="wear")
    done = signals_relabel(user=own.store.owner, signals=signals, labels=Relabel(severity=None))
    assert done.n == 2


def test_healthy_takes_the_severity_away(curator, wear):
    pk = wear.first().pk
    signals_relabel(user=curator, signals=wear, labels=Relabel(fault_class=fault_class("healthy")))
    assert Signal.objects.get(pk=pk).severity is None


def test_a_healthy_signal_takes_no_severity(curator, dataset):
    healthy = Signal.objects.filter(store=dataset.store, fault_class__code="healthy")
    labels = Relabel(severity=Severity.objects.first())
    with pytest.raises(Invalid, match="no severity"):
        signals_relabel(user=curator, signals=healthy, labels=labels)


def test_the_counts_of_the_dataset_follow(curator, dataset, wear):
    labels = Relabel(fault_class=fault_class("imbalance"))
    signals_relabel(user=curator, signals=wear, labels=labels)
    counts = dataset.class_counts.values_list("fault_class__code", "n_signals")
    assert dict(counts) == {"healthy": 2, "imbalance": 4}


def test_cached_results_of_the_store_become_unreachable(curator, dataset, wear):
    version = dataset.store.version
    signals_relabel(user=curator, signals=wear, labels=Relabel(severity=None))
    dataset.store.refresh_from_db()
    assert dataset.store.version > version


def test_the_random_order_within_a_class_stays_without_gaps(curator, dataset, wear):
    moved = wear.filter(pk=wear.first().pk)
    signals_relabel(
        user=curator, signals=moved, labels=Relabel(fault_class=fault_class("imbalance"))
    )
    for code, n_signals in (("imbalance", 3), ("wear", 1)):
        rows = Signal.objects.filter(store=dataset.store, fault_class__code=code)
        assert sorted(rows.values_list("rank_in_class", flat=True)) == list(range(n_signals))


def test_private_signals_of_others_are_out_of_a_curators_reach(curator):
    private = Signal.objects.filter(store=make_dataset().store)
    assert signals_relabel(user=curator, signals=private, labels=Relabel(severity=None)).n == 0


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_others_relabel_nothing(role, wear):
    user = make_user(role)
    with pytest.raises(NotAllowed):
        signals_relabel(user=user, signals=wear, labels=Relabel(severity=None))


def test_more_than_a_request_can_carry_is_refused(curator, wear, monkeypatch):
    monkeypatch.setattr(versions, "MOST_AT_ONCE", 1)
    with pytest.raises(Invalid, match="At most 1"):
        signals_relabel(user=curator, signals=wear, labels=Relabel(severity=None))


def test_a_class_changes_places_with_its_neighbour(curator, dataset):
    before = list(FaultClass.objects.values_list("code", flat=True))
    fault_class_move(user=curator, fault_class=fault_class(before[1]), down=False)
    after = list(FaultClass.objects.values_list("code", flat=True))
    assert after == [before[1], before[0], *before[2:]]


def test_the_first_class_cannot_move_up(curator, dataset):
    with pytest.raises(Invalid, match="at the end"):
        fault_class_move(user=curator, fault_class=FaultClass.objects.first(), down=False)
