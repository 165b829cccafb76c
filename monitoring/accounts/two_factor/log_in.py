"""From the password to the log-in: what else is asked, and who waits for it.

Whoever has given the password but not the code is nobody yet: the session holds who it claims to
be, under a key that only the pages of the second step read.
"""

import time
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth import get_user_model, load_backend, login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from common.database import person_lock
from monitoring.accounts.two_factor.services import app_of

PENDING = "log-in-pending"
PASSED = "log-in-passed-both"
PENDING_S = 600

Step = Literal["code", "set-up"]


def is_required_of(user: Any) -> bool:
    """Tell whether the settings ask two steps of this person."""
    asked_of = settings.TWO_FACTOR_REQUIRED
    return asked_of == "all" or (asked_of == "staff" and (user.is_staff or user.is_superuser))


def is_half(user: Any, session: Any) -> bool:
    """Tell whether a session is of a person who owes a second step, and has not gone it."""
    if settings.TWO_FACTOR_REQUIRED == "none" or not user.is_authenticated:
        return False
    return is_required_of(user) and not session.get(PASSED)


def first_step_done(
    request: HttpRequest, user: Any, goes_to: str, *, went_both: bool = False
) -> HttpResponse:
    """Log in who gave the right password, or ask for what is still lacking.

    `went_both`: a provider that is trusted with it has asked for a second step already.
    """
    with transaction.atomic():
        person_lock(user.pk)  # nobody gets in with one step while the second is switched on
        request.session.pop(PENDING, None)
        step = None if went_both else _lacking(user)
        if step is None:
            login(request, user, backend=user.backend)
            if went_both:
                mark_passed(request)
            return redirect(goes_to)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "at_s": time.time(),
        "goes_to": goes_to,
    }
    return redirect("login-code" if step == "code" else "login-set-up")


def pending_person(request: HttpRequest, step: Step) -> Any:
    """Return who gave the password here and still owes this step; None where nobody does."""
    waits = request.session.get(PENDING)
    if waits is None or not 0 <= time.time() - waits["at_s"] <= PENDING_S:
        return None
    user = load_backend(waits["backend"]).get_user(waits["user"])  # none that is not active
    # A password that was changed meanwhile is no longer the one that was given.
    if user is None or not constant_time_compare(waits["hash"], user.get_session_auth_hash()):
        return None
    return user if _lacking(user) == step else None


def goes_to(request: HttpRequest) -> str:
    """Return the page that a person who is logging in asked for."""
    waits: dict[str, Any] = request.session.get(PENDING) or {}
    return str(waits.get("goes_to", "/"))


def second_step_done(request: HttpRequest, user: Any) -> None:
    """Log in who has gone both steps."""
    waits = request.session.pop(PENDING)
    login(request, get_user_model().objects.get(pk=user.pk), backend=waits["backend"])
    mark_passed(request)


def mark_passed(request: HttpRequest) -> None:
    """Note that this session has gone both steps."""
    request.session[PASSED] = True


def _lacking(user: Any) -> Step | None:
    if app_of(user) is not None:
        return "code"
    return "set-up" if is_required_of(user) else None
