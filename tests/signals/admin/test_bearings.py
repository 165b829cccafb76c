import pytest
from django.contrib.admin.models import LogEntry

from bearing_portal.operations.groups import groups_seed
from signals.models import Bearing, Signal
from signals.services.bearings import bearings_seed
from tests.factories import make_bearing, make_dataset, make_user

BEARINGS = "/admin/signals/bearing/"
FORM = {
    "name": "6205 C3",
    "manufacturer": "SKF",
    "n_elements": 9,
    "element_diameter_mm": 7.94,
    "pitch_diameter_mm": 39.04,
    "contact_angle_deg": 0,
    "source": "a catalogue",
}


@pytest.fixture
def curator(client, db):
    groups_seed()
    curator = make_user("curator")
    client.force_login(curator)
    return curator


def test_the_list_shows_the_orders(client, curator):
    make_bearing()
    page = client.get(BEARINGS).content.decode()
    for order in ("3.5848", "5.4152", "0.3983"):
        assert order in page


def test_it_says_how_many_use_a_bearing(client, curator):
    bearing, dataset = make_bearing(), make_dataset()
    dataset.store.bearing = bearing
    dataset.store.save()
    signals = Signal.objects.filter(store=dataset.store)
    signals.filter(row__lt=4).update(bearing=bearing)
    page = client.get(BEARINGS).content.decode()
    assert 'field-n_stores">1<' in page
    assert 'field-n_signals">4<' in page


def test_a_curator_adds_one_and_history_keeps_it(client, curator):
    assert client.get(f"{BEARINGS}add/").status_code == 200
    client.post(f"{BEARINGS}add/", FORM)
    bearing = Bearing.objects.get(name="6205 C3")
    assert LogEntry.objects.get(object_id=str(bearing.pk)).user == curator


def test_what_cannot_be_built_is_said_beside_the_field(client, curator):
    page = client.post(f"{BEARINGS}add/", FORM | {"pitch_diameter_mm": 5}).content.decode()
    assert "the pitch diameter is the larger one" in page
    assert not Bearing.objects.exists()


def test_a_bearing_of_the_seed_keeps_its_name(client, curator):
    bearings_seed()
    bearing = Bearing.objects.get(name="6206")
    client.post(f"{BEARINGS}{bearing.pk}/change/", FORM)
    bearing.refresh_from_db()
    assert (bearing.name, bearing.manufacturer) == ("6206", "SKF")


def test_a_bearing_in_use_is_not_deleted_by_a_curator(client, curator):
    bearing, store = make_bearing(), make_dataset().store
    store.bearing = bearing
    store.save()
    address = f"{BEARINGS}{bearing.pk}/delete/"
    assert client.post(address, {"post": "yes"}).status_code == 403
    store.bearing = None
    store.save()
    client.post(address, {"post": "yes"})
    assert not Bearing.objects.exists()


def test_the_bearing_of_a_signal_is_chosen_on_its_page(client, curator):
    bearing, store = make_bearing(), make_dataset(visibility="shared").store
    signal = store.signals.first()
    form = {
        "fault_class": signal.fault_class_id,
        "severity": signal.severity_id or "",
        "initial-fault_class": signal.fault_class_id,
        "initial-severity": signal.severity_id or "",
        "bearing": bearing.pk,
        "annotations-TOTAL_FORMS": 0,
        "annotations-INITIAL_FORMS": 0,
    }
    client.post(f"/admin/signals/signal/{signal.pk}/change/", form)
    signal.refresh_from_db()
    assert signal.bearing == bearing
    assert LogEntry.objects.get().change_message == f"Bearing: – → {bearing}."
