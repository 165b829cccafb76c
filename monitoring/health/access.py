"""Who may read what machines ask for: staff, the holder of the token, or this very machine."""

import secrets
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def may_read_details(request: HttpRequest) -> bool:
    """Tell whether the asker may read metrics and the details of checks.

    With `METRICS_TOKEN` set a bearer token is asked of every machine, this one too. Without it,
    callers on the loopback address may read; what a proxy hands on is not of this machine.
    """
    if has_token(request) or _is_staff(request):
        return True
    return not settings.METRICS_TOKEN and _is_loopback(request)


def has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if not wanted or scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(token.strip().encode(), wanted.encode())


def _is_staff(request: HttpRequest) -> bool:
    # Without a session cookie nobody is logged in: the database need not be asked.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return bool(request.user.is_active and request.user.is_staff)


def _is_loopback(request: HttpRequest) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
