"""Tokens of programs: shown once, kept as a hash, of one person, taken back for good."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import Invalid
from monitoring.accounts.tokens import token_create, token_revoke, token_use
from monitoring.models import ApiToken, SystemEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def make_token(user=None, **values):
    return token_create(user=user or make_user(), name="Rig 3", **values)


def test_a_token_is_found_by_what_was_shown():
    token, secret = make_token()
    assert token_use(secret).pk == token.pk


def test_the_token_itself_is_not_kept():
    token, secret = make_token()
    kept = ApiToken.objects.filter(pk=token.pk).values_list().get()
    assert not any(secret in str(value) for value in kept)


@pytest.mark.parametrize("secret", ["", "bp_", "bp_" + "x" * 43, "é" * 40, "bp_\ud800", "bp_\0"])
def test_another_text_is_no_token(secret):
    make_token()
    assert token_use(secret) is None


def test_a_revoked_token_is_refused():
    token, secret = make_token()
    assert token_revoke(user=token.user, pk=token.pk)
    assert token_use(secret) is None


def test_an_expired_token_is_refused():
    _, secret = make_token(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_use(secret) is None


def test_a_token_ends_with_its_account():
    token, secret = make_token()
    token.user.is_active = False
    token.user.save()
    assert token_use(secret) is None


def test_nobody_revokes_anothers_token():
    token, secret = make_token()
    assert not token_revoke(user=make_user(), pk=token.pk)
    assert token_use(secret)


def test_its_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    token, secret = make_token()
    token_use(secret)
    token.refresh_from_db()
    assert token.used_at is not None
    with django_assert_num_queries(1):
        token_use(secret)


def test_making_and_revoking_are_events():
    token, _ = make_token(may_write=True)
    token_revoke(user=token.user, pk=token.pk)
    said = SystemEvent.objects.filter(actor=token.user).values_list("detail", flat=True)
    assert [text.rpartition(": ")[2] for text in said] == ["revoked", "made, may read, write"]


def test_a_person_has_a_limit_of_tokens(monkeypatch):
    monkeypatch.setattr(ApiToken, "MOST_PER_PERSON", 1)
    token, _ = make_token()
    with pytest.raises(Invalid, match="revoke one"):
        make_token(token.user)


def test_the_page_shows_a_new_token_once(client):
    client.force_login(make_user())
    made = client.post(reverse("token-new"), {"name": "Rig", "days": "30"}).content.decode()
    secret = made.partition('id="token-secret">')[2].partition("<")[0]
    assert token_use(secret).name == "Rig"
    assert secret not in client.get(reverse("profile")).content.decode()


def test_the_page_asks_for_a_name(client):
    client.force_login(make_user())
    answer = client.post(reverse("token-new"), {"name": " ", "days": "30"})
    assert answer.status_code == 422
    assert "Name what uses it" in answer.content.decode()


def test_the_name_of_a_token_is_shown_as_text(client):
    user = make_user()
    token_create(user=user, name="<script>alert(1)</script>")
    client.force_login(user)
    assert "<script>alert" not in client.get(reverse("profile")).content.decode()


def test_the_page_revokes_only_ones_own(client):
    token, secret = make_token()
    client.force_login(make_user())
    assert client.post(reverse("token-revoke", args=[token.pk])).status_code == 404
    assert token_use(secret)
    client.force_login(token.user)
    client.post(reverse("token-revoke", args=[token.pk]))
    assert token_use(secret) is None
