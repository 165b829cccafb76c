"""Owner, member and stranger at the pages of an account."""

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as ValkeyConnectionError

from monitoring.accounts import middleware
from monitoring.models import NoticeChoice, SystemEvent, UserSession, UserSettings
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGES = ["profile", "settings"]
ACTIONS = ["settings-theme", "sessions-end"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def log_in(user, user_agent=FIREFOX, **values) -> Client:
    client = Client(headers={"User-Agent": user_agent}, **values)
    answer = client.post(reverse("login"), {"username": user.username, "password": "secret"})
    assert answer.status_code == 302
    return client


def settings_form(**values):
    return {"theme": "dark", "page_size": "25", "ready_in_portal": "on"} | values


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_the_log_in_page(client, name):
    assert client.get(reverse(name)).url.startswith(reverse("login"))


@pytest.mark.parametrize("name", ACTIONS)
def test_a_stranger_changes_nothing(client, name):
    assert client.post(reverse(name)).url.startswith(reverse("login"))


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_not_links(client, name):
    client.force_login(make_user())
    assert client.get(reverse(name)).status_code == 405


def test_the_profile_shows_name_and_roles(client):
    client.force_login(make_user("engineer", first_name="Ada", email="ada@example.org"))
    page = client.get(reverse("profile")).content.decode()
    assert all(text in page for text in ("Ada", "ada@example.org", "engineer"))


def test_a_person_changes_only_his_own_profile(client):
    user, other = make_user(), make_user(email="other@example.org")
    client.force_login(user)
    client.post(reverse("profile"), {"first_name": "Bo", "email": "bo@example.org", "id": other.pk})
    assert get_user_model().objects.get(pk=user.pk).email == "bo@example.org"
    assert get_user_model().objects.get(pk=other.pk).email == "other@example.org"


def test_a_profile_never_gives_rights(client):
    user = make_user()
    client.force_login(user)
    client.post(reverse("profile"), {"first_name": "Bo", "is_superuser": "on", "is_staff": "on"})
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser, user.is_staff) == ("Bo", False, False)


def test_a_wrong_e_mail_is_refused_beside_its_field(client):
    client.force_login(make_user())
    page = client.post(reverse("profile"), {"email": "nobody"})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()


def test_settings_are_kept(client):
    user = make_user()
    client.force_login(user)
    client.post(reverse("settings"), settings_form())
    own = UserSettings.objects.get(user=user)
    assert (own.theme, own.page_size) == ("dark", 25)
    assert NoticeChoice.objects.filter(user=user, in_portal=True).count() == 1


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"page_size": "26"}, {"page_size": "many"}])
def test_settings_that_are_not_offered_are_refused(client, wrong):
    client.force_login(make_user())
    page = client.post(reverse("settings"), settings_form(**wrong))
    assert page.status_code == 422
    assert "Nothing is saved" in page.content.decode()
    assert not UserSettings.objects.exists()


def test_the_theme_is_in_the_page_before_anything_is_painted(client):
    user = make_user()
    client.force_login(user)
    assert client.post(reverse("settings-theme"), {"theme": "dark"}).status_code == 204
    head = client.get(reverse("home")).content.decode().partition("<script")[0]
    assert 'data-theme-stored="dark"' in head


def test_a_theme_that_is_not_offered_is_refused(client):
    client.force_login(make_user())
    assert client.post(reverse("settings-theme"), {"theme": "<b>"}).status_code == 400


def test_each_browser_is_listed_and_the_own_one_marked():
    user = make_user()
    here = log_in(user)
    log_in(user, IPHONE)
    rows = here.get(reverse("profile")).context["sessions"]
    assert [(row["device"], row["is_here"]) for row in rows] == [
        ("Firefox on Linux", True),
        ("Safari on iPhone", False),
    ]


def test_logging_out_one_other_browser_leaves_the_rest():
    user = make_user()
    here, phone, third = log_in(user), log_in(user, IPHONE), log_in(user)
    ended = UserSession.objects.get(session_key=phone.session.session_key)
    here.post(reverse("session-end", args=[ended.pk]))
    statuses = [browser.get(reverse("home")).status_code for browser in (here, phone, third)]
    assert statuses == [200, 302, 200]


def test_logging_out_everywhere_else_keeps_this_browser():
    user = make_user()
    here, others = log_in(user), [log_in(user), log_in(user, IPHONE)]
    here.post(reverse("sessions-end"))
    assert here.get(reverse("home")).status_code == 200
    assert [other.get(reverse("home")).status_code for other in others] == [302, 302]


def test_nobody_ends_the_session_of_another():
    owner, member = make_user("engineer"), make_user("superuser")
    theirs, mine = log_in(owner), log_in(member)
    foreign = UserSession.objects.get(user=owner)
    assert mine.post(reverse("session-end", args=[foreign.pk])).status_code == 404
    assert theirs.get(reverse("home")).status_code == 200


def test_the_own_session_is_not_ended_by_its_number():
    user = make_user()
    here = log_in(user)
    own = UserSession.objects.get(user=user)
    assert here.post(reverse("session-end", args=[own.pk])).status_code == 404


def test_a_new_password_logs_out_the_other_browsers():
    user = make_user()
    here, other = log_in(user), log_in(user)
    words = {
        "old_password": "secret",
        "new_password1": "a9-Long!one",
        "new_password2": "a9-Long!one",
    }
    assert here.post(reverse("password_change"), words).status_code == 302
    assert here.get(reverse("home")).status_code == 200
    assert other.get(reverse("home")).status_code == 302
    assert [row["is_here"] for row in here.get(reverse("profile")).context["sessions"]] == [True]


@pytest.mark.parametrize(("pause_s", "is_noted"), [(60.0, False), (0.0, True)])
def test_a_session_is_noted_after_a_pause(monkeypatch, pause_s, is_noted):
    monkeypatch.setattr(middleware, "SEEN_EVERY_S", pause_s)
    browser = log_in(make_user())
    before = UserSession.objects.get().seen_at
    browser.get(reverse("profile"))
    assert (UserSession.objects.get().seen_at > before) == is_noted


def test_no_page_shows_a_session_key():
    browser = log_in(make_user())
    page = browser.get(reverse("profile")).content.decode()
    assert browser.session.session_key not in page


def test_log_in_failure_and_log_out_are_events():
    user = make_user()
    browser = log_in(user)
    browser.post(reverse("logout"))
    browser.post(reverse("login"), {"username": user.username, "password": "guess"})
    kinds = list(SystemEvent.objects.values_list("kind", flat=True).order_by("id"))
    assert kinds == ["login", "logout", "login-failed"]
    assert not SystemEvent.objects.filter(detail__contains="guess").exists()


def test_sessions_long_gone_are_forgotten_with_the_next_log_in():
    user = make_user()
    gone = log_in(user)
    gone.session.delete()
    log_in(user)
    assert UserSession.objects.filter(user=user).count() == 1


def test_the_admin_site_changes_passwords_on_the_portals_own_page(client):
    client.force_login(make_user("superuser"))
    assert client.get("/admin/password_change/").url == reverse("password_change")


def test_an_administrator_logs_a_person_out_without_seeing_the_key():
    browser, admin = log_in(make_user()), log_in(make_user("superuser"))
    session = UserSession.objects.get(session_key=browser.session.session_key)
    listed = reverse("admin:monitoring_usersession_changelist")
    detail = reverse("admin:monitoring_usersession_change", args=[session.pk])
    assert session.session_key not in admin.get(detail).content.decode()
    admin.post(listed, {"action": "log_out", "_selected_action": [session.pk]})
    assert browser.get(reverse("home")).status_code == 302


def test_an_account_goes_with_its_settings_and_sessions():
    user, admin = make_user(), log_in(make_user("superuser"))
    log_in(user).post(reverse("settings"), settings_form())
    admin.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})
    assert not get_user_model().objects.filter(pk=user.pk).exists()


def test_logging_out_elsewhere_works_while_valkey_is_away(monkeypatch):
    async def away(*args):
        raise ValkeyConnectionError("away")

    user = make_user()
    here, there = log_in(user), log_in(user)
    monkeypatch.setattr(get_channel_layer(), "group_send", away)
    assert here.post(reverse("sessions-end")).status_code == 302
    assert there.get(reverse("home")).status_code == 302
