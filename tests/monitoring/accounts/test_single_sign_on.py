"""Who the provider proves is let in, and nobody else: a provider on this machine errs and lies."""

import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from bearing_portal.settings.environment import Environment
from bearing_portal.settings.single_sign_on import single_sign_on
from monitoring.accounts.single_sign_on import provider as asking
from monitoring.accounts.single_sign_on import views
from monitoring.models import SignOnIdentity, SystemEvent
from tests.factories import make_user
from tests.monitoring.accounts.provider import CLIENT, SECRET, running_provider
from tests.monitoring.accounts.second_step import fresh, switched_on

pytestmark = pytest.mark.django_db
START, BACK = "/accounts/oidc/", "/accounts/oidc/callback/"


@pytest.fixture(scope="module")
def running():
    with running_provider() as running:
        yield running


@pytest.fixture
def provider(running, settings):
    fresh_one = type(running)()
    for name, value in vars(fresh_one).items():
        if name not in ("issuer", "ends"):
            setattr(running, name, value)
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = running.issuer, CLIENT
    settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = SECRET, "the lab"
    return running


def log_in(provider, client=None, goes_to=""):
    """Go the way to the provider and back; return the last answer and the browser."""
    client = client or Client()
    sent = client.get(START + (f"?next={quote(goes_to)}" if goes_to else ""))
    assert sent.status_code == 302, sent.content
    return client.get(provider.authorize(sent.url)), client


def is_in(client) -> bool:
    return client.get(reverse("home")).status_code == 200


def name_of(client) -> str:
    return get_user_model().objects.get(pk=client.session["_auth_user_id"]).username


def test_a_new_person_gets_an_account_as_a_viewer(provider):
    provider.claims |= {
        "preferred_username": "m.keller",
        "email": "keller@example.org",
        "email_verified": True,
        "given_name": "M.",
    }
    answer, client = log_in(provider, goes_to=reverse("profile"))
    assert answer.url == reverse("profile")
    person = get_user_model().objects.get(username="m.keller")
    assert (person.email, person.first_name) == ("keller@example.org", "M.")
    assert [group.name for group in person.groups.all()] == ["viewer"]
    assert not any([person.has_usable_password(), person.is_staff, person.is_superuser])
    assert is_in(client)


def test_the_same_subject_is_the_same_account_whatever_it_is_called(provider):
    provider.claims |= {"preferred_username": "keller"}
    log_in(provider)
    provider.claims |= {"preferred_username": "renamed", "email": "new@example.org"}
    _, client = log_in(provider)
    assert name_of(client) == "keller"
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("claim", ["email", "preferred_username"])
def test_no_account_is_taken_over_by_e_mail_or_name(provider, claim):
    owner = make_user("superuser", username="boss", email="boss@example.org")
    provider.claims |= {"email_verified": True, claim: getattr(owner, claim, "boss")}
    _, client = log_in(provider)
    assert name_of(client) not in ("boss", "Boss")


def test_an_e_mail_that_is_not_verified_is_not_kept(provider):
    provider.claims |= {"email": "boss@example.org", "email_verified": False}
    _, client = log_in(provider)
    assert get_user_model().objects.get(username=name_of(client)).email == ""


@pytest.mark.parametrize("said", ["\0", "\ud800", "x" * 999, 7, ["a"], {}, None, "<b>", "Ünï çödé"])
def test_whatever_the_provider_calls_a_person_there_is_an_account(provider, said):
    names = ("preferred_username", "email", "given_name", "family_name", "groups")
    provider.claims |= dict.fromkeys(names, said) | {"email_verified": True}
    _, client = log_in(provider)
    assert is_in(client)
    assert client.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize("said", ["\0", "é", "9" * 5000, "[" * 3000, "%00", ""])
@pytest.mark.parametrize("name", ["state", "code", "iss", "error"])
def test_whatever_comes_back_is_answered_with_a_sentence(provider, name, said):
    client = Client()
    back = urlsplit(provider.authorize(client.get(START).url))
    sent = {key: values[0] for key, values in parse_qs(back.query).items()} | {name: said}
    answer = client.get(BACK, sent)
    assert answer.status_code in ((302,) if name == "error" else (400, 503))


WRONG = {
    "nonce of another log-in": {"lies": {"nonce": "x"}},
    "no nonce": {"lies": {"nonce": None}},
    "another audience": {"lies": {"aud": "shop"}},
    "several audiences, none named": {"lies": {"aud": [CLIENT, "shop"]}},
    "another client": {"lies": {"aud": [CLIENT, "shop"], "azp": "shop"}},
    "another issuer": {"lies": {"iss": "https://evil.example"}},
    "expired": {"lies": {"exp": time.time() - 120}},
    "no end": {"lies": {"exp": None}},
    "no subject": {"lies": {"sub": None}},
    "an empty subject": {"lies": {"sub": ""}},
    "a subject that is no text": {"lies": {"sub": ["8d3f"]}},
    "a subject that cannot be kept": {"lies": {"sub": "a\0b"}},
    "a subject beyond measure": {"lies": {"sub": "a" * 256}},
    "a subject of half a letter": {"lies": {"sub": "\ud800"}},
    "from tomorrow": {"lies": {"iat": time.time() + 86_400}},
    "not signed": {"algorithm": "none"},
    "signed with the shared secret": {"algorithm": "HS256"},
    "signed with another key": {"signs_with": "two"},
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_not_proven_lets_nobody_in(provider, how):
    for name, value in WRONG[how].items():
        setattr(provider, name, value)
    answer, client = log_in(provider)
    assert answer.status_code == 400
    assert "could not be proven" in answer.content.decode()
    assert not is_in(client)
    assert not SignOnIdentity.objects.exists()


def test_a_way_back_is_gone_once(provider):
    client = Client()
    back = provider.authorize(client.get(START).url)
    assert client.get(back).status_code == 302
    client.post(reverse("logout"))
    again = client.get(back)
    assert again.status_code == 400
    assert "used before" in again.content.decode()
    assert not is_in(client)


def test_a_way_back_is_of_one_browser(provider):
    back = provider.authorize(Client().get(START).url)
    other = Client()
    assert other.get(back).status_code == 400
    other.get(START)
    assert other.get(back).status_code == 400
    assert not is_in(other)


def test_a_way_back_expires(provider, monkeypatch):
    client = Client()
    back = provider.authorize(client.get(START).url)
    monkeypatch.setattr(views, "WAY_S", -1)
    assert client.get(back).status_code == 400


def test_a_code_of_another_log_in_is_worth_nothing(provider):
    stolen = parse_qs(urlsplit(provider.authorize(Client().get(START).url)).query)["code"][0]
    client = Client()
    own = parse_qs(urlsplit(provider.authorize(client.get(START).url)).query)["state"][0]
    assert client.get(BACK, {"code": stolen, "state": own}).status_code == 503
    assert not is_in(client)


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_another_site_is_not_led_to(provider, page):
    answer, _ = log_in(provider, goes_to=page)
    assert answer.url == reverse("home")


def test_who_is_refused_over_there_reads_one_sentence(provider):
    client = Client()
    state = parse_qs(urlsplit(client.get(START).url).query)["state"][0]
    answer = client.get(BACK, {"error": "access_denied<script>", "state": state})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "the lab did not let you in." in text
    assert "access_denied" not in text


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize("broken", [500, 302, b"<html>", b"[]", b'{"a":' * 100_000, "silent"])
def test_a_broken_provider_is_one_sentence_and_the_password_goes_on(
    provider, monkeypatch, path, broken
):
    monkeypatch.setattr(asking, "READ_S", 0.2)
    provider.breaks[path] = broken
    client = Client()
    start = client.get(START)
    answer = client.get(provider.authorize(start.url)) if start.status_code == 302 else start
    assert answer.status_code in (400, 503)
    assert answer.content.decode().count('role="alert"') == 1
    user = make_user()
    client.post(reverse("login"), {"username": user.username, "password": "secret"})
    assert is_in(client)


def test_a_provider_that_is_gone_is_one_sentence(provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    answer = Client().get(START)
    assert answer.status_code == 503
    assert "does not answer as it should" in answer.content.decode()


def test_an_answer_that_never_ends_is_cut_off(provider, monkeypatch):
    monkeypatch.setattr(asking, "LARGEST_ANSWER", 1000)
    provider.breaks["/.well-known/openid-configuration"] = b"x" * 2000
    assert Client().get(START).status_code == 503


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_addresses_that_anybody_could_read_or_write_are_not_used(provider, metadata):
    provider.metadata = metadata
    assert Client().get(START).status_code == 503


@pytest.mark.parametrize(
    ("claims", "is_wanted"),
    [
        ({"email": "a@example.org", "email_verified": True}, True),
        ({"email": "a@EXAMPLE.ORG", "email_verified": True}, True),
        ({"email": "a@example.org"}, False),
        ({"email": "a@example.org", "email_verified": "true"}, False),
        ({"email": "a@example.org.evil.example", "email_verified": True}, False),
        ({}, False),
    ],
)
def test_only_verified_addresses_of_the_domains_are_let_in(provider, settings, claims, is_wanted):
    settings.OIDC_EMAIL_DOMAINS = ["example.org"]
    provider.claims |= claims
    answer, client = log_in(provider)
    assert is_in(client) == is_wanted
    if not is_wanted:
        assert answer.status_code == 403
        assert SystemEvent.objects.filter(kind="login-failed").count() == 1


@pytest.mark.parametrize(
    ("groups", "is_wanted"), [(["lab"], True), (["labour"], False), (7, False)]
)
def test_only_members_of_the_group_are_let_in(provider, settings, groups, is_wanted):
    settings.OIDC_REQUIRED_GROUP = "lab"
    provider.claims |= {"groups": groups}
    _, client = log_in(provider)
    assert is_in(client) == is_wanted


def test_roles_follow_the_groups_at_each_log_in(provider, settings):
    settings.OIDC_ROLES = [("bench", "engineer"), ("office", "curator")]

    def roles(groups):
        provider.claims |= {"groups": groups}
        _, client = log_in(provider)
        person = get_user_model().objects.get(username=name_of(client))
        return sorted(person.groups.values_list("name", flat=True)), person.is_staff

    assert roles(["bench", "office"]) == (["curator", "engineer"], True)
    assert roles(["bench"]) == (["engineer"], False)
    assert roles([]) == (["viewer"], False)


def test_without_new_accounts_only_who_is_connected_gets_in(provider, settings):
    settings.OIDC_NEW_ACCOUNTS = False
    answer, client = log_in(provider)
    assert answer.status_code == 403
    assert not is_in(client)
    user = make_user()
    client.force_login(user)
    client.post(reverse("oidc-connect"))
    answer, _ = log_in(provider, client)
    assert answer.url == reverse("profile")
    _, client = log_in(provider)
    assert name_of(client) == user.username


def test_a_link_from_another_site_connects_nothing(provider):
    user = make_user()
    client = Client()
    client.force_login(user)
    assert client.get(START).url == reverse("home")
    assert client.get(reverse("oidc-connect")).status_code == 405
    assert not SignOnIdentity.objects.exists()


def test_what_another_account_is_connected_with_is_not_taken_from_it(provider):
    log_in(provider)
    client = Client()
    client.force_login(make_user())
    client.post(reverse("oidc-connect"))
    answer, _ = log_in(provider, client)
    assert SignOnIdentity.objects.get().user.username != name_of(client)
    assert "Another account" in client.get(answer.url).content.decode()


def test_disconnected_it_logs_in_no_more_and_needs_a_password(provider, settings):
    settings.OIDC_NEW_ACCOUNTS = False
    user = make_user()
    identity = SignOnIdentity.objects.create(user=user, issuer=provider.issuer, subject="8d3f")
    _, client = log_in(provider)
    client.post(reverse("oidc-disconnect"))
    assert not is_in(log_in(provider)[1])
    identity.save(force_insert=True)
    user.set_unusable_password()
    user.save()
    _, client = log_in(provider)
    assert client.post(reverse("oidc-disconnect")).status_code == 400


def test_who_looks_after_accounts_parts_them_and_it_is_written_down(provider, client):
    person, keeper = make_user("engineer"), make_user("superuser")
    identity = SignOnIdentity.objects.create(user=person, issuer=provider.issuer, subject="8d3f")
    client.force_login(keeper)
    client.post(f"/admin/monitoring/signonidentity/{identity.pk}/delete/", {"post": "yes"})
    assert not SignOnIdentity.objects.exists()
    (event,) = SystemEvent.objects.filter(actor=keeper, subject=person.get_username())
    assert event.detail == f"single sign-on: disconnected from {provider.issuer}"


def test_a_deactivated_account_is_not_let_in(provider):
    log_in(provider)
    get_user_model().objects.update(is_active=False)
    answer, client = log_in(provider)
    assert answer.status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("is_trusted", [False, True])
def test_the_second_step_is_asked_unless_the_provider_is_trusted_with_it(
    provider, settings, is_trusted
):
    settings.OIDC_IS_TWO_FACTOR, settings.TWO_FACTOR_REQUIRED = is_trusted, "all"
    user = make_user()
    SignOnIdentity.objects.create(user=user, issuer=provider.issuer, subject="8d3f")
    switched_on(user)
    _, client = log_in(provider)
    assert is_in(client) == is_trusted
    if not is_trusted:
        client.post(reverse("login-code"), {"code": fresh(user)})
        assert is_in(client)


def test_without_a_provider_there_is_no_way_to_it(client):
    assert client.get(START).status_code == 404
    assert client.get(BACK).status_code == 404
    assert "Log in with" not in client.get(reverse("login")).content.decode()


def test_the_log_in_page_offers_it_and_keeps_where_one_wanted_to_go(provider, client):
    page = client.get(reverse("login"), {"next": "/datasets/?q=a&b"}).content.decode()
    assert 'href="/accounts/oidc/?next=%2Fdatasets%2F%3Fq%3Da%26b"' in page
    assert "Log in with the lab" in page


def test_roles_and_domains_are_read_from_the_environment(monkeypatch):
    for name, value in {
        "OIDC_ISSUER": "https://login.example.org/realms/lab",
        "OIDC_CLIENT_ID": "portal",
        "OIDC_ROLES": "cn=bench=engineer, office=curator",
        "OIDC_EMAIL_DOMAINS": "@Example.org",
    }.items():
        monkeypatch.setenv(name, value)
    read = single_sign_on(Environment())
    assert read["OIDC_ROLES"] == [("cn=bench", "engineer"), ("office", "curator")]
    assert read["OIDC_EMAIL_DOMAINS"] == ["example.org"]
