"""A password is half a log-in where a second step is on: half is nothing anywhere."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from bearing_portal.routing import build_application
from common.errors import Invalid
from monitoring.accounts.tokens import token_create
from monitoring.accounts.two_factor import log_in
from monitoring.accounts.two_factor.services import code_use, recovery_codes_make
from monitoring.models import SystemEvent, UserSession
from tests.factories import make_dataset, make_user
from tests.monitoring.accounts.second_step import (
    code_of,
    fresh,
    give_password,
    switched_on,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def is_in(client) -> bool:
    return client.get(reverse("home")).status_code == 200


def answer_code(client, code):
    return client.post(reverse("login-code"), {"code": code})


def set_up(client, url_name="two-factor-app", **values):
    """Read the key from the page, and send a code of an app that has it."""
    form = client.get(reverse(url_name)).context["form"]
    sent = {"key": form.signed_key(), "code": code_of(form.hex_key)} | values
    return client.post(reverse(url_name), sent)


def test_without_a_second_step_the_password_logs_in():
    assert is_in(give_password(make_user()))


def test_the_code_completes_the_log_in_and_leads_where_one_wanted_to_go():
    user = make_user()
    switched_on(user)
    client = give_password(user, reverse("profile"))
    assert answer_code(client, fresh(user)).url == reverse("profile")
    assert is_in(client)


def test_another_site_is_not_led_to():
    user = make_user()
    switched_on(user)
    client = give_password(user, "https://evil.example/")
    assert answer_code(client, fresh(user)).url == reverse("home")


@pytest.fixture
def half(client):
    """The browser of a superuser who gave the password and no code; and a dataset."""
    user = make_user("superuser")
    dataset = make_dataset(user)
    switched_on(user)
    return give_password(user), dataset


PATIENCE_S = 60  # a busy machine is no failure
PAGES = (
    "/",
    "/accounts/profile/",
    "/accounts/two-factor/",
    "/accounts/two-factor/app/",
    "/admin/login/",
    "/datasets/{pk}/",
    "/datasets/{pk}/download/hdf5/",
    "/data-explorer/?dataset={pk}",
    "/notifications/",
)


def test_half_a_log_in_is_nobody_on_pages_and_downloads(half):
    client, dataset = half
    answers = {path: client.get(path.format(pk=dataset.pk)) for path in PAGES}
    let_in = {
        path
        for path, answer in answers.items()
        if not answer.get("Location", "").startswith(reverse("login") + "?next=")
    }
    assert let_in == set()


def test_half_a_log_in_is_nobody_in_the_admin_site(half):
    client, _ = half
    for path in ("/admin/", "/admin/auth/user/"):
        assert client.get(path).url.startswith("/admin/login/?next=")


def test_half_a_log_in_is_nobody_to_the_interface(half):
    client, dataset = half
    assert client.get(f"/api/v1/datasets/{dataset.pk}").status_code == 401


def test_half_a_log_in_is_nobody_to_embedded_pages_and_their_callbacks(half):
    client, _ = half
    assert client.get("/dash/app/viewer/").status_code == 401
    answer = client.post(
        "/dash/app/viewer/_dash-update-component", json.dumps({}), content_type="application/json"
    )
    assert answer.status_code == 401


@pytest.mark.django_db(transaction=True)
async def test_half_a_log_in_is_nobody_to_the_socket(half):
    client, _ = half
    page = WebsocketCommunicator(build_application(None), "/ws/events/")
    page.scope["headers"] = [
        (b"host", b"testserver"),
        (b"origin", b"http://testserver"),
        (b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()),
    ]
    page.scope["scheme"] = "ws"
    await page.connect(PATIENCE_S)
    assert (await page.receive_output(PATIENCE_S))["code"] == 4401
    await sync_to_async(connections.close_all)()


def test_the_admin_sites_own_way_in_asks_no_password(client):
    user = make_user("superuser")
    answer = client.post("/admin/login/", {"username": user.username, "password": "secret"})
    assert answer.url.startswith(reverse("login"))
    assert "_auth_user_id" not in client.session


def test_who_may_not_enter_the_admin_site_is_told_so(client):
    client.force_login(make_user("viewer"))
    assert client.get("/admin/login/").status_code == 403


def test_a_code_logs_in_once():
    user = make_user()
    switched_on(user)
    code = fresh(user)
    assert answer_code(give_password(user), code).status_code == 302
    again = give_password(user)
    assert answer_code(again, code).status_code == 200
    assert not is_in(again)


def test_the_code_of_the_set_up_is_used_already():
    user = make_user()
    key, _ = switched_on(user)
    assert not code_use(user=user, code=code_of(key))


def test_a_recovery_code_logs_in_once_however_it_is_written():
    user = make_user()
    _, codes = switched_on(user)
    client = give_password(user)
    assert answer_code(client, codes[3].replace("-", " ").lower()).status_code == 302
    assert is_in(client)
    assert not code_use(user=user, code=codes[3])
    assert StaticToken.objects.count() == len(codes) - 1


def test_new_recovery_codes_end_the_old_ones():
    user = make_user()
    _, old = switched_on(user)
    new = recovery_codes_make(user=user)
    assert not code_use(user=user, code=old[0])
    with pytest.raises(Invalid, match="waits"):  # also a right one, for a second
        code_use(user=user, code=new[0])


def test_recovery_codes_are_not_kept():
    _, codes = switched_on(make_user())
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}


@pytest.mark.parametrize("code", ["", "abc", "1" * 41, "١٢٣٤٥٦", "\0", "12345", "-1", "é" * 16])
def test_what_is_no_code_is_refused_with_a_sentence(code):
    user = make_user()
    switched_on(user)
    client = give_password(user)
    page = answer_code(client, code)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert not is_in(client)


def test_anothers_code_is_wrong():
    user, other = make_user(), make_user()
    switched_on(user)
    switched_on(other)
    client = give_password(user)
    assert answer_code(client, fresh(other)).status_code == 200
    assert not is_in(client)


def test_a_wrong_code_makes_the_next_wait():
    user = make_user()
    key, _ = switched_on(user)
    assert not code_use(user=user, code=wrong_code(key))
    with pytest.raises(Invalid, match="try again in 1 s"):
        code_use(user=user, code=code_of(key, step=1))


def test_wrong_codes_lock_the_account_as_wrong_passwords_do(settings):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    user = make_user()
    key, _ = switched_on(user)
    client = give_password(user)
    answers = [answer_code(client, wrong_code(key)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert answer_code(client, fresh(user)).status_code == 429
    said = SystemEvent.objects.filter(kind="login-failed").values_list("detail", flat=True)
    assert all(text.endswith(", code") for text in said)


def test_the_right_password_alone_forgets_no_failures(settings):
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    user = make_user()
    key, _ = switched_on(user)
    for _ in range(2):
        answer_code(give_password(user), wrong_code(key))
    assert answer_code(give_password(user), wrong_code(key)).status_code == 429


def test_a_password_is_remembered_for_minutes(monkeypatch):
    user = make_user()
    switched_on(user)
    client = give_password(user)
    monkeypatch.setattr(log_in, "PENDING_S", -1)
    assert answer_code(client, fresh(user)).url == reverse("login")
    assert not is_in(client)


def test_a_password_that_changed_meanwhile_is_asked_again():
    user = make_user()
    switched_on(user)
    client = give_password(user)
    user.set_password("another")
    user.save()
    assert answer_code(client, fresh(user)).url == reverse("login")


def test_who_was_deactivated_meanwhile_does_not_get_in():
    user = make_user()
    switched_on(user)
    client = give_password(user)
    user.is_active = False
    user.save()
    assert answer_code(client, fresh(user)).url == reverse("login")


def test_the_session_gets_a_new_key_at_each_step():
    user = make_user()
    switched_on(user)
    client = Client()
    keys = {client.session.session_key}
    client.post(reverse("login"), {"username": user.username, "password": "secret"})
    keys.add(client.session.session_key)
    answer_code(client, fresh(user))
    keys.add(client.session.session_key)
    assert len(keys) == 3


def test_the_page_switches_it_on_and_shows_the_codes_once():
    user = make_user()
    here, there = give_password(user), give_password(user)
    page = set_up(here, proof="secret")
    codes = page.context["codes"]
    assert codes[0] in page.content.decode()
    assert codes[0] not in here.get(reverse("two-factor")).content.decode()
    assert (is_in(here), is_in(there)) == (True, False)
    assert code_use(user=user, code=codes[0])


def test_the_page_holds_the_key_as_picture_and_text():
    page = give_password(make_user()).get(reverse("two-factor-app"))
    form = page.context["form"]
    text = page.content.decode()
    assert 'src="data:image/svg+xml' in text
    assert form.shown_key() in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"proof": "guess"}, "not your password"),
        ({"proof": ""}, "Enter the password"),
        ({"code": ""}, "Enter the code"),
        ({"code": "x"}, "does not fit"),
        ({"key": "x"}, "expired"),
    ],
)
def test_the_page_switches_nothing_on_with_a_wrong_entry(wrong, said):
    client = give_password(make_user())
    page = set_up(client, **{"proof": "secret"} | wrong)
    assert said in page.content.decode()
    assert not TOTPDevice.objects.exists()


def test_a_key_that_another_person_was_shown_is_not_taken():
    theirs = give_password(make_user()).get(reverse("two-factor-app")).context["form"]
    client = give_password(make_user())
    page = set_up(client, proof="secret", key=theirs.signed_key(), code=code_of(theirs.hex_key))
    assert "expired" in page.content.decode()
    assert not TOTPDevice.objects.exists()


def test_another_app_takes_the_place_of_the_first_with_a_code_of_it(client, settings):
    settings.OTP_STATIC_THROTTLE_FACTOR = 0
    user = make_user()
    old, codes = switched_on(user)
    client.force_login(user)
    refused = set_up(client, proof="secret")
    assert "wrong" in refused.content.decode()
    assert set_up(client, proof=codes[0]).context["codes"]
    assert TOTPDevice.objects.get(user=user).key != old


@pytest.mark.parametrize("name", ["two-factor-off", "two-factor-codes"])
def test_changes_ask_for_a_code(client, name):
    user = make_user()
    key, _ = switched_on(user)
    client.force_login(user)
    assert client.post(reverse(name), {"code": wrong_code(key)}).status_code == 400
    assert client.post(reverse(name), {"code": fresh(user)}).status_code in (200, 302)


def test_switched_off_the_password_alone_logs_in(client):
    user = make_user()
    switched_on(user)
    client.force_login(user)
    client.post(reverse("two-factor-off"), {"code": fresh(user)})
    assert is_in(give_password(user))
    assert not StaticToken.objects.exists()


@pytest.mark.parametrize(
    ("asked_of", "role", "waits"),
    [
        ("none", "superuser", False),
        ("staff", "superuser", True),
        ("staff", "curator", True),
        ("staff", "engineer", False),
        ("all", "viewer", True),
    ],
)
def test_the_setting_has_people_set_it_up_before_they_are_in(settings, asked_of, role, waits):
    settings.TWO_FACTOR_REQUIRED = asked_of
    client = give_password(make_user(role))
    assert is_in(client) != waits
    if waits:
        assert set_up(client, "login-set-up").context["page"] == "/"
        assert is_in(client)


def test_what_is_required_cannot_be_switched_off(settings):
    settings.TWO_FACTOR_REQUIRED = "all"
    user = make_user()
    switched_on(user)
    client = give_password(user)
    answer_code(client, fresh(user))
    assert client.post(reverse("two-factor-off"), {"code": fresh(user)}).status_code == 400
    assert TOTPDevice.objects.exists()


def test_who_is_in_with_one_step_is_logged_out_once_two_are_required(settings):
    client = give_password(make_user())
    settings.TWO_FACTOR_REQUIRED = "all"
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_a_token_goes_on_without_a_code(client):
    user = make_user()
    switched_on(user)
    _, secret = token_create(user=user, name="Rig")
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200


def test_a_superuser_resets_it_and_logs_the_person_out(client):
    user, admin = make_user(), make_user("superuser")
    switched_on(user)
    theirs = give_password(user)
    answer_code(theirs, fresh(user))
    client.force_login(admin)
    selected = {"action": "two_factor_reset", "_selected_action": [user.pk]}
    client.post(reverse("admin:auth_user_changelist"), selected)
    assert not is_in(theirs)
    assert is_in(give_password(user))
    assert SystemEvent.objects.get(detail="two-factor log-in: reset").actor == admin


def test_the_admin_site_shows_no_key(client):
    key, _ = switched_on(make_user())
    client.force_login(make_user("superuser"))
    device = TOTPDevice.objects.get()
    page = client.get(reverse("admin:otp_totp_totpdevice_change", args=[device.pk]))
    assert key not in page.content.decode()
    listed = {"action": "reset", "_selected_action": [device.pk]}
    client.post(reverse("admin:otp_totp_totpdevice_changelist"), listed)
    assert not TOTPDevice.objects.exists()


def test_the_command_resets_it():
    user = make_user()
    switched_on(user)
    call_command("two_factor_reset", user.username)
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="no account"):
        call_command("two_factor_reset", "nobody")


def test_what_changes_is_written_down():
    user = make_user()
    _, codes = switched_on(user)
    code_use(user=user, code=codes[0])
    told = SystemEvent.objects.filter(kind="access").order_by("id").values_list("detail", flat=True)
    assert [text.partition(": ")[2] for text in told] == [
        "switched on",
        "a recovery code used, 9 recovery codes left",
    ]
