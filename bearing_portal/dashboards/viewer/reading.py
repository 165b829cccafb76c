"""What the viewer reads, each time for the person who asks."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from datasets.selectors import datasets_visible
from monitoring.errors import NotFound
from signals.models import Signal
from signals.selectors import signals_visible

MATCHES = 20
HIGHEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Place:
    """Where a signal stands among those of its dataset."""

    signal: int
    number: int
    total: int
    previous: int | None
    next: int | None


def asked_signal(search: str | None) -> int | None:
    """Return the id in the page's address; None where it names none."""
    text = parse_qs((search or "").removeprefix("?")).get("signal", [""])[0].strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > HIGHEST_ID:
        raise NotFound("There is no such signal.")
    return int(text)


def place_of(user: Any, signal: Signal) -> Place:
    around = signals_visible(user).filter(store=signal.store_id)
    before, after = around.filter(row__lt=signal.row), around.filter(row__gt=signal.row)
    return Place(
        signal=signal.pk,
        number=before.count() + 1,
        total=signal.store.n_signals,
        previous=before.order_by("-row").values_list("pk", flat=True).first(),
        next=after.order_by("row").values_list("pk", flat=True).first(),
    )


def dataset_of(user: Any, signal: Signal) -> tuple[int, str] | None:
    """Return id and name of the dataset that holds a signal; None for an upload."""
    rows = datasets_visible(user).filter(store=signal.store_id).values_list("pk", "name")
    return rows.first()


def matching(user: Any, signal: Signal, text: str) -> list[str]:
    """Return the first labels of a signal's dataset that begin with `text`."""
    beginning = signals_visible(user).filter(store=signal.store_id, label__istartswith=text.strip())
    return list(beginning.order_by("row").values_list("label", flat=True)[:MATCHES])


def signal_labelled(user: Any, signal: Signal, label: str) -> int:
    """Return the id of the signal with this label in the same dataset."""
    of_dataset = signals_visible(user).filter(store=signal.store_id)
    pk = of_dataset.filter(label__iexact=label.strip()).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound(f"This dataset has no signal “{label.strip()[:40]}”.")
    return pk


def random_signal(user: Any, signal: Signal) -> int | None:
    """Return another signal of the same dataset; None where it is the only one."""
    others = signals_visible(user).filter(store=signal.store_id).exclude(pk=signal.pk)
    row = secrets.randbelow(max(1, signal.store.n_signals))
    at_or_after = others.filter(row__gte=row).order_by("row").values_list("pk", flat=True)
    return at_or_after.first() or others.order_by("row").values_list("pk", flat=True).first()
