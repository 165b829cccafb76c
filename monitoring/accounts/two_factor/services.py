"""The second step of one person: switched on with a code, used, renewed, taken away."""

import hashlib
import re
import secrets
from base64 import b32encode
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from common.database import person_lock
from common.errors import Invalid
from common.text import counted
from monitoring.accounts.sessions import sessions_end_others
from monitoring.events import event_record
from monitoring.models import SystemEvent

N_RECOVERY_CODES = 10
RECOVERY_BYTES = 10
OF_APP = re.compile("[0-9]{6}")


def app_of(user: Any) -> TOTPDevice | None:
    """Return the app that makes codes for `user`; None where one step is enough."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def n_recovery_codes(user: Any) -> int:
    """Return how many recovery codes of `user` are left."""
    return int(StaticToken.objects.filter(device__user=user).count())


def two_factor_switch_on(*, user: Any, key: str, code: str, session_key: str | None) -> list[str]:
    """Ask `user` for codes of the app that holds `key` (hex) from now on; return recovery codes.

    A code of that app proves that it is set up. Whoever is logged in elsewhere with one step is
    logged out.
    """
    with transaction.atomic():
        person_lock(user.pk)
        app = TOTPDevice(user=user, name="App", key=key)
        TOTPDevice.objects.filter(user=user).delete()
        if not OF_APP.fullmatch(_plain(code)) or not app.verify_token(_plain(code)):
            raise Invalid("This code does not fit. Check that the clock of the phone is right.")
        codes = _recovery_codes_make(user)
        _note(user, user, "two-factor log-in: switched on")
    sessions_end_others(user=user, session_key=session_key)
    return codes


@transaction.atomic
def two_factor_switch_off(*, user: Any) -> None:
    """Let the password alone log `user` in again."""
    person_lock(user.pk)
    _remove(user)
    _note(user, user, "two-factor log-in: switched off")


def two_factor_reset(*, user: Any, person: Any) -> bool:
    """Take away the second step of `person`, whose phone is lost; tell whether there was one.

    Every browser of `person` is logged out. `user` is who does it; None: a command.
    """
    with transaction.atomic():
        person_lock(person.pk)
        if not _remove(person):
            return False
        _note(user, person, "two-factor log-in: reset")
    sessions_end_others(user=person, session_key=None)
    return True


@transaction.atomic
def recovery_codes_make(*, user: Any) -> list[str]:
    """Make new recovery codes in place of the old ones; only their hashes are kept."""
    person_lock(user.pk)
    _note(user, user, "two-factor log-in: new recovery codes")
    return _recovery_codes_make(user)


@transaction.atomic
def code_use(*, user: Any, code: str) -> bool:
    """Tell whether `code` is one of the app's or a recovery code; it is never right again."""
    person_lock(user.pk)
    code = _plain(code)
    is_of_app = OF_APP.fullmatch(code) is not None
    model = TOTPDevice if is_of_app else StaticDevice
    device = model.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return False
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        wait_s = (why["locked_until"] - timezone.now()).total_seconds()
        raise Invalid(f"After a wrong code the next one waits: try again in {ceil(wait_s)} s.")
    is_right = bool(device.verify_token(code if is_of_app else _digest(code)))
    if is_right and not is_of_app:
        left = counted(n_recovery_codes(user), "recovery code")
        _note(user, user, f"two-factor log-in: a recovery code used, {left} left")
    return is_right


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


def _remove(person: Any) -> int:
    n_apps, _ = TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    return int(n_apps)


def _recovery_codes_make(user: Any) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    drawn = [secrets.token_bytes(RECOVERY_BYTES) for _ in range(N_RECOVERY_CODES)]
    codes = [b32encode(some).decode() for some in drawn]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(code)) for code in codes
    )
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _digest(code: str) -> str:
    # 80 random bits: nothing is won by a slow hash, and as many bits of it fill the column.
    return b32encode(hashlib.sha256(code.encode(errors="replace")).digest()[:10]).decode()


def _note(user: Any, person: Any, what: str) -> None:
    event_record(
        kind=SystemEvent.Kind.ACCESS, actor=user, subject=person.get_username(), detail=what
    )
