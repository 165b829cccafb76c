"""Labels that somebody has looked at and found right."""

from typing import Any

from django.db import transaction

from common.errors import Invalid, NotAllowed
from signals.models import LabelReview, Signal, SignalStore
from signals.selectors import may_label
from signals.services.history import history_write


def reviewer_prove(user: Any, store: SignalStore) -> None:
    """Refuse who may not label the signals of `store`."""
    if not may_label(user, store):
        raise NotAllowed(
            "Labels are reviewed by the owner of the signals, members who label them and curators."
        )


@transaction.atomic
def label_confirm(*, user: Any, signal: Signal) -> LabelReview:
    """Note that a signal's class is right; it is not offered for review again while it has it.

    Raises
    ------
    NotAllowed
        Where `user` may not label the signal's dataset.
    Invalid
        Where the signal has no class.
    """
    reviewer_prove(user, signal.store)
    if signal.fault_class is None:
        raise Invalid(f"{signal} has no class that could be confirmed.")
    review, is_new = LabelReview.objects.get_or_create(
        signal=signal, fault_class=signal.fault_class, defaults={"reviewer": user}
    )
    if is_new:
        history_write(user=user, entries=[(signal, f"Class confirmed: {signal.fault_class}.")])
    return review
