import numpy as np
import pytest

from common.errors import NotFound, Unavailable
from signals.models import FaultClass, Signal
from signals.selectors import signal_samples, store_path
from signals.services.labels import Relabel, signals_relabel
from signals.waveforms import references
from signals.waveforms.references import (
    reference_build,
    reference_get,
    references_forget,
    references_missing,
    references_sweep,
)
from tests.factories import make_dataset, make_user
from vibration.statistics.references import class_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared", per_class=4)


@pytest.fixture
def owner(dataset):
    return dataset.store.owner


@pytest.fixture
def signal(dataset):
    return of_class(dataset, "wear")[0]


@pytest.fixture
def folder(storage):
    return storage / "references"


def of_class(dataset, code):
    return list(Signal.objects.filter(store=dataset.store, fault_class__code=code))


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.npz"))


def test_it_is_the_spread_of_the_class_in_its_store(dataset, owner, signal):
    records = [signal_samples(owner, other) for other in of_class(dataset, "wear")]
    speeds = [other.shaft_hz for other in of_class(dataset, "wear")]
    expected = class_reference(records, signal.fs_hz, shafts_hz=speeds)
    found = reference_get(owner, signal)
    assert found.n == 4
    np.testing.assert_array_equal(found.median, expected.median)


def test_asked_again_it_is_read_from_its_file(owner, signal):
    first = reference_get(owner, signal)
    store_path(signal.store).discard()
    np.testing.assert_array_equal(reference_get(owner, signal).high, first.high)


def test_each_class_has_a_file_of_its_own(dataset, owner, signal, folder):
    reference_get(owner, signal)
    reference_get(owner, of_class(dataset, "healthy")[0])
    codes = ("healthy", "wear")
    ids = sorted(FaultClass.objects.filter(code__in=codes).values_list("pk", flat=True))
    assert files(folder) == [f"{signal.store_id}.1/{pk}.npz" for pk in ids]


def test_a_damaged_file_is_made_again(owner, signal, folder):
    first = reference_get(owner, signal)
    path = folder / files(folder)[0]
    path.write_bytes(path.read_bytes()[:100])
    np.testing.assert_array_equal(reference_get(owner, signal).low, first.low)


def test_after_a_relabel_it_is_another_and_the_old_file_is_gone(dataset, owner, signal, folder):
    reference_get(owner, signal)
    moved = Signal.objects.filter(pk=of_class(dataset, "wear")[-1].pk)
    labels = Relabel(fault_class=FaultClass.objects.get(code="imbalance"))
    signals_relabel(user=make_user("curator"), signals=moved, labels=labels, reason="heard again")
    assert reference_get(owner, signal).n == 3
    assert files(folder) == [f"{signal.store_id}.2/{signal.fault_class_id}.npz"]


def test_fewer_than_three_records_give_none():
    dataset = make_dataset(per_class=2)
    assert reference_get(dataset.store.owner, of_class(dataset, "wear")[0]) is None
    assert references_missing(dataset.store) == []


def test_a_signal_without_a_class_has_none(owner, signal):
    signal.fault_class = None
    assert reference_get(owner, signal) is None


def test_augmented_copies_do_not_count(dataset, owner, signal):
    Signal.objects.filter(store=dataset.store, row__gt=signal.row).update(augmented=True)
    assert reference_get(owner, signal) is None


def test_no_more_records_are_read_than_needed(owner, signal, monkeypatch):
    monkeypatch.setattr(references, "MOST_RECORDS", 3)
    assert reference_get(owner, signal).n == 3


def test_a_member_sees_that_of_a_shared_dataset(signal):
    assert reference_get(make_user("viewer"), signal).n == 4


def test_for_a_stranger_it_does_not_exist():
    signal = make_dataset(per_class=3).store.signals.first()
    with pytest.raises(NotFound):
        reference_get(make_user("curator"), signal)


def test_waveforms_that_went_away_are_said(owner, signal):
    store_path(signal.store).discard()
    with pytest.raises(Unavailable):
        reference_get(owner, signal)


def test_a_disk_that_refuses_keeps_nobody_from_seeing_it(owner, signal, folder):
    folder.write_text("in the way")
    assert reference_get(owner, signal).n == 4


def test_missing_ones_are_those_not_built_yet(dataset, signal):
    assert len(references_missing(dataset.store)) == 3
    reference_build(store=dataset.store, fault_class_id=signal.fault_class_id)
    assert signal.fault_class_id not in references_missing(dataset.store)


def test_a_slow_writer_of_an_old_version_removes_no_newer_file(dataset, owner, signal, folder):
    dataset.store.version = 2
    reference_build(store=dataset.store, fault_class_id=signal.fault_class_id)
    dataset.store.version = 1
    reference_build(store=dataset.store, fault_class_id=signal.fault_class_id)
    assert f"{signal.store_id}.2/{signal.fault_class_id}.npz" in files(folder)


def test_forgetting_a_store_leaves_the_others(owner, signal, folder):
    other = make_dataset(per_class=3)
    reference_get(owner, signal)
    reference_get(other.store.owner, other.store.signals.first())
    references_forget(store_id=signal.store_id)
    assert [path.name for path in folder.iterdir()] == [f"{other.store_id}.1"]


def test_the_sweep_keeps_the_present_version_and_what_it_does_not_know(owner, signal, folder):
    reference_get(owner, signal)
    for name in (f"{signal.store_id}.0", "999999.1", "notes"):
        (folder / name).mkdir()
    references_sweep()
    assert sorted(path.name for path in folder.iterdir()) == [f"{signal.store_id}.1", "notes"]
    assert len(files(folder)) == 1
