"""Groups of features beside the 36: who may have them measured, what is kept, what is forgotten."""

import numpy as np
import pytest

from common.errors import Invalid, NotAllowed, NotFound
from monitoring.models import Job
from signals.feature_groups import group_columns, measured_groups
from signals.feature_table import feature_table
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter
from signals.jobs import measure
from signals.models import Signal, SignalFeatures, StoreFeatures
from signals.selectors import signal_samples
from signals.services.bearings import bearing_attach
from signals.services.feature_groups import (
    features_cancel,
    features_request,
    store_features_measure,
)
from signals.services.records import signals_delete
from tests.factories import make_bearing, make_dataset, make_user
from vibration.features import FEATURE_NAMES
from vibration.features.orders import ORDER_FEATURE_NAMES, order_features
from vibration.spectra.integration import velocity_rms

pytestmark = pytest.mark.django_db(transaction=True)
LONG = {"duration_s": 1.0, "classes": ("healthy", "wear"), "per_class": 2}


@pytest.fixture
def dataset():
    dataset = make_dataset(visibility="shared", **LONG)
    dataset.store.bearing = make_bearing()
    dataset.store.save()
    return dataset


def measured(dataset, group="bearing_orders", user=None):
    """Have a group measured as the worker does."""
    row = features_request(user=user or dataset.store.owner, store=dataset.store, group=group)
    measure(row.job_id)
    return StoreFeatures.objects.get(pk=row.pk)


def test_each_signal_gets_the_26_of_its_samples_speed_and_bearing(dataset):
    row = measured(dataset)
    assert row.job.status == Job.Status.COMPLETED
    assert row.n_known == dataset.store.n_signals
    for signal in dataset.store.signals.all():
        samples = signal_samples(dataset.store.owner, signal)
        orders = dataset.store.bearing.orders
        wanted = order_features(samples, signal.fs_hz, signal.shaft_hz, orders)
        kept = SignalFeatures.objects.get(signal=signal, group="bearing_orders").values
        np.testing.assert_allclose(np.array(kept, float), wanted)


def test_the_job_over_one_signal_says_so(dataset):
    dataset.store.n_signals = 1
    dataset.store.save()
    owner = dataset.store.owner
    row = features_request(user=owner, store=dataset.store, group="bearing_orders")
    assert row.job.title.endswith(" of 1 signal")


def test_a_missing_value_is_null_and_never_0(dataset):
    measured(dataset)  # 4 096 Hz hold none of 2 to 5 kHz
    kept = SignalFeatures.objects.filter(group="bearing_orders").first().values
    assert kept[13:] == [None] * 13


def test_velocity_is_that_of_iso_20816(dataset):
    Signal.objects.filter(store=dataset.store).update(unit="g")
    measured(dataset, "severity")
    signal = dataset.store.signals.first()
    wanted = velocity_rms(signal_samples(dataset.store.owner, signal), signal.fs_hz)
    assert signal.feature_groups.get(group="severity").values == [pytest.approx(wanted)]


def test_a_temperature_has_no_velocity(dataset):
    Signal.objects.filter(store=dataset.store).update(unit="°C")
    assert measured(dataset, "severity").n_known == 0
    assert measured_groups(dataset.store.owner, dataset.store).groups == ()


def test_the_table_holds_them_behind_the_36(dataset):
    user = dataset.store.owner
    measured(dataset)
    names = measured_groups(user, dataset.store).names
    assert names == (*FEATURE_NAMES, *ORDER_FEATURE_NAMES)
    table = feature_table(user, Scope(user, SignalFilter(), dataset.store), features=names)
    kept = group_columns(table.pks, ORDER_FEATURE_NAMES)
    np.testing.assert_array_equal(table.values[:, 36:], kept)
    assert np.isfinite(kept[:, :13]).any()


def test_what_was_measured_is_not_measured_again(dataset):
    measured(dataset)
    ids = list(SignalFeatures.objects.values_list("pk", flat=True))
    store_features_measure(store=dataset.store, group="bearing_orders")
    assert list(SignalFeatures.objects.values_list("pk", flat=True)) == ids


def test_two_requests_are_one_job(dataset):
    first = features_request(user=dataset.store.owner, store=dataset.store, group="severity")
    second = features_request(user=dataset.store.owner, store=dataset.store, group="severity")
    assert first.job_id == second.job_id


def test_another_bearing_forgets_the_orders_of_the_old_one(dataset):
    measured(dataset)
    bearing_attach(user=dataset.store.owner, store=dataset.store, bearing=make_bearing())
    assert not SignalFeatures.objects.exists()
    assert measured_groups(dataset.store.owner, dataset.store).groups == ()
    before = StoreFeatures.objects.get()
    assert before.stamp is None
    assert measured(dataset).stamp is not None


def test_a_signals_own_bearing_forgets_its_own_alone(dataset):
    measured(dataset)
    signal = dataset.store.signals.first()
    bearing_attach(user=dataset.store.owner, signal=signal, bearing=make_bearing())
    assert not signal.feature_groups.exists()
    assert SignalFeatures.objects.count() == dataset.store.n_signals - 1


def test_a_job_under_way_keeps_nothing_of_the_old_bearing(dataset):
    row = features_request(user=dataset.store.owner, store=dataset.store, group="bearing_orders")
    bearing_attach(user=dataset.store.owner, store=dataset.store, bearing=make_bearing())
    measure(row.job_id)
    assert not SignalFeatures.objects.exists()
    assert StoreFeatures.objects.get().stamp is None


@pytest.mark.parametrize("lacking", ["bearing", "speed"])
def test_without_bearing_or_speed_it_is_said_at_once(dataset, lacking):
    if lacking == "bearing":
        bearing_attach(user=dataset.store.owner, store=dataset.store, bearing=None)
    else:
        Signal.objects.filter(store=dataset.store).update(rpm=None)
    with pytest.raises(Invalid, match=lacking):
        features_request(user=dataset.store.owner, store=dataset.store, group="bearing_orders")


def test_a_group_that_is_none_is_refused(dataset):
    with pytest.raises(Invalid, match="no such group"):
        features_request(user=dataset.store.owner, store=dataset.store, group="odd")


def test_a_curator_may_a_member_may_not_a_stranger_sees_nothing(dataset):
    assert measured(dataset, user=make_user("curator")).n_known
    with pytest.raises(NotAllowed):
        features_request(user=make_user("engineer"), store=dataset.store, group="severity")
    dataset.store.visibility = "private"
    dataset.store.save()
    with pytest.raises(NotFound):
        features_request(user=make_user("engineer"), store=dataset.store, group="severity")


def test_they_go_with_their_signals(dataset):
    measured(dataset)
    signals_delete(store=dataset.store)
    assert not SignalFeatures.objects.exists()


def test_who_asked_may_cancel(dataset):
    row = features_request(user=dataset.store.owner, store=dataset.store, group="severity")
    features_cancel(user=dataset.store.owner, store=dataset.store, group="severity")
    row.job.refresh_from_db()
    assert row.job.status == Job.Status.CANCELLED


def test_nothing_to_cancel_is_said(dataset):
    with pytest.raises(Invalid, match="nothing to cancel"):
        features_cancel(user=dataset.store.owner, store=dataset.store, group="severity")
