"""What the viewer asks outside of Dash."""

import io
import json
import re

import numpy as np
import pytest
from django.urls import reverse

from monitoring.models import SystemEvent
from signals.models import Bearing
from signals.services.bearings import bearings_seed
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, sine, upload
from vibration.formats import read_recording


@pytest.fixture
def person(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def stored(signal):
    from signals.waveforms.sources import source_of

    return source_of(signal.store.owner, signal).whole


def exported(person, signal, code, **query):
    return person.get(reverse("viewer-export", args=[signal.pk, code]), query)


@pytest.mark.parametrize(
    ("text", "why"), [("{label}", "label"), ("#{pk}", "id"), ("healthy", "class")]
)
def test_a_signal_is_found_by_what_one_knows_of_it(person, signal, text, why):
    words = text.format(label=signal.label, pk=signal.pk)
    found = person.get(reverse("viewer-find"), {"q": words}).json()["signals"]
    assert {"id": signal.pk, "label": signal.label, "why": why}.items() <= found[0].items()


def test_random_stays_within_the_filter(person, owner):
    signals = make_dataset(owner, per_class=4).store.signals
    first = signals.filter(fault_class__code="wear").first()
    query = {"signal": first.pk, "class": "wear", "dataset": first.store.dataset.pk}
    for _ in range(5):
        chosen = person.get(reverse("viewer-random"), query).json()["signal"]
        assert signals.get(pk=chosen).fault_class.code == "wear"
        assert chosen != first.pk


def test_the_only_signal_of_a_filter_has_no_other(person, owner):
    signal = make_dataset(owner, per_class=1, classes=("wear",)).store.signals.first()
    answer = person.get(reverse("viewer-random"), {"signal": signal.pk})
    assert answer.status_code == 400


def test_npy_holds_the_record_bit_for_bit(person, signal, stored):
    content = exported(person, signal, "npy").content
    assert np.array_equal(np.load(io.BytesIO(content)), stored)


@pytest.mark.parametrize("code", ["csv", "mat"])
def test_what_is_exported_is_read_back_with_its_rate(person, signal, stored, code, tmp_path):
    path = tmp_path / f"back.{code}"
    path.write_bytes(exported(person, signal, code).content)
    channel = read_recording(path).channel()
    assert channel.fs_hz == pytest.approx(signal.fs_hz)
    assert np.array_equal(np.asarray(channel.samples, dtype=np.float32), stored)


def test_the_part_in_sight_is_exported_and_named(person, signal, stored):
    answer = exported(person, signal, "npy", t="0.1,0.2")
    part = np.load(io.BytesIO(answer.content))
    first = int(0.1 * signal.fs_hz) - 1
    assert np.array_equal(part, stored[first : first + part.size])
    assert part.size == pytest.approx(0.1 * signal.fs_hz, abs=5)
    assert "-0.1" in answer["Content-Disposition"]


@pytest.mark.parametrize("code", ["npy", "csv", "mat", "wav", "uff"])
def test_each_format_is_a_file_to_keep_and_an_event(person, signal, code):
    answer = exported(person, signal, code)
    assert answer.status_code == 200
    assert f"{signal.label}.{code}" in answer["Content-Disposition"]
    assert SystemEvent.objects.filter(kind=SystemEvent.Kind.EXPORTED, detail=code).exists()


def test_an_unknown_format_does_not_exist(person, signal):
    assert exported(person, signal, "exe").status_code == 404


def test_a_strange_name_of_a_file_stays_in_its_header(person, owner):
    made = upload(npy(sine()), owner=owner, name='a"; b=ä\r\nX: y.npy')
    signal = made.stores.get().signals.first()
    header = exported(person, signal, "npy")["Content-Disposition"]
    assert "\r" not in header
    assert "\n" not in header
    assert header.startswith("attachment; filename")


def test_the_script_of_the_panels_is_shown(person, signal):
    page = person.get(reverse("viewer-script"), {"signal": signal.pk}).content.decode()
    assert "averaged_spectrum" in page


def test_compared_features_say_how_they_differ(person, signal):
    other = signal.store.signals.last()
    type(signal).objects.filter(pk=signal.pk).update(rms=1.0)
    type(signal).objects.filter(pk=other.pk).update(rms=1.5)
    query = {"signal": signal.pk, "compare": other.pk}
    page = person.get(reverse("viewer-compare"), query).content.decode()
    assert "+50 %" in page
    assert other.label in page


def test_a_bearing_is_attached_to_the_signal_or_to_all(person, signal):
    bearings_seed()
    bearing = Bearing.objects.first()
    url = reverse("viewer-bearing", args=[signal.pk])
    assert bearing.name in person.get(url).content.decode()
    person.post(url, {"bearing": bearing.pk})
    signal.refresh_from_db()
    assert signal.bearing == bearing
    person.post(url, {"bearing": bearing.pk, "all": "1"})
    signal.store.refresh_from_db()
    assert signal.store.bearing == bearing


def test_notes_and_tags_come_and_go(person, signal):
    url = reverse("viewer-notes", args=[signal.pk])
    assert "spike at start" in person.post(url, {"text": "spike at start"}).content.decode()
    assert "reference" in person.post(url, {"tag": "reference"}).content.decode()
    note = signal.annotations.get()
    assert "note-row" not in person.post(url, {"delete": note.pk}).content.decode()
    person.post(url, {"untag": "reference"})
    assert not signal.tags.exists()


def test_a_note_taken_away_can_be_put_back(person, signal):
    url = reverse("viewer-notes", args=[signal.pk])
    person.post(url, {"text": 'a "spike"\nhere', "t": "0.1,0.2"})
    content = person.post(url, {"delete": signal.annotations.get().pk}).content.decode()
    asked = re.search(r"hx-vals='(.+)'>Undo", content)[1]
    person.post(url, json.loads(asked))
    note = signal.annotations.get()
    assert (note.text, note.start_s, note.end_s) == ('a "spike"\nhere', 0.1, 0.2)


def test_a_note_may_be_about_what_is_in_sight(person, signal):
    person.post(reverse("viewer-notes", args=[signal.pk]), {"text": "here", "t": "0.1,0.2"})
    note = signal.annotations.get()
    assert (note.start_s, note.end_s) == (0.1, 0.2)


def test_an_empty_note_is_refused(person, signal):
    answer = person.post(reverse("viewer-notes", args=[signal.pk]), {"text": " "})
    assert answer.status_code == 400


def test_a_viewer_reads_notes_and_writes_none(client, owner):
    signal = make_dataset(owner, visibility="shared").store.signals.first()
    client.force_login(make_user("viewer"))
    url = reverse("viewer-notes", args=[signal.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": "mine"}).status_code == 403
    assert client.post(url, {"tag": "mine"}).status_code == 403


def test_the_page_of_a_signal_one_may_not_see_answers_404(client, signal):
    client.force_login(make_user("viewer"))
    assert client.get(reverse("viewer"), {"signal": signal.pk}).status_code == 404
    assert client.get(reverse("viewer")).status_code == 200
