import json
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bearing_portal.frame.home import figures
from bearing_portal.frame.search import search_portal
from bearing_portal.frame.templatetags.portal import expires_in
from bearing_portal.operations.groups import groups_seed
from signals.models import Signal, SignalStore, Upload
from signals.uploads.services import upload_folder
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, sine, upload
from vibration.formats import SUFFIXES

pytestmark = pytest.mark.django_db

FRAGMENT = {"HX-Request": "true"}
ALL = {"fs_hz": "8000", "rpm": "600", "unit": "g"}


@pytest.fixture
def member(client):
    user = make_user("viewer")
    client.force_login(user)
    return user


@pytest.fixture
def kept(member):
    return upload(npy(sine()), owner=member, name="pump.npy")


def send(client, *, content=None, name="pump.npy", **fields):
    file = SimpleUploadedFile(name, npy(sine()) if content is None else content)
    return client.post(reverse("uploads:new"), {"file": file} | fields, headers=FRAGMENT)


def test_the_dialog_says_the_limit(client, member):
    page = client.get(reverse("uploads:new"), headers=FRAGMENT).content.decode()
    assert "at most 10&#160;MB" in page
    assert f'accept="{",".join(SUFFIXES)}"' in page
    assert 'data-max-bytes="10000000"' in page


def test_the_address_of_the_dialog_opens_it_on_the_list(client, member):
    assert client.get(reverse("uploads:new")).url == "/uploads/?dialog=upload"
    assert "data-autoclick" in client.get("/uploads/?dialog=upload").content.decode()


def test_what_the_file_does_not_say_is_asked_without_a_word_of_error(client, member):
    response = send(client)
    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].asked == ["fs_hz", "rpm", "unit"]
    assert 'name="fs_hz"' in page
    assert "field-error" not in page
    assert 'type="file"' not in page  # the browser keeps the one it has


def test_a_question_left_open_is_an_error_the_second_time(client, member):
    form = send(client, fs_hz="", rpm="600", unit="mm/s").context["form"]
    assert list(form.errors) == ["fs_hz"]
    assert form.asked == ["fs_hz", "rpm", "unit"]
    assert form["unit"].value() == "mm/s"


@pytest.mark.parametrize(
    ("field", "value"), [("fs_hz", "fast"), ("rpm", "fast"), ("unit", "parsec"), ("fs_hz", "-1")]
)
def test_a_wrong_answer_is_said_beside_its_field(client, member, field, value):
    response = send(client, **(ALL | {field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Upload.objects.exists()


def test_the_answers_lead_to_the_viewer(client, member):
    response = send(client, **ALL)
    signal = Signal.objects.get()
    assert response.status_code == 201
    assert response["HX-Redirect"] == response["Location"] == f"/signal-viewer/?signal={signal.pk}"
    assert (signal.store.owner, signal.fs_hz, signal.unit) == (member, 8000, "g")


def test_a_form_without_scripts_is_redirected(client, member):
    file = SimpleUploadedFile("pump.npy", npy(sine()))
    response = client.post(reverse("uploads:new"), {"file": file} | ALL)
    assert response.url == f"/signal-viewer/?signal={Signal.objects.get().pk}"


def test_unknown_and_another_unit_are_answers(client, member):
    answers = {"fs_hz": "8000", "rpm_unknown": "true", "unit": "other", "unit_other": "µm"}
    assert send(client, **answers).status_code == 201
    assert list(Signal.objects.values_list("rpm", "unit")) == [(None, "µm")]


def test_a_speed_marked_unknown_stays_in_the_form(client, member):
    form = send(client, fs_hz="", rpm_unknown="true", unit="g").context["form"]
    assert "rpm" in form.asked


def test_a_damaged_file_is_said_below_it(client, member):
    page = send(client, content=npy(sine())[:-9]).content.decode()
    assert "cut short" in page


def test_no_file_is_asked_for(client, member):
    response = client.post(reverse("uploads:new"), ALL, headers=FRAGMENT)
    assert "Choose a file first." in response.content.decode()


def test_a_body_above_the_limit_is_refused_unread(client, member, settings):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    strict = Client(enforce_csrf_checks=True)  # the check would read the body
    strict.force_login(member)
    response = send(strict, content=bytes(1_200_000))
    assert response.status_code == 422
    assert "1.1 MB; at most 1 MB" in response.content.decode()


def test_a_file_just_above_the_limit_is_refused(client, member, settings):
    settings.UPLOAD_MAX_BYTES = 10_000
    assert "0.010001 MB" in send(client, content=bytes(10_001)).content.decode()


def test_a_forged_form_is_refused(member):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member)
    assert send(strict, **ALL).status_code == 403
    assert not Upload.objects.exists()


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator", "superuser"])
def test_everybody_logged_in_may_upload(client, role):
    client.force_login(make_user(role))
    assert send(client, **ALL).status_code == 201


@pytest.mark.parametrize("path", ["/uploads/", "/uploads/new/", "/uploads/1/delete/"])
def test_nobody_else_gets_anywhere(client, path):
    assert client.get(path).url.startswith("/accounts/login/")
    assert client.post(path).status_code in (302, 405)


def test_the_page_lists_ones_own_uploads(client, member, kept):
    upload(npy(sine()), name="of another.npy")
    page = client.get("/uploads/").content.decode()
    assert "pump.npy" in page
    assert "in 30 days" in page
    assert f"/signal-viewer/?signal={Signal.objects.get(store__upload=kept).pk}" in page
    assert "of another.npy" not in page


def test_channels_are_counted_not_stores(client, member):
    upload(npy(np.stack([sine(), sine()])), owner=member)
    (shown,) = client.get("/uploads/").context["uploads"]
    assert shown.n_channels == 2


def test_an_empty_page_says_what_to_do(client, member):
    assert "No uploads yet" in client.get("/uploads/").content.decode()


def test_the_list_is_read_with_as_many_queries_however_long(
    client, member, django_assert_max_num_queries
):
    for _ in range(3):
        upload(npy(sine(256)), owner=member)
    with django_assert_max_num_queries(6):
        client.get("/uploads/", headers=FRAGMENT)


def test_deleting_asks_first(client, kept):
    page = client.get(f"/uploads/{kept.pk}/delete/").content.decode()
    assert "Delete pump.npy?" in page
    assert Upload.objects.exists()


def test_the_owner_deletes_and_the_list_reads_again(
    client, kept, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/uploads/{kept.pk}/delete/", headers=FRAGMENT)
    assert set(json.loads(response["HX-Trigger"])) == {"dialog:close", "uploads:changed"}
    assert not Upload.objects.exists()
    assert not upload_folder(kept).path.exists()


@pytest.mark.parametrize("role", [None, "viewer", "engineer", "curator"])
def test_an_upload_does_not_exist_for_a_stranger(client, kept, role):
    client.force_login(make_user(role))
    for ask in (client.get, client.post):
        assert ask(f"/uploads/{kept.pk}/delete/").status_code == 404
    assert Upload.objects.exists()


def test_a_superuser_deletes_any(client, kept):
    client.force_login(make_user("superuser"))
    client.post(f"/uploads/{kept.pk}/delete/")
    assert not Upload.objects.exists()


def titles(user, text):
    return [hit.title for _, hits in search_portal(user, text) for hit in hits]


def test_the_palette_finds_an_upload_for_its_owner_alone(member, kept):
    assert "pump" in titles(member, "pum")
    assert "pump" not in titles(make_user("engineer"), "pum")


def test_the_palette_names_the_file_of_a_signal(member, kept):
    (hit,) = dict(search_portal(member, "pump"))["Signals"]
    assert hit.note == "Upload pump.npy"


def test_the_palette_offers_uploading(member):
    assert "Upload a recording" in titles(member, "upload")
    assert "Your uploads" in titles(member, "upload")


def test_uploads_do_not_count_among_datasets():
    member = make_user("engineer")
    upload(npy(sine()), owner=member)
    dataset = make_dataset(member)
    assert figures(member, "")["counts"]["signals"] == dataset.store.n_signals


def test_the_admin_site_deletes_files_too(client, kept, django_capture_on_commit_callbacks):
    client.force_login(make_user("superuser"))
    assert "pump.npy" in client.get("/admin/signals/upload/?q=pump").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/signals/upload/{kept.pk}/delete/", {"post": "yes"})
    assert not Upload.objects.exists()
    assert not upload_folder(kept).path.exists()


def test_the_admin_site_deletes_several(client, kept):
    client.force_login(make_user("superuser"))
    chosen = {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"}
    client.post("/admin/signals/upload/", chosen)
    assert not Upload.objects.exists()


def test_a_curator_sees_no_upload_of_others_in_the_admin_site(client, kept):
    groups_seed()
    client.force_login(make_user("curator"))
    assert client.get("/admin/signals/upload/").status_code == 403
    assert "pump" not in client.get("/admin/signals/signal/").content.decode()


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "tomorrow"), (30, "in 30 days")])
def test_the_days_left_are_said_in_words(days, words):
    assert f">{words}<" in expires_in(timezone.now() + timedelta(days=days))


def test_the_dialog_asks_under_which_mains_it_was_recorded(client):
    user = make_user()
    client.force_login(user)
    dialog = client.get(reverse("uploads:new"), headers=FRAGMENT).content.decode()
    assert "Mains frequency where it was recorded" in dialog
    send(client, **ALL, mains_hz="60")
    assert SignalStore.objects.get(owner=user).mains_hz == 60
    assert send(client, **ALL, mains_hz="55").status_code == 422
