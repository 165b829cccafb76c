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
    reference_why_not,
    references_forget,
    references_missing,
    references_sweep,
)
from tests.datasets.importing import imported, planned, samples
from tests.factories import make_catalogue, make_dataset, make_user
from vibration.quantities import STANDARD_GRAVITY_M_S2
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


def recordings(tmp_path, *shapes):
    """Import noise of one density in g²/Hz for each shape, all of one class: length, rate, unit."""
    make_catalogue()
    files = []
    for n, (length, fs_hz, unit) in enumerate(shapes):
        level = np.sqrt(fs_hz / 8000) * (STANDARD_GRAVITY_M_S2 if unit == "m/s²" else 1)
        noise = samples(length, seed=n) * np.float32(level)
        files.append(planned(tmp_path / f"{n}.npy", noise, label="wear", fs_hz=fs_hz, unit=unit))
    dataset = imported(*files)
    return dataset.store.owner, list(dataset.store.signals.order_by("pk"))


def test_records_of_other_lengths_rates_and_units_are_compared(tmp_path):
    shapes = [(20_000, 8000.0, "g"), (17_000, 8000.0, "g"), (40_000, 16_000.0, "m/s²")]
    owner, (first, _, metric) = recordings(tmp_path, *shapes)
    found = reference_get(owner, first)
    assert (found.n, found.f_hz[-1]) == (3, 4000.0)
    for curve in (found.low, found.median, found.high):
        assert np.mean(curve) == pytest.approx(2 / 8000, rel=0.5)
    other = reference_get(owner, metric)
    assert other.f_hz[-1] == 4000.0  # beyond it one record alone speaks
    assert np.mean(other.median) == pytest.approx(2 / 8000 * STANDARD_GRAVITY_M_S2**2, rel=0.2)


def test_another_quantity_is_not_compared_and_that_is_said(tmp_path):
    owner, (first, *_) = recordings(
        tmp_path, (9000, 8000.0, "g"), (9000, 8000.0, "g"), (9000, 8000.0, "mm/s")
    )
    assert reference_get(owner, first) is None
    why = reference_why_not(owner, first)
    assert "of 3 records of its class 2 measure acceleration" in why


def test_too_few_records_are_said(tmp_path):
    owner, (first,) = recordings(tmp_path, (9000, 8000.0, "g"))
    assert reference_why_not(owner, first) == ("its class has 1 original record here, 3 are needed")
