"""Reads of a dataset's versions: what each changed, and what lies between two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from common.database import among
from common.errors import NotFound
from common.text import counted
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from signals.filters.at_version import signals_at
from signals.models import FaultClass, Severity, Signal, SignalPast, Version

_AT_ONCE = 2_000


@dataclass(frozen=True)
class Change:
    """So many signals that had one label and got another; no label where there is none.

    Attributes
    ----------
    before, after : tuple of (FaultClass or None, Severity or None), or None
        None where the version does not hold them.
    n : int
    """

    before: tuple[FaultClass | None, Severity | None] | None
    after: tuple[FaultClass | None, Severity | None] | None
    n: int


@dataclass(frozen=True)
class Comparison:
    """What lies between two versions of a dataset, from the first to the second.

    Attributes
    ----------
    acts : list of Version
        Those that led from one to the other, the newest first.
    changes : list of Change
        The most signals first.
    counts : list of (FaultClass or None, int, int)
        Signals of each class in the first and in the second.
    """

    first: Version
    second: Version
    acts: list[Version]
    changes: list[Change]
    counts: list[tuple[FaultClass | None, int, int]]

    @property
    def n_relabelled(self) -> int:
        return sum(each.n for each in self.changes if each.before and each.after)

    @property
    def n_added(self) -> int:
        return sum(each.n for each in self.changes if each.before is None)

    @property
    def n_removed(self) -> int:
        return sum(each.n for each in self.changes if each.after is None)


def versions_of(user: Any, dataset: Dataset) -> QuerySet[Version]:
    """Return the versions of a dataset that `user` may see, the newest first."""
    visible = datasets_visible(user).filter(pk=dataset.pk).exists()
    versions = Version.objects.filter(store=dataset.store_id).select_related("author", "undoes")
    return versions.order_by("-number") if visible else versions.none()


def version_get(user: Any, dataset: Dataset, number: int) -> Version:
    """Return one version of a dataset that `user` may see."""
    version = versions_of(user, dataset).filter(number=number).first()
    if version is None:
        raise NotFound(f"This dataset has no version {number}.")
    return version


def version_signals(user: Any, dataset: Dataset, number: int | None = None) -> QuerySet[Signal]:
    """Return the signals that a version held, labelled as they were; by default the current one."""
    if number is None or number == dataset.store.version:
        visible = datasets_visible(user).filter(pk=dataset.pk).exists()
        signals = Signal.objects.filter(store=dataset.store_id).order_by()
        return signals if visible else signals.none()
    return signals_at(version_get(user, dataset, number))


def change_words(version: Version) -> str:
    """Say what a version changed, as in “12 signals relabelled, 1 signal removed”."""
    parts = (
        (version.n_relabelled, "relabelled"),
        (version.n_added, "added"),
        (version.n_removed, "removed"),
    )
    said = [f"{counted(n, 'signal')} {what}" for n, what in parts if n]
    return ", ".join(said) or "nothing changed"


def comparison(user: Any, dataset: Dataset, first: int, second: int) -> Comparison:
    """Return what lies between two versions of a dataset that `user` may see."""
    one, other = (version_get(user, dataset, number) for number in (first, second))
    low, high = sorted((first, second))
    acts = versions_of(user, dataset).filter(number__gt=low, number__lte=high)
    return Comparison(one, other, list(acts), _changes(one, other), _counts(one, other))


def changed_signals(
    user: Any, dataset: Dataset, first: int, second: int
) -> Iterator[tuple[int, str, tuple[str, str] | None, tuple[str, str] | None]]:
    """Yield id, label and what class and severity were and became of each signal that differs."""
    one, other = (version_get(user, dataset, number) for number in (first, second))
    inner, parameters = _side_by_side(one, other)
    classes, severities = _named(FaultClass), _named(Severity)

    def words(held: bool, pair: tuple[int | None, int | None]) -> tuple[str, str] | None:
        if not held:
            return None
        fault_class, severity = classes.get(pair[0]), severities.get(pair[1])
        return (fault_class.name if fault_class else "", severity.name if severity else "")

    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT id, a_held, a_class, a_severity, b_held, b_class, b_severity
                FROM ({inner}) AS found WHERE id > %s ORDER BY id LIMIT %s
                """,  # noqa: S608 - made by Django
                [*parameters, last, _AT_ONCE],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        labels = dict(
            Signal.objects.filter(pk__in=among(row[0] for row in rows)).values_list("pk", "label")
        )
        for pk, *held in rows:
            before, after = (words(part[0], (part[1], part[2])) for part in (held[:3], held[3:]))
            yield pk, labels.get(pk, ""), before, after


def _changes(one: Version, other: Version) -> list[Change]:
    inner, parameters = _side_by_side(one, other)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT a_held, a_class, a_severity, b_held, b_class, b_severity, count(*)
            FROM ({inner}) AS found GROUP BY 1, 2, 3, 4, 5, 6
            """,  # noqa: S608 - made by Django
            parameters,
        )
        rows = cursor.fetchall()
    classes, severities = _named(FaultClass), _named(Severity)
    found = [
        Change(
            (classes.get(row[1]), severities.get(row[2])) if row[0] else None,
            (classes.get(row[4]), severities.get(row[5])) if row[3] else None,
            row[6],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: -each.n)


def _side_by_side(one: Version, other: Version) -> tuple[str, list[Any]]:
    """Return the query of the signals that differ, with what they were in both.

    Only those are looked at that have a past since the earlier one, or came after it.
    """
    early = min(one, other, key=lambda version: version.number)
    past = SignalPast.objects.filter(store=early.store_id, until__gt=early.number)
    touched = Q(pk__in=past.values("signal")) | Q(row__gte=early.n_rows)
    parts: list[str] = []
    parameters: list[Any] = []
    for version in (one, other):
        rows = signals_at(version).filter(touched).values_list("pk", "fault_class", "severity")
        text, values = rows.query.sql_with_params()
        parts.append(text)
        parameters += values
    query = f"""
        SELECT coalesce(a.id, b.id) AS id,
            a.id IS NOT NULL AS a_held, a.fault_class AS a_class, a.severity AS a_severity,
            b.id IS NOT NULL AS b_held, b.fault_class AS b_class, b.severity AS b_severity
        FROM ({parts[0]}) AS a (id, fault_class, severity)
        FULL JOIN ({parts[1]}) AS b (id, fault_class, severity) ON a.id = b.id
        WHERE (a.id IS NULL) <> (b.id IS NULL)
            OR (a.fault_class, a.severity) IS DISTINCT FROM (b.fault_class, b.severity)
    """  # noqa: S608 - made by Django
    return query, parameters


def _counts(one: Version, other: Version) -> list[tuple[FaultClass | None, int, int]]:
    first, second = (
        dict(signals_at(version).values_list("fault_class").annotate(n=Count("*")))
        for version in (one, other)
    )
    classes = _named(FaultClass)
    held = sorted(
        first.keys() | second.keys(),
        key=lambda pk: classes[pk].position if pk in classes else 10_000,
    )
    return [(classes.get(pk), first.get(pk, 0), second.get(pk, 0)) for pk in held]


def _named(model: Any) -> dict[int | None, Any]:
    return {row.pk: row for row in model.objects.all()}
