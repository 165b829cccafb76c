"""Writes of curators: labels and the order of classes, each with a line of history."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from common.database import among
from common.errors import Invalid, NotAllowed
from common.roles import is_curator
from signals.models import FaultClass, Severity, Signal, Version
from signals.selectors import may_label
from signals.services.history import history_write
from signals.services.versions import (
    chosen_of,
    labels_write,
    reason_clean,
    store_locked,
    version_write,
    versions_tell,
)
from vibration.simulation.catalogue import HEALTHY

_REFUSAL: Final = (
    "Labels are edited by the owner of the signals, by members who may label, and by curators."
)


class Keep(Enum):
    KEEP = auto()


@dataclass(frozen=True, kw_only=True)
class Relabel:
    """New labels; `Keep.KEEP` leaves a label, None takes it away."""

    fault_class: FaultClass | Keep | None = Keep.KEEP
    severity: Severity | Keep | None = Keep.KEEP

    def prove(self, signals: QuerySet[Signal]) -> None:
        """Refuse a severity for a healthy signal."""
        if not isinstance(self.severity, Severity):
            return
        if self.fault_class is Keep.KEEP:
            healthy = signals.filter(fault_class__code=HEALTHY).order_by("pk").first()
        else:
            is_healthy = self.fault_class is not None and self.fault_class.code == HEALTHY
            healthy = signals.order_by("pk").first() if is_healthy else None
        if healthy is not None:
            raise Invalid(
                f"{healthy} is healthy, and a healthy signal has no severity: leave it out."
            )


@dataclass(frozen=True)
class Relabelled:
    """What one act of relabelling did: how many signals changed, and the versions it made."""

    n: int
    versions: tuple[Version, ...]


@transaction.atomic
def signals_relabel(
    *, user: Any, signals: QuerySet[Signal], labels: Relabel, reason: str
) -> Relabelled:
    """Give signals other labels: one new version of each store, with who did it and why.

    Whatever was computed from the old labels is out of date with the old version; the random order
    within the classes is dealt out again, and the followers of versions count again.
    """
    why = reason_clean(reason)
    chosen = chosen_of(user, signals, may_label, _REFUSAL)
    made = []
    for store_id in sorted(chosen):
        store, pks = store_locked(store_id), chosen[store_id]
        labels.prove(store.signals.filter(pk__in=among(pks)))
        n = labels_write(store, *_wanted(labels, pks))
        if n:
            act = Version.Act.RELABELLED
            made.append(version_write(store=store, user=user, act=act, reason=why, n_relabelled=n))
    versions_tell(made)
    return Relabelled(sum(version.n_relabelled for version in made), tuple(made))


def _wanted(labels: Relabel, pks: list[int]) -> tuple[str, list[Any]]:
    """Return the query of what signals are to be, and its parameters."""
    table = connection.ops.quote_name(Signal._meta.db_table)
    healthy = FaultClass.objects.filter(code=HEALTHY).values_list("pk", flat=True).first()
    parts, parameters = [], []
    for column, label in (
        ("fault_class_id", labels.fault_class),
        ("severity_id", labels.severity),
    ):
        parts.append(column if label is Keep.KEEP else "%s::bigint")
        parameters += [] if label is Keep.KEEP else [label.pk if label is not None else None]
    fault_class, severity = parts
    of_class = parameters[:1] if labels.fault_class is not Keep.KEEP else []
    query = f"""
        SELECT id, {fault_class} AS fault_class_id,
            CASE WHEN {fault_class} = %s THEN NULL ELSE {severity} END AS severity_id
        FROM {table} WHERE id = ANY(%s::bigint[])
    """  # noqa: S608 - the names come from the model
    rest = parameters[len(of_class) :]
    return query, [*of_class, *of_class, healthy, *rest, pks]


@transaction.atomic
def fault_class_move(*, user: Any, fault_class: FaultClass, down: bool) -> None:
    """Change places with the class before, or after, on every page."""
    if not is_curator(user):
        raise NotAllowed("Labels are edited by curators.")
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
