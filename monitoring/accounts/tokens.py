"""Personal tokens for programs: made, shown once, used, taken back."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.errors import Invalid
from monitoring.events import event_record
from monitoring.models import ApiToken, SystemEvent

PREFIX = "bp_"
SECRET_BYTES = 32
USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def token_create(
    *,
    user: Any,
    name: str,
    may_write: bool = False,
    may_train: bool = False,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token of `user`; return its row and the token itself, which nobody can read again."""
    # Of two requests at once one waits here, so that neither goes beyond the limit.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    kept = ApiToken.objects.filter(user=user, revoked_at=None)
    if kept.count() >= ApiToken.MOST_PER_PERSON:
        raise Invalid(
            f"You have {ApiToken.MOST_PER_PERSON} tokens already; revoke one that is not used."
        )
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        user=user,
        name=name,
        digest=_digest(secret),
        hint=secret[: len(PREFIX) + 4],
        may_write=may_write,
        may_train=may_train,
        expires_at=expires_at,
    )
    token.full_clean()
    token.save()
    _record(token, "made, may " + ", ".join(token.scopes))
    return token, secret


def token_revoke(*, user: Any, pk: int) -> bool:
    """Take back a token of `user`, for good; tell whether there was one."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(user=user, pk=pk, revoked_at=None)
        found = token.first()
        if found is None:
            return False
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        _record(found, "revoked")
    return True


def token_use(secret: str) -> ApiToken | None:
    """Return the token that a program shows, noted as used; None where it is not valid now."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at=None) | Q(expires_at__gt=now), digest=_digest(secret))
        .filter(revoked_at=None, user__is_active=True)
        .first()
    )
    if token is not None and (token.used_at is None or token.used_at < now - USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def _digest(secret: str) -> str:
    # As random as its hash is long: nothing is won by a slow hash, every request would pay for it.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _record(token: ApiToken, what: str) -> None:
    event_record(
        kind=SystemEvent.Kind.ACCESS,
        actor=token.user,
        subject=token.user.get_username(),
        detail=f"API token {token}: {what}",
    )
