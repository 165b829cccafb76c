"""Labels of signals and the order of classes: each change with a line of history."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import F, Max, QuerySet

from common.errors import Invalid, NotAllowed
from common.roles import is_curator
from common.text import counted, thousands
from monitoring.events import event_record
from monitoring.models import SystemEvent
from signals.models import FaultClass, Severity, Signal, SignalStore
from signals.selectors import signals_visible, stores_labelled, stores_visible
from signals.services.history import history_write
from vibration.simulation.catalogue import HEALTHY

MOST_AT_ONCE: Final = 10_000
_FOLLOWERS: list[Callable[[set[int]], None]] = []


class Keep(Enum):
    KEEP = auto()


@dataclass(frozen=True, kw_only=True)
class Relabel:
    """New labels; `Keep.KEEP` leaves a label, None takes it away."""

    fault_class: FaultClass | Keep | None = Keep.KEEP
    severity: Severity | Keep | None = Keep.KEEP

    def applied_to(self, signal: Signal) -> tuple[FaultClass | None, Severity | None]:
        fault_class = signal.fault_class if self.fault_class is Keep.KEEP else self.fault_class
        severity = signal.severity if self.severity is Keep.KEEP else self.severity
        if fault_class is not None and fault_class.code == HEALTHY:
            if isinstance(self.severity, Severity):
                raise Invalid(
                    f"{signal} is healthy, and a healthy signal has no severity: leave it out."
                )
            severity = None
        return fault_class, severity


def register_relabel_follower(follow: Callable[[set[int]], None]) -> None:
    """Have `follow` called with the ids of the stores whose signals got other labels."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


@transaction.atomic
def signals_relabel(*, user: Any, signals: QuerySet[Signal], labels: Relabel) -> int:
    """Give signals other labels; return how many changed.

    Whatever was computed from the old labels is out of date: each store gets a new version, its
    random order within the classes is dealt out again, and the followers count again.
    """
    changed, entries = [], []
    for signal in _labelled(user, signals):
        before = signal.fault_class, signal.severity
        after = labels.applied_to(signal)
        if before != after:
            signal.fault_class, signal.severity = after
            changed.append(signal)
            entries.append((signal, _difference(before, after)))
    Signal.objects.bulk_update(changed, ["fault_class", "severity"], batch_size=1000)
    store_ids = {signal.store_id for signal in changed}
    SignalStore.objects.filter(pk__in=store_ids).update(version=F("version") + 1)
    _rank_again(store_ids)
    history_write(user=user, entries=entries)
    _events_write(user, entries)
    for follow in _FOLLOWERS:
        follow(store_ids)
    return len(changed)


def _events_write(user: Any, entries: list[tuple[Signal, str]]) -> None:
    """Write one event for each store: how many signals were changed, and how where all alike."""
    said: dict[int, list[str]] = {}
    for signal, words in entries:
        said.setdefault(signal.store_id, []).append(words)
    named = SignalStore.objects.filter(pk__in=said).values_list("pk", "dataset__name")
    for pk, name in named.order_by("pk"):
        alike = said[pk][0] if len(set(said[pk])) == 1 else "Several changes."
        event_record(
            kind=SystemEvent.Kind.RELABELLED,
            actor=user,
            subject=name or "Signals",
            detail=f"{counted(len(said[pk]), 'signal')}: {alike}",
            about=SignalStore(pk=pk).about,
        )


@transaction.atomic
def fault_class_move(*, user: Any, fault_class: FaultClass, down: bool) -> None:
    """Change places with the class before, or after, on every page."""
    _may_curate_or_refuse(user)
    rows = list(FaultClass.objects.select_for_update().order_by("position"))
    here = rows.index(fault_class)
    there = here + (1 if down else -1)
    if not 0 <= there < len(rows):
        raise Invalid("It is at the end already.")
    own, other = rows[here], rows[there]
    highest = FaultClass.objects.aggregate(highest=Max("position"))["highest"]
    # Positions are unique at every moment, so one of the two waits beyond the others.
    for row, position in ((own, highest + 1), (other, own.position), (own, other.position)):
        FaultClass.objects.filter(pk=row.pk).update(position=position)
    history_write(user=user, entries=[(own, f"Changed places with “{other}”.")])


def _may_curate_or_refuse(user: Any) -> None:
    if not is_curator(user):
        raise NotAllowed("The order of classes is changed by curators.")


def may_relabel_or_refuse(user: Any, signals: QuerySet[Signal]) -> None:
    """Refuse where `user` may not change the labels of all these signals that this person sees."""
    others = stores_visible(user).exclude(pk__in=stores_labelled(user).order_by().values("pk"))
    chosen = Signal.objects.filter(pk__in=signals.values("pk"))  # signals may be a part of a query
    if chosen.filter(store__in=others.order_by().values("pk")).exists():
        raise NotAllowed(
            "Labels are edited by the signals' owner, by members who may label, and by curators."
        )


def _labelled(user: Any, signals: QuerySet[Signal]) -> list[Signal]:
    may_relabel_or_refuse(user, signals)
    rows = list(
        signals_visible(user)
        .filter(pk__in=signals.values("pk"))
        .only("label", "store", "fault_class", "severity")
        .select_for_update(of=("self",))
        .order_by("pk")[: MOST_AT_ONCE + 1]
    )
    if len(rows) > MOST_AT_ONCE:
        raise Invalid(
            f"At most {thousands(MOST_AT_ONCE)} signals can be changed at once; choose fewer."
        )
    return rows


def _difference(
    before: tuple[models.Model | None, ...], after: tuple[models.Model | None, ...]
) -> str:
    parts = (
        f"{name}: {old or '–'} → {new or '–'}."
        for name, old, new in zip(("Class", "Severity"), before, after, strict=True)
        if old != new
    )
    return " ".join(parts)


def _rank_again(store_ids: set[int]) -> None:
    """Number each class from 0 in the random order its signals have: no gap, nothing twice."""
    table = connection.ops.quote_name(Signal._meta.db_table)
    statement = f"""
        UPDATE {table} AS signal SET rank_in_class = ranked.rank
        FROM (
            SELECT id, row_number() OVER (
                PARTITION BY store_id, fault_class_id ORDER BY rank_in_class, md5(seed_key), id
            ) - 1 AS rank
            FROM {table} WHERE store_id = ANY(%s)
        ) AS ranked
        WHERE signal.id = ranked.id AND signal.rank_in_class <> ranked.rank
    """  # noqa: S608 - the table's name comes from the model
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(store_ids)])
