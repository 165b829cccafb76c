"""The Import page: its owner works on it, for everybody else it does not exist."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from datasets.imports.services.drafts import Offered, draft_create, files_offer
from datasets.models import Dataset, ImportDraft, ImportFile, ImportRemark
from monitoring.models import Job
from signals.models import Bearing
from signals.services.bearings import bearing_add
from tests.datasets.imports.test_answering import make_file
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def file(draft, client):
    client.force_login(draft.owner)
    return make_file(draft, "rig/a.npy")


def url(name, pk):
    return reverse(f"imports:{name}", args=[pk])


def posted(client, name, pk, /, **values):
    return client.post(url(name, pk), values, headers=FRAGMENT)


OF_DRAFT = [
    ("get", "draft"), ("get", "table"), ("get", "delete"), ("post", "files"), ("post", "read"),
    ("post", "stop"), ("post", "answer"), ("post", "labels"), ("post", "labels-table"),
    ("post", "specimen"), ("post", "check"), ("post", "import"), ("post", "delete"),
]  # fmt: skip
OF_FILE = [("get", "row"), ("post", "channels"), ("post", "out")]


@pytest.mark.parametrize("role", ["viewer", "engineer", "curator", "superuser"])
@pytest.mark.parametrize(("method", "name"), OF_DRAFT + OF_FILE)
def test_for_a_stranger_nothing_of_a_draft_exists(client, draft, role, method, name):
    file = make_file(draft, "a")
    client.force_login(make_user(role))
    pk = file.pk if (method, name) in OF_FILE else draft.pk
    answer = getattr(client, method)(url(name, pk))
    assert answer.status_code == 404
    assert ImportFile.objects.filter(pk=file.pk).exists()


def test_viewers_are_told_which_role_it_takes(client):
    client.force_login(make_user("viewer"))
    assert client.get(reverse("imports:list")).status_code == 403
    assert client.post(reverse("imports:new")).status_code == 403


def test_whoever_is_not_logged_in_is_sent_to_log_in(client, draft):
    assert client.get(url("draft", draft.pk)).status_code == 302


def test_drafts_are_listed_for_their_owner(client, file):
    client.force_login(file.draft.owner)
    make_file(draft_create(owner=make_user("engineer")), "other")
    content = client.get(reverse("imports:list")).content.decode()
    assert content.count("/datasets/import/") >= 2
    assert "1 of at most 20" in content


def test_an_empty_list_says_what_to_do(client, owner):
    client.force_login(owner)
    assert "No import is waiting" in client.get(reverse("imports:list")).content.decode()


def test_a_draft_is_made_for_what_was_dropped(client, owner):
    client.force_login(owner)
    said = client.post(reverse("imports:new"), headers=FRAGMENT).json()
    assert ImportDraft.objects.get().owner == owner
    body = json.dumps({"files": [{"path": "../a.csv", "size": 10}]})
    answer = client.post(said["files"], body, content_type="application/json", headers=FRAGMENT)
    assert answer.json()["files"][0] | {"url": ""} == {
        "path": "a.csv", "url": "", "size": 10, "received": 0,
    }  # fmt: skip


@pytest.mark.parametrize("body", ["", "[]", "{", '{"files": 5}', "[" * 3000, '{"files": []}'])
def test_a_list_of_files_that_makes_no_sense_is_refused(client, file, body):
    answer = client.post(
        url("files", file.draft_id), body, content_type="application/json", headers=FRAGMENT
    )
    assert answer.status_code == 400
    assert "sentence" in answer.json()


def test_an_answer_holds_for_the_chosen_files(client, file):
    other = make_file(file.draft, "b")
    answer = posted(client, "answer", file.draft_id, file=[file.pk], fs_hz="20480")
    assert "1 ready, 1 open" in answer.content.decode()
    other.refresh_from_db()
    assert other.fs_hz is None


def test_an_answer_holds_for_all_of_the_list(client, file):
    make_file(file.draft, "b")
    posted(client, "answer", file.draft_id, everything="true", show="open", fs_hz="20480")
    assert ImportFile.objects.filter(fs_hz=20480.0).count() == 2


def test_a_wrong_answer_is_said_beside_its_field_and_stays(client, file):
    answer = posted(client, "answer", file.draft_id, file=[file.pk], fs_hz="3")
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "A sampling rate is 10 Hz to 10 million Hz." in content
    assert f'value="{file.pk}" form="answers-form"' in content
    assert "checked" in content


def test_an_answer_for_no_file_is_refused(client, file):
    answer = posted(client, "answer", file.draft_id, fs_hz="2000")
    assert "Choose at least one file" in answer.content.decode()


def test_what_is_typed_of_the_dataset_is_kept(client, file):
    posted(client, "check", file.draft_id, name="Pump", licence="CC0", is_cut="true",
           segment_samples="256", overlap_percent="50", keeps_originals="true")  # fmt: skip
    draft = ImportDraft.objects.get()
    assert (draft.name, draft.licence, draft.segment_samples) == ("Pump", "CC0", 256)
    assert draft.overlap_percent == 50


def test_a_taken_name_is_said_with_a_free_one(client, file):
    make_dataset(name="Pump", ready=False)
    content = posted(client, "check", file.draft_id, name="pump").content.decode()
    assert "“pump 2” is free" in content


def test_an_import_with_an_open_file_is_refused(client, file):
    answer = posted(client, "import", file.draft_id, name="Pump")
    assert answer.status_code == 422
    assert not Dataset.objects.exists()


def test_an_import_becomes_a_dataset_with_a_job(client, file):
    posted(client, "answer", file.draft_id, file=[file.pk], fs_hz="20480")
    answer = posted(client, "import", file.draft_id, name="Pump", keeps_originals="true")
    dataset = Dataset.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("datasets:detail", args=[dataset.pk])
    assert (dataset.name, dataset.job.kind) == ("Pump", "import-dataset")
    page = client.get(url("draft", file.draft_id)).content.decode()
    assert "It becomes" in page
    for name in ("answer", "read"):
        assert posted(client, name, file.draft_id, file=[file.pk], rpm="9").status_code in (
            400,
            422,
        )


def test_an_import_pressed_twice_makes_one_dataset(client, file):
    posted(client, "answer", file.draft_id, file=[file.pk], fs_hz="20480")
    posted(client, "import", file.draft_id, name="Pump")
    assert posted(client, "import", file.draft_id, name="Pump 2").status_code == 422
    assert Dataset.objects.count() == Job.objects.count() == 1


def test_a_file_is_shown_with_what_is_open(client, file):
    content = client.get(url("row", file.pk), headers=FRAGMENT).content.decode()
    assert "rig/a.npy" in content
    assert "There is no picture of this channel." in content


def test_names_are_shown_escaped(client, draft):
    client.force_login(draft.owner)
    make_file(draft, "<script>alert(1)</script>.npy")
    content = client.get(url("draft", draft.pk)).content.decode()
    assert "<script>alert" not in content


def test_labels_are_mapped_from_the_page(client, draft):
    client.force_login(draft.owner)
    make_file(draft, "a", label="IR")
    posted(client, "labels", draft.pk, label=["IR"], means=["wear"])
    assert ImportFile.objects.get().fault_class.code == "wear"
    assert posted(client, "labels", draft.pk, label=["IR"], means=["none"]).status_code == 400


def test_a_table_is_sent_from_the_page(client, file):
    table = SimpleUploadedFile("t.csv", b"file,specimen\na.npy,B1\n")
    content = posted(client, "labels-table", file.draft_id, table=table).content.decode()
    assert "B1" in content
    assert posted(client, "labels-table", file.draft_id).status_code == 422


def test_files_that_did_not_come_whole_are_named(client, draft):
    client.force_login(draft.owner)
    files_offer(user=draft.owner, draft=draft, files=[Offered("long.mat", 5_000_000)])
    content = client.get(url("draft", draft.pk)).content.decode()
    assert "1 file had not come whole: long.mat" in content


def test_a_draft_is_deleted_after_asking(client, file):
    assert "Delete this import?" in client.get(url("delete", file.draft_id)).content.decode()
    answer = posted(client, "delete", file.draft_id)
    assert answer.headers["HX-Redirect"] == reverse("imports:list")
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize("visibility", ["private", "shared"])
def test_only_its_owner_adds_to_a_dataset(client, owner, visibility):
    dataset = make_dataset(ready=False, visibility=visibility)
    client.force_login(owner)
    answer = posted(client, "add", dataset.pk)
    assert answer.status_code == (404 if visibility == "private" else 403)


def test_nothing_is_added_to_a_generated_dataset(client, owner):
    dataset = make_dataset(owner, ready=False)
    client.force_login(owner)
    assert posted(client, "add", dataset.pk).status_code == 400


TYPE = {
    "name": "ZZ-1", "n_elements": 9, "element_diameter_mm": 7.94, "pitch_diameter_mm": 39.04,
    "contact_angle_deg": 0, "source": "its catalogue",
}  # fmt: skip


@pytest.mark.parametrize(("role", "is_proposed"), [("engineer", True), ("superuser", False)])
def test_a_bearing_type_is_added_by_curators_and_proposed_by_engineers(client, role, is_proposed):
    client.force_login(make_user(role))
    assert "bearing type" in client.get(reverse("imports:bearing")).content.decode()
    answer = client.post(reverse("imports:bearing"), TYPE, headers=FRAGMENT)
    assert answer.status_code == 204
    assert Bearing.objects.get(name="ZZ-1").is_proposed == is_proposed


def test_a_bearing_that_cannot_be_built_is_refused_in_its_dialog(client, owner):
    client.force_login(owner)
    answer = client.post(reverse("imports:bearing"), TYPE | {"pitch_diameter_mm": 5})
    assert answer.status_code == 422
    assert not Bearing.objects.filter(name="ZZ-1").exists()


def test_viewers_add_no_bearing_type(client):
    client.force_login(make_user("viewer"))
    assert client.post(reverse("imports:bearing"), TYPE).status_code == 403


def test_a_proposal_of_somebody_else_cannot_be_chosen(client, file):
    posted(client, "answer", file.draft_id, file=[file.pk], specimen="B1")
    other = bearing_add(user=make_user("engineer"), **TYPE)
    answer = posted(client, "specimen", file.draft_id, specimen="B1", bearing=other.pk)
    assert answer.status_code == 404  # as one that there is none of


def test_a_rate_that_was_given_is_asked_for_no_more(client, file):
    ImportRemark.objects.create(file=file, kind="question", about="fs_hz", sentence="Which rate?")
    shown = url("row", file.pk)
    assert "Which rate?" in client.get(shown, headers=FRAGMENT).content.decode()
    posted(client, "answer", file.draft_id, file=[file.pk], fs_hz="20480")
    assert "Which rate?" not in client.get(shown, headers=FRAGMENT).content.decode()


@pytest.mark.parametrize(
    ("name", "sent"),
    [("answer", {"action": "leave"}), ("labels", {}), ("labels-table", {}), ("channels", {})],
)
def test_what_is_typed_and_ticked_outlives_what_another_button_does(client, file, name, sent):
    pk = file.pk if name == "channels" else file.draft_id
    kept = {"fs_hz": "20 k", "specimen": "B1", "file": file.pk, "show": "all"}
    content = posted(client, name, pk, **kept, **sent).content.decode()
    assert 'value="20 k"' in content
    assert 'value="B1"' in content
    assert f'id="choose-{file.pk}" aria-label="Choose rig/a.npy" checked' in content
