"""Django says who logs in and out; services write it down."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from monitoring.accounts.client import client_address, device_name
from monitoring.accounts.sessions import session_end, session_seen
from monitoring.events import event_record
from monitoring.models import SystemEvent


@receiver(user_logged_in, dispatch_uid="portal-logged-in")
def logged_in(sender: Any, request: HttpRequest | None, user: Any, **values: Any) -> None:
    del sender, values
    event_record(
        kind=SystemEvent.Kind.LOGIN,
        actor=user,
        subject=user.get_username(),
        detail=_whence(request),
    )
    key = request.session.session_key if request is not None else None
    if request is not None and key:
        session_seen(
            user=user,
            session_key=key,
            user_agent=request.headers.get("User-Agent", ""),
            address=client_address(request),
        )


@receiver(user_logged_out, dispatch_uid="portal-logged-out")
def logged_out(sender: Any, request: HttpRequest | None, user: Any, **values: Any) -> None:
    del sender, values
    if user is None:  # the session had already ended
        return
    event_record(
        kind=SystemEvent.Kind.LOGOUT,
        actor=user,
        subject=user.get_username(),
        detail=_whence(request),
    )
    key = request.session.session_key if request is not None else None
    if key:
        session_end(user=user, session_key=key)


@receiver(user_login_failed, dispatch_uid="portal-login-failed")
def login_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **values: Any
) -> None:
    del sender, values
    if _is_refused_unseen(request):
        return  # who keeps trying does not fill the record
    event_record(
        kind=SystemEvent.Kind.LOGIN_FAILED,
        actor=None,
        subject=str(credentials.get("username") or "without a name").replace("\0", ""),
        detail=f"{_whence(request)}, {credentials.get('guessed', 'password')}",
    )


@receiver(user_locked_out, dispatch_uid="portal-locked-out")
def locked_out(
    sender: Any, request: HttpRequest | None, username: str | None, **values: Any
) -> None:
    del sender, values
    if _is_refused_unseen(request):
        return  # the pause is known already
    event_record(
        kind=SystemEvent.Kind.LOCKED,
        actor=None,
        subject=str(username or "without a name").replace("\0", ""),
        detail=_whence(request),
    )


def _is_refused_unseen(request: HttpRequest | None) -> bool:
    """Tell whether the password was not even looked at: account or address are locked already."""
    is_locked = getattr(request, "axes_locked_out", False)
    return is_locked and getattr(request, "axes_failures_since_start", None) is None


def _whence(request: HttpRequest | None) -> str:
    if request is None:
        return "without a page"
    device = device_name(request.headers.get("User-Agent", ""))
    return f"{device}, {client_address(request) or 'address unknown'}"
