"""An app that makes codes, as tests hold it."""

import itertools
import time

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from monitoring.accounts.two_factor.services import two_factor_switch_on


def code_of(key: str, *, step: int = 0) -> str:
    """The code of an app now, or `step` times 30 s later."""
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + 30 * step
    return f"{totp.token():06d}"


def wrong_code(key: str) -> str:
    right = {code_of(key, step=step) for step in range(-2, 3)}
    return next(code for n in itertools.count() if (code := f"{n:06d}") not in right)


def switched_on(user) -> tuple[str, list[str]]:
    """Give `user` an app; return its key and the recovery codes. The next code is one step on."""
    key = default_key()
    codes = two_factor_switch_on(user=user, key=key, code=code_of(key), session_key=None)
    return key, codes


def fresh(user) -> str:
    """Forget which codes were used and how many were wrong; return a code that is right now."""
    TOTPDevice.objects.filter(user=user).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )
    return code_of(TOTPDevice.objects.get(user=user).key)


def give_password(user, goes_to: str = "", **values) -> Client:
    """Return a browser that has gone the first step."""
    client = Client(**values)
    sent = {"username": user.username, "password": "secret", "next": goes_to}
    answer = client.post(reverse("login"), sent)
    assert answer.status_code == 302
    return client
