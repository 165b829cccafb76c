import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from common.errors import NotAllowed, NotFound
from signals.models import Bearing, Signal, SignalStore
from signals.services.bearings import (
    bearing_attach,
    bearing_get,
    bearing_of,
    bearings_all,
    bearings_seed,
)
from tests.factories import make_bearing, make_dataset, make_user

pytestmark = pytest.mark.django_db

PUBLISHED = {
    "SKF 6205-2RS": (3.5848, 5.4152, 2.3567, 0.3983),
    "SKF 6203-2RS": (3.0531, 4.9469, 1.9938, 0.3816),
    "NICE (MFPT)": (3.2450, 4.7550, 2.5546, 0.4056),
    "Rexnord ZA-2115": (7.0921, 8.9079, 4.1975, 0.4433),
    "NSK (PRONOSTIA)": (5.6113, 7.3887, 3.5888, 0.4316),
    "LDK UER204": (3.0831, 4.9169, 2.0666, 0.3854),
    "6203 (Paderborn)": (3.0543, 4.9457, 1.9966, 0.3818),
    "MB ER-16K": (3.57, 5.43, None, None),
}


@pytest.fixture
def dataset():
    return make_dataset(visibility="shared")


@pytest.fixture
def signal(dataset):
    return Signal.objects.filter(store=dataset.store).first()


@pytest.mark.parametrize("name", PUBLISHED)
def test_orders_are_the_published_ones_literature(name):
    bearings_seed()
    bearing = Bearing.objects.get(name=name)
    for order, published in zip(("bpfo", "bpfi", "bsf", "ftf"), PUBLISHED[name], strict=True):
        if published is not None:
            digits = 1e-3 if name != "MB ER-16K" else 5e-3
            assert getattr(bearing, order) == pytest.approx(published, abs=digits)


def test_each_bearing_of_the_catalogue_says_where_it_is_from():
    bearings_seed()
    assert bearings_all().count() >= len(PUBLISHED)
    assert not bearings_all().filter(source="").exists()


def test_an_approximate_geometry_says_so():
    bearings_seed()
    assert "Approximation" in Bearing.objects.get(name="6206").source


def test_the_catalogue_is_written_once():
    bearings_seed()
    assert bearings_seed() == 0


def test_the_catalogue_leaves_what_a_curator_changed():
    bearings_seed()
    Bearing.objects.filter(name="6206").update(element_diameter_mm=9.6)
    bearings_seed()
    assert Bearing.objects.get(name="6206").element_diameter_mm == 9.6


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("n_elements", 2, "3 elements or more"),
        ("n_elements", 501, "500"),
        ("element_diameter_mm", 0, "positive"),
        ("element_diameter_mm", 50, "does not fit"),
        ("contact_angle_deg", 90, "below 90"),
    ],
)
def test_a_bearing_that_cannot_be_built_is_refused_in_one_sentence(field, value, says):
    bearing = make_bearing()
    setattr(bearing, field, value)
    with pytest.raises(ValidationError, match=says) as refused:
        bearing.full_clean()
    assert len(refused.value.messages) == 1


def test_the_database_refuses_it_too():
    with pytest.raises(IntegrityError):
        make_bearing(pitch_diameter_mm=1)


def test_a_name_is_taken_in_any_case_of_letters():
    make_bearing(name="6205 C3")
    with pytest.raises(ValidationError, match="of this name already"):
        Bearing(
            name="6205 c3",
            n_elements=9,
            element_diameter_mm=7.9,
            pitch_diameter_mm=39,
            source="a test",
        ).full_clean()


def test_an_unknown_bearing_does_not_exist():
    with pytest.raises(NotFound):
        bearing_get(make_user("curator"), 1)


def test_a_signal_has_the_bearing_of_its_store_unless_it_names_its_own(dataset, signal):
    owner, of_store, own = dataset.store.owner, make_bearing(), make_bearing()
    assert bearing_of(signal) is None
    bearing_attach(user=owner, store=dataset.store, bearing=of_store)
    signal = Signal.objects.get(pk=signal.pk)
    assert bearing_of(signal) == of_store
    bearing_attach(user=owner, signal=signal, bearing=own)
    assert bearing_of(Signal.objects.get(pk=signal.pk)) == own


def test_none_takes_the_bearing_away(dataset):
    owner = dataset.store.owner
    bearing_attach(user=owner, store=dataset.store, bearing=make_bearing())
    assert bearing_attach(user=owner, store=dataset.store, bearing=None)
    assert SignalStore.objects.get(pk=dataset.store_id).bearing is None


def test_attaching_leaves_a_line_of_history(dataset, signal):
    bearing_attach(user=dataset.store.owner, signal=signal, bearing=make_bearing(name="6205 C3"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (dataset.store.owner, str(signal.pk))
    assert entry.change_message == "Bearing: – → 6205 C3."


def test_attaching_the_same_again_changes_nothing(dataset):
    bearing = make_bearing()
    owner, store = dataset.store.owner, dataset.store
    assert bearing_attach(user=owner, store=store, bearing=bearing)
    assert not bearing_attach(user=owner, store=store, bearing=bearing)
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("role", ["curator", "superuser"])
def test_curators_and_superusers_attach_too(role, dataset, signal):
    assert bearing_attach(user=make_user(role), signal=signal, bearing=make_bearing())
    assert bearing_attach(user=make_user(role), store=dataset.store, bearing=make_bearing())


@pytest.mark.parametrize("role", ["viewer", "engineer"])
def test_a_member_attaches_nothing_to_what_others_own(role, dataset, signal):
    for target in ({"signal": signal}, {"store": dataset.store}):
        with pytest.raises(NotAllowed):
            bearing_attach(user=make_user(role), bearing=make_bearing(), **target)


@pytest.mark.parametrize("role", ["engineer", "curator"])
def test_what_one_may_not_see_does_not_exist(role):
    store = make_dataset().store
    for target in ({"signal": store.signals.first()}, {"store": store}):
        with pytest.raises(NotFound):
            bearing_attach(user=make_user(role), bearing=make_bearing(), **target)


def test_a_bearing_that_is_deleted_leaves_its_signals(dataset, signal):
    bearing = make_bearing()
    bearing_attach(user=dataset.store.owner, store=dataset.store, bearing=bearing)
    bearing_attach(user=dataset.store.owner, signal=signal, bearing=bearing)
    bearing.delete()
    assert bearing_of(Signal.objects.get(pk=signal.pk)) is None
    assert Signal.objects.filter(store=dataset.store).count() == 6
