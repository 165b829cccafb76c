"""Where a person is logged in, and logging out there."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from common.text import counted
from monitoring.events import event_record
from monitoring.models import SystemEvent, UserSession
from monitoring.notices.hints import group_message_send, user_group
from monitoring.selectors import sessions_of


def session_seen(*, user: Any, session_key: str, user_agent: str, address: str | None) -> None:
    """Note that this browser was here just now; a new one takes the place of those long gone."""
    _, is_new = UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "user_agent": user_agent[:300],
            "address": address,
            "seen_at": timezone.now(),
        },
    )
    if is_new:
        gone = UserSession.objects.filter(user=user).exclude(pk__in=sessions_of(user).values("pk"))
        gone.exclude(session_key=session_key).delete()


def session_end(*, user: Any, session_key: str) -> None:
    """Log out one browser of `user`, and have its open pages notice."""
    with transaction.atomic():
        _forget([session_key])
    sockets_recheck(user)


def sessions_end_others(*, user: Any, session_key: str | None, only_id: int | None = None) -> int:
    """Log out `user` everywhere but in the browser with this key, or in one other only."""
    with transaction.atomic():
        others = UserSession.objects.filter(user=user).exclude(session_key=session_key or "")
        if only_id is not None:
            others = others.filter(pk=only_id)
        keys = list(others.values_list("session_key", flat=True))
        _forget(keys)
        if keys:
            event_record(
                kind=SystemEvent.Kind.LOGOUT,
                actor=user,
                subject=user.get_username(),
                detail=f"{counted(len(keys), 'other session')} ended",
            )
    if keys:
        sockets_recheck(user)
    return len(keys)


def _forget(keys: list[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def sockets_recheck(user: Any) -> None:
    """Have the open pages of `user` look whether they are still logged in."""
    # Without Valkey every socket is closed anyway, and comes back only with a session.
    group_message_send(groups=[user_group(user.pk)], message={"type": "session.check"})
