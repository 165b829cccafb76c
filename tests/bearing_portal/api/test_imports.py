"""Recordings from a rig by the interface: sent in chunks, read, answered, imported."""

import json

import pytest

from datasets.imports.selectors import draft_get
from datasets.jobs import import_dataset, read_import
from datasets.models import Dataset, ImportDraft
from tests.bearing_portal.api.test_interface import ROOT, caller
from tests.datasets.imports.drafting import CSV, recording
from tests.factories import make_catalogue, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner():
    make_catalogue()
    return make_user("engineer")


@pytest.fixture
def rig(owner):
    return caller(owner, may_write=True)


def say(rig, address, body=None):
    answer = rig.post(f"{ROOT}{address}", json.dumps(body or {}), content_type="application/json")
    assert answer.status_code < 300, answer.content
    return answer.json()


def send(rig, url, content, offset=0):
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
    kind = "application/offset+octet-stream"
    return rig.patch(url, content, content_type=kind, headers=headers)


def begun(rig, **files):
    pk = say(rig, "/imports")["id"]
    offered = [{"path": name, "size": len(content)} for name, content in files.items()]
    rooms = say(rig, f"/imports/{pk}/files", {"files": offered})
    return pk, {room["path"]: room for room in rooms}


def read(rig, owner, pk):
    say(rig, f"/imports/{pk}/read")
    read_import(str(draft_get(owner, pk).job_id))


def test_a_rig_imports_a_recording(rig, owner):
    content = CSV.encode()
    pk, rooms = begun(rig, **{"rig/a.csv": content})
    assert send(rig, rooms["rig/a.csv"]["url"], content).status_code == 204
    read(rig, owner, pk)
    shown = rig.get(f"{ROOT}/imports/{pk}").json()
    assert (shown["stage"], shown["files"]["ready"]) == ("open", 1)
    made = say(rig, f"/imports/{pk}/import", {"name": "Rig 3"})
    import_dataset(str(draft_get(owner, pk).job_id))
    told = rig.get(f"{ROOT}/datasets/{made['id']}").json()
    assert (told["status"], told["n_signals"], told["origin"]) == ("ready", 1, "recorded")


def test_a_file_goes_on_where_it_stopped(rig):
    content = CSV.encode()
    pk, rooms = begun(rig, **{"a.csv": content})
    send(rig, rooms["a.csv"]["url"], content[:1000])
    offered = {"files": [{"path": "a.csv", "size": len(content)}]}
    (room,) = say(rig, f"/imports/{pk}/files", offered)
    assert room["received"] == 1000
    answer = send(rig, room["url"], content[1000:], offset=1000)
    assert answer["Upload-Offset"] == str(len(content))


def test_a_chunk_has_as_many_bytes_as_the_documentation_says(rig):
    content = bytes(4 << 20)
    _, rooms = begun(rig, **{"zeros.csv": content})
    assert send(rig, rooms["zeros.csv"]["url"], content).status_code == 204


def test_what_a_file_does_not_say_is_answered(rig, owner):
    content = recording()
    pk, rooms = begun(rig, **{"a.npy": content})
    send(rig, rooms["a.npy"]["url"], content)
    read(rig, owner, pk)
    (row,) = rig.get(f"{ROOT}/imports/{pk}/files?show=open").json()["items"]
    assert "rate" in row["problem"]
    said = {"files": [row["id"]], "fs_hz": 12_000, "unit": "g", "fault_class": "wear"}
    assert say(rig, f"/imports/{pk}/answers", said)["files"]["open"] == 0
    (row,) = rig.get(f"{ROOT}/imports/{pk}/files").json()["items"]
    assert (row["rate_source"], row["fault_class"]) == ("given by the person", "wear")


def test_an_unknown_class_is_refused_with_those_there_are(rig):
    pk = say(rig, "/imports")["id"]
    body = json.dumps({"fault_class": "rust"})
    answer = rig.post(f"{ROOT}/imports/{pk}/answers", body, content_type="application/json")
    assert answer.status_code == 400
    assert "“rust” is no class" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("answers", {"fault_class": "\ud800"}),
        ("labels", {"classes": {"\ud800": None}}),
    ],
)
def test_half_a_character_is_no_mistake_of_the_portal(rig, address, body):
    pk = say(rig, "/imports")["id"]
    url = f"{ROOT}/imports/{pk}/{address}"
    answer = rig.post(url, json.dumps(body), content_type="application/json")
    # A label that no file has is passed over, whatever it is; of answers the schema says it first.
    assert answer.status_code == {"answers": 400, "labels": 200}[address]


@pytest.mark.parametrize("field", ["unit", "specimen", "run", "fault_size_mm", "fault_location"])
def test_an_answer_too_long_to_be_one_is_refused(rig, field):
    pk = say(rig, "/imports")["id"]
    body = json.dumps({field: "1" * 1000})
    answer = rig.post(f"{ROOT}/imports/{pk}/answers", body, content_type="application/json")
    assert answer.status_code == 400
    assert field in answer.json()["detail"]


def test_an_import_without_a_name_is_refused_at_its_field(rig, owner):
    content = CSV.encode()
    pk, rooms = begun(rig, **{"a.csv": content})
    send(rig, rooms["a.csv"]["url"], content)
    read(rig, owner, pk)
    answer = rig.post(f"{ROOT}/imports/{pk}/import", "{}", content_type="application/json")
    assert answer.json()["errors"] == {"name": ["Enter a name."]}
    assert not Dataset.objects.exists()


def test_an_overlap_that_cannot_be_is_refused_at_its_field(rig, owner):
    content = CSV.encode()
    pk, rooms = begun(rig, **{"a.csv": content})
    send(rig, rooms["a.csv"]["url"], content)
    read(rig, owner, pk)
    body = json.dumps({"name": "x", "segment_samples": 100, "overlap_percent": 100})
    answer = rig.post(f"{ROOT}/imports/{pk}/import", body, content_type="application/json")
    assert answer.json()["errors"] == {"overlap_percent": ["At most 95 %."]}


def test_a_token_that_reads_imports_nothing(rig, owner):
    pk, rooms = begun(rig, **{"a.csv": CSV.encode()})
    reader = caller(owner)
    assert send(reader, rooms["a.csv"]["url"], b"x").status_code == 403
    for address in ("", f"/{pk}/files", f"/{pk}/read", f"/{pk}/import"):
        body = json.dumps({"files": [{"path": "b", "size": 1}]})
        answer = reader.post(f"{ROOT}/imports{address}", body, content_type="application/json")
        assert answer.status_code == 403, address
    assert reader.delete(f"{ROOT}/imports/{pk}").status_code == 403


def test_an_import_belongs_to_its_owner_alone(rig):
    pk, rooms = begun(rig, **{"a.csv": CSV.encode()})
    stranger = caller(make_user("engineer"), may_write=True)
    assert stranger.get(f"{ROOT}/imports/{pk}").status_code == 404
    assert send(stranger, rooms["a.csv"]["url"], b"x").status_code == 404
    assert stranger.delete(f"{ROOT}/imports/{pk}").status_code == 404
    assert stranger.get(f"{ROOT}/imports").json() == []


def test_an_import_is_given_up(rig):
    pk, _ = begun(rig, **{"a.csv": CSV.encode()})
    assert rig.delete(f"{ROOT}/imports/{pk}").status_code == 204
    assert not ImportDraft.objects.filter(pk=pk).exists()
