"""The record of who did what: written once, removed by retention alone."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common.errors import Invalid
from monitoring.models import SystemEvent

security = logging.getLogger("portal.security")

OF_SECURITY = frozenset(
    {
        SystemEvent.Kind.LOGIN,
        SystemEvent.Kind.LOGIN_FAILED,
        SystemEvent.Kind.LOGOUT,
        SystemEvent.Kind.LOCKED,
        SystemEvent.Kind.ACCESS,
        SystemEvent.Kind.SHARED,
        SystemEvent.Kind.EXPORTED,
    }
)
SHORTEST_KEEPING = timedelta(days=30)


def event_record(
    *, kind: str, actor: Any, subject: str, detail: str = "", about: str = ""
) -> SystemEvent:
    """Write down that `actor` (None: the system) did something to `subject`.

    Names change and are used again: `about` is a key under which a thing's own events are found.
    """
    event = SystemEvent(
        kind=kind, actor=actor, subject=subject[:200], detail=detail[:500], about=about
    )
    event.full_clean()
    event.save()
    if kind in OF_SECURITY:
        _tell_security(event)
    return event


def _tell_security(event: SystemEvent) -> None:
    """Log it, once it is sure, for whoever watches over several machines."""
    who = event.actor.get_username() if event.actor is not None else "-"
    facts = {"event": event.kind, "actor": who, "subject": event.subject, "detail": event.detail}
    line = " ".join(f"{name}={json.dumps(value)}" for name, value in facts.items())
    transaction.on_commit(lambda: security.info("%s", line))


@transaction.atomic
def events_remove_old(*, before: datetime, ids: list[int] | None = None) -> int:
    """Remove the events older than `before`, all or those named; return how many they were."""
    if before > timezone.now() - SHORTEST_KEEPING:
        raise Invalid(f"Events are kept for at least {SHORTEST_KEEPING.days} days.")
    old = SystemEvent._base_manager.filter(at__lt=before)
    if ids is not None:
        old = old.filter(pk__in=ids)
    with connection.cursor() as cursor:  # PostgreSQL refuses without it, see the migrations
        cursor.execute("SET LOCAL portal.events_retention = 'on'")
        n_removed, _ = old.delete()
        cursor.execute("SET LOCAL portal.events_retention = 'off'")
    return n_removed
