"""Labels that their neighbours contradict: found, shown with both pictures, decided by people."""

import numpy as np
import pytest
from django.urls import reverse

from common.errors import Invalid, NotAllowed
from datasets.pages import reviewing
from datasets.scope import scope_of_part
from signals.exploration.suspects import label_suspects
from signals.models import FaultClass, LabelReview, Signal
from signals.services.records import signals_delete
from signals.services.reviews import label_confirm
from signals.waveforms import sources
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, sine, upload
from vibration.store import StoreReader

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
CLEAR = {"per_class": 14, "classes": ("healthy", "imbalance", "wear")}


@pytest.fixture
def owner(client):
    user = make_user("engineer")
    client.force_login(user)
    return user


@pytest.fixture
def dataset(owner):
    """Three classes that features tell apart, and one label that is wrong."""
    dataset = make_dataset(owner, **CLEAR)
    for number, signal in enumerate(dataset.store.signals.order_by("row")):
        place = {"healthy": 0, "imbalance": 1, "wear": 2}[signal.fault_class.code]
        values = {"rms": 10 * place + number % 7, "kurtosis": 100 * place + number % 5}
        Signal.objects.filter(pk=signal.pk).update(**values)
    return dataset


@pytest.fixture
def table(monkeypatch):
    """Read the features of the rows: a test has changed them, and not the file."""
    monkeypatch.setattr("signals.feature_table._from_file", lambda *values: None)


@pytest.fixture
def wrong(dataset, table):
    signal = dataset.store.signals.filter(fault_class__code="wear").order_by("row").first()
    signal.fault_class = FaultClass.objects.get(code="healthy")
    signal.save()
    return signal


def at(name, dataset, *more):
    return reverse(f"datasets:{name}", args=[dataset.pk, *more])


def found(dataset, user=None):
    user = user or dataset.store.owner
    dataset.store.refresh_from_db()
    return label_suspects(user, scope_of_part(user, dataset.pk, ""))


def test_a_wrong_label_is_offered_with_the_class_of_its_neighbours(dataset, wrong):
    (suspect,) = found(dataset).open
    wear = FaultClass.objects.get(code="wear")
    assert (suspect.signal, suspect.proposed) == (wrong.pk, wear.pk)
    assert Signal.objects.get(pk=suspect.neighbour).fault_class == wear
    assert suspect.share > 0.5


def test_nothing_is_changed_by_looking(client, dataset, wrong):
    client.get(at("review", dataset))
    wrong.refresh_from_db()
    assert wrong.fault_class.code == "healthy"
    assert not LabelReview.objects.exists()


def test_both_signals_are_shown_side_by_side(client, dataset, wrong):
    response = client.get(at("review", dataset))
    text = response.content.decode()
    neighbour = response.context["shown"].suspect.neighbour
    assert [each.signal.pk for each in response.context["pictured"]] == [wrong.pk, neighbour]
    assert text.count('class="curve"') == 4
    assert f"?signal={neighbour}" in text


def test_of_a_long_record_only_what_is_drawn_is_read(owner, monkeypatch):
    upload(npy(np.tile(sine(), 50)), owner=owner)
    signal = Signal.objects.get()
    monkeypatch.setattr(sources, "LONG_SAMPLES", 50_000)
    monkeypatch.setattr(reviewing, "LONGEST", 10_000)
    monkeypatch.setattr(reviewing, "BUCKETS", 36)
    sources.pyramid_ensure(sources.source_of(owner, signal))
    n_read, read = [], StoreReader.read_span
    monkeypatch.setattr(
        StoreReader, "read_span", lambda *of: n_read.append(of[3] - of[2]) or read(*of)
    )
    time, _ = reviewing.pictured(owner, signal).plots
    assert "from −1.000 to 1.000" in time.words
    assert sum(n_read) < signal.n_samples / 4


def test_a_confirmed_label_is_remembered(client, dataset, wrong):
    response = client.post(at("review-confirm", dataset, wrong.pk), headers=FRAGMENT)
    assert "All that did are confirmed" in response.content.decode()
    assert found(dataset).n_confirmed == 1
    assert LabelReview.objects.get().reviewer == dataset.store.owner


def test_a_confirmation_holds_for_that_label_alone(dataset, wrong, owner):
    label_confirm(user=owner, signal=wrong)
    wrong.fault_class = FaultClass.objects.get(code="imbalance")
    wrong.save()
    dataset.store.version += 1
    dataset.store.save()
    assert [each.signal for each in found(dataset).open] == [wrong.pk]


def test_relabelling_makes_a_version_with_the_reason(client, dataset, wrong):
    told = {"class": "wear", "reason": "Looks like its neighbours."}
    response = client.post(at("review-relabel", dataset, wrong.pk), told, headers=FRAGMENT)
    assert response.status_code == 200
    wrong.refresh_from_db()
    assert wrong.fault_class.code == "wear"
    version = dataset.store.versions.order_by("-number").first()
    assert (version.reason, version.n_relabelled) == ("Looks like its neighbours.", 1)
    assert not found(dataset).open


@pytest.mark.parametrize("told", [{"class": "rust", "reason": "x"}, {"class": "wear"}])
def test_a_relabel_needs_a_class_and_a_reason(client, dataset, wrong, told):
    answer = client.post(at("review-relabel", dataset, wrong.pk), told, headers=FRAGMENT)
    assert answer.status_code == 400
    wrong.refresh_from_db()
    assert wrong.fault_class.code == "healthy"


def test_a_dataset_without_a_doubt_says_so(client, dataset, table):
    assert "No label stands out" in client.get(at("review", dataset)).content.decode()


def test_labels_that_nobody_can_compare_are_said(client, owner):
    dataset = make_dataset(owner, per_class=1, classes=("healthy", "wear"))
    assert "cannot be compared" in client.get(at("review", dataset)).content.decode()


def test_a_reader_sees_and_decides_nothing(client, dataset, wrong):
    dataset.store.visibility = "shared"
    dataset.store.save()
    viewer = make_user("viewer")
    client.force_login(viewer)
    page = client.get(at("review", dataset))
    assert page.status_code == 200
    assert not page.context["may_label"]
    told = {"class": "wear", "reason": "x"}
    for name in ("review-confirm", "review-relabel"):
        assert client.post(at(name, dataset, wrong.pk), told, headers=FRAGMENT).status_code == 403
    with pytest.raises(NotAllowed):
        label_confirm(user=viewer, signal=wrong)


def test_a_curator_decides_on_shared_data(client, dataset, wrong):
    dataset.store.visibility = "shared"
    dataset.store.save()
    client.force_login(make_user("curator"))
    answer = client.post(at("review-confirm", dataset, wrong.pk), headers=FRAGMENT)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["review", "review-confirm", "review-relabel"])
def test_a_private_dataset_does_not_exist_for_others(client, owner, name):
    other = make_dataset()
    more = [] if name == "review" else [other.store.signals.first().pk]
    ask = client.get if name == "review" else client.post
    assert ask(at(name, other, *more)).status_code == 404
    client.logout()
    assert ask(at(name, other, *more)).status_code == 302


def test_a_signal_of_another_dataset_is_not_found(client, dataset, wrong):
    other = make_dataset(dataset.store.owner)
    assert client.post(at("review-confirm", other, wrong.pk)).status_code == 404


def test_what_has_no_class_cannot_be_confirmed(dataset, owner):
    signal = dataset.store.signals.first()
    signal.fault_class = None
    signal.save()
    with pytest.raises(Invalid):
        label_confirm(user=owner, signal=signal)


def test_reviews_go_with_the_signals(dataset, owner):
    label_confirm(user=owner, signal=dataset.store.signals.first())
    signals_delete(store=dataset.store)
    assert not LabelReview.objects.exists()
