"""Which mains frequency a recording was made under, and what holds where nobody says so."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from common.errors import Invalid, NotAllowed, NotFound
from monitoring.selectors import settings_of
from signals.models import Signal, SignalStore
from signals.models.store import MAINS_HZ
from signals.selectors import stores_visible
from signals.services.bearings import may_attach
from signals.services.history import history_write

OFFERED: Final = tuple(hz for hz, _ in MAINS_HZ)


@dataclass(frozen=True)
class Mains:
    """A mains frequency in Hz, and whose it is."""

    hz: float
    source: str


def mains_of(user: Any, signal: Signal, of_recipe_hz: float | None = None) -> Mains:
    """Return the mains frequency of a signal: the recording's own, else the person's, else the
    site's. What a recipe says of a simulated record is its own.
    """
    own = signal.mains_hz or signal.store.mains_hz or of_recipe_hz
    if own:
        return Mains(float(own), "the recording's")
    person = settings_of(user).mains_hz
    if person:
        return Mains(float(person), "your setting")
    return Mains(float(settings.MAINS_HZ), "the site's")


@transaction.atomic
def mains_set(
    *,
    user: Any,
    mains_hz: int | None,
    signal: Signal | None = None,
    store: SignalStore | None = None,
) -> bool:
    """Say under which mains one signal, or a whole store, was recorded; None takes it away.

    Returns
    -------
    bool
        Whether this changed anything.
    """
    given = signal or store
    if given is None or (signal and store):
        raise TypeError("mains_set needs a signal or a store.")
    if mains_hz is not None and mains_hz not in OFFERED:
        raise Invalid("The mains frequency is 50 or 60 Hz.")
    row = _locked_or_refuse(user, given)
    before = row.mains_hz
    if before == mains_hz:
        return False
    row.mains_hz = given.mains_hz = mains_hz
    row.full_clean(validate_unique=False)
    row.save(update_fields=["mains_hz"])
    said = f"Mains: {before or '–'} → {mains_hz or '–'} Hz."
    history_write(user=user, entries=[(row, said)])
    return True


def _locked_or_refuse(user: Any, given: Signal | SignalStore) -> Signal | SignalStore:
    visible = stores_visible(user)
    rows = (
        Signal.objects.filter(store__in=visible).select_related("store")
        if isinstance(given, Signal)
        else visible
    )
    row = rows.filter(pk=given.pk).select_for_update(of=["self"]).first()
    if row is None:
        raise NotFound(f"There is no such {given._meta.verbose_name}.")
    if not may_attach(user, row.store if isinstance(row, Signal) else row):
        raise NotAllowed("The mains are said by the owner of the signals or a curator.")
    return row
