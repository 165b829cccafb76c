"""One draft in two windows: neither writes over what the other has changed unseen."""

import re

import pytest
from django.urls import reverse

from datasets.imports.selectors import draft_get
from datasets.imports.services.answering import Answers, files_answer, files_chosen
from datasets.imports.services.describing import draft_describe
from datasets.imports.services.importing import import_start
from tests.datasets.imports.test_answering import make_file

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def file(draft, client):
    client.force_login(draft.owner)
    return make_file(draft, "rig/a.npy", fs_hz=1000.0)


class Window:
    """What one window was shown last, and sends along."""

    def __init__(self, client, draft):
        self.client, self.draft = client, draft
        self.see(client.get(reverse("imports:draft", args=[draft.pk])))

    def see(self, answer):
        found = re.findall(r'name="(window|revision)" value="(\w+)"', answer.content.decode())
        self.shown = dict(found) if found else self.shown

    def post(self, page, /, **values):
        url = reverse(f"imports:{page}", args=[self.draft.pk])
        answer = self.client.post(url, self.shown | values, headers=FRAGMENT)
        self.see(answer)
        return answer

    def answer(self, file, **values):
        return self.post("answer", file=file.pk, **values)


def now(row):
    row.refresh_from_db()
    return row


def test_an_answer_of_another_window_is_not_written_over(client, draft, file):
    one, other = Window(client, draft), Window(client, draft)
    assert one.answer(file, rpm="1500").status_code == 200
    refused = other.answer(file, rpm="3000")
    assert refused.status_code == 422
    assert "was changed in another window" in refused.content.decode()
    assert now(file).rpm == 1500


def test_who_was_told_may_answer_again(client, draft, file):
    one, other = Window(client, draft), Window(client, draft)
    one.answer(file, rpm="1500")
    other.answer(file, rpm="3000")
    assert other.answer(file, rpm="3000").status_code == 200
    assert now(file).rpm == 3000


def test_requests_of_one_window_may_overtake_each_other(client, draft, file):
    window = Window(client, draft)
    before = dict(window.shown)
    window.answer(file, rpm="1500")
    window.shown = before
    assert window.answer(file, unit="g").status_code == 200


def test_words_of_the_dataset_are_not_written_over(client, draft, file):
    one, other = Window(client, draft), Window(client, draft)
    one.post("check", name="Pump rig", keeps_originals="true")
    refused = other.post("check", name="Fan rig", keeps_originals="true")
    assert refused.status_code == 422
    assert "Changed in another window" in refused.content.decode()
    assert now(draft).name == "Pump rig"


def test_a_window_that_has_not_seen_a_change_does_not_import(client, draft, file):
    one, other = Window(client, draft), Window(client, draft)
    one.post("check", name="Pump rig", keeps_originals="true")
    assert other.post("import", name="Pump rig", keeps_originals="true").status_code == 422
    assert now(draft).job is None


def test_what_a_program_answers_counts_as_another_window(client, draft, file):
    window = Window(client, draft)
    window.answer(file, rpm="1500")
    seen = draft_get(draft.owner, draft.pk)
    files = files_chosen(seen, [file.pk])
    files_answer(user=draft.owner, draft=seen, files=files, answers=Answers(rpm=1800.0))
    assert window.answer(file, rpm="3000").status_code == 422
    assert now(file).rpm == 1800


def test_what_was_confirmed_stays_while_it_is_imported(client, draft, file):
    one, other = Window(client, draft), Window(client, draft)
    seen = draft_describe(draft=draft, said={"name": "Pump rig"})
    import_start(user=draft.owner, draft=seen)
    for window in (one, other):
        refused = window.post("check", name="Pump rig", is_cut="true", segment_samples="128")
        assert refused.status_code == 400
    assert now(draft).segment_samples is None
