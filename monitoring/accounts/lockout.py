"""What a person reads after too many failed log-ins, and what a good log-in forgets."""

from datetime import timedelta
from math import ceil
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from monitoring.accounts.client import client_address


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer 429 with the time that remains."""
    del response
    wait_s = remaining(request, credentials).total_seconds()
    minutes = max(1, ceil(wait_s / 60))
    sentence = (
        f"Too many failed log-ins. Try again in {minutes} min; "
        "an administrator can unlock the account sooner."
    )
    context = {"locked": sentence, "form": AuthenticationForm(request), "next": ""}
    answer = render(request, "registration/login.html", context, status=429)
    answer["Retry-After"] = str(max(1, ceil(wait_s)))
    return answer


def remaining(request: HttpRequest, credentials: dict[str, Any] | None) -> timedelta:
    """Return how long until enough of the failures that count are forgotten."""
    pause = settings.AXES_COOLOFF_TIME
    waits = [timedelta(0)]
    for attempts in AxesDatabaseHandler().get_user_attempts(request, credentials):
        times = _failure_times(attempts)
        if len(times) >= settings.AXES_FAILURE_LIMIT:
            last_to_forget = times[len(times) - settings.AXES_FAILURE_LIMIT]
            waits.append(last_to_forget + pause - timezone.now())
    return max(waits)


def _failure_times(attempts: Any) -> list[Any]:
    # A row counts the failures of one account, address and browser, and is forgotten as a whole.
    rows = attempts.order_by("attempt_time").values_list("attempt_time", "failures_since_start")
    return [moment for moment, n_failures in rows for _ in range(n_failures)]


@receiver(user_logged_in, dispatch_uid="portal-forget-failures")
def forget_failures(sender: Any, request: HttpRequest | None, user: Any, **values: Any) -> None:
    """Forget the failures of this account from this address, and no others."""
    del sender, values
    if request is not None:
        AccessAttempt.objects.filter(
            username=user.get_username(), ip_address=client_address(request)
        ).delete()


def is_paused(request: HttpRequest, user: Any) -> bool:
    """Tell whether nobody may guess a password or a code of this account now."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def guess_failed(request: HttpRequest, user: Any, what: str) -> None:
    """Count a wrong password or code as a failed log-in, with the same pause after too many."""
    credentials = {"username": user.get_username(), "guessed": what}
    user_login_failed.send(__name__, credentials=credentials, request=request)


def paused_answer(request: HttpRequest, user: Any) -> HttpResponse:
    """Say how long the pause still is."""
    return locked_out(request, None, {"username": user.get_username()})
