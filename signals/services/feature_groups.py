"""Measure the groups of features beside the 36, for a whole store, when somebody asks for them.

What was measured before stays; a second attempt goes on from there.
"""

import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from common.database import retried
from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator, may_manage
from common.text import counted
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.kinds import MEASURE
from signals.models import Signal, SignalFeatures, SignalStore, StoreFeatures
from signals.selectors import stores_visible
from signals.services.bearings import bearing_of
from signals.waveforms.sources import LONG_SAMPLES, source_at
from vibration.features import MIN_FEATURE_SAMPLES
from vibration.features.groups import FEATURE_GROUPS, FeatureGroup, Measured
from vibration.quantities import unit_of

BLOCK: Final = 100


def may_measure(user: Any, store: SignalStore) -> bool:
    """Tell whether `user`, who sees the store, may have features of its signals measured."""
    return may_manage(user, store.owner_id) or is_curator(user)


def features_request(*, user: Any, store: SignalStore, group: str, url: str = "") -> StoreFeatures:
    """Have a worker measure a group for all signals of a store, unless one is at it.

    Raises
    ------
    NotFound
        Where `user` does not see the store.
    NotAllowed
        Where it belongs to somebody else.
    Invalid
        For an unknown group, and bearing orders where no bearing is known.
    """
    if group not in FEATURE_GROUPS:
        raise Invalid("There is no such group of features.")
    if not stores_visible(user).filter(pk=store.pk).exists():
        raise NotFound("There is no such dataset.")
    if not may_measure(user, store):
        raise NotAllowed("Features are measured for the owner of the signals or a curator.")
    if why := why_not(store, group):
        raise Invalid(why)
    with transaction.atomic():
        row, _ = StoreFeatures.objects.get_or_create(store=store, group=group)
        row = StoreFeatures.objects.select_for_update(of=["self"]).get(pk=row.pk)
        if row.job is None or not row.job.is_active:
            if row.stamp is None:  # begun with another bearing, or never ended
                SignalFeatures.objects.filter(group=group, signal__store=store.pk).delete()
            title = f"{FEATURE_GROUPS[group].title} of {counted(store.n_signals, 'signal')}"
            row.job = job_create(
                owner=user, kind=MEASURE, title=title, url=url, total=store.n_signals
            )
            row.save(update_fields=["job"])
            job_enqueue(row.job)
    return row


def store_features_fill(*, store: SignalStore, check: Callable[[], None] = lambda: None) -> None:
    """Measure every group that the signals of a store may carry, as an import does at its end."""
    for group in FEATURE_GROUPS:
        if not why_not(store, group):
            n_known = store_features_measure(store=store, group=group, check=check)
            with transaction.atomic():
                _hold(store)
                store_features_measured(store=store, group=group, n_known=n_known)


def features_cancel(*, user: Any, store: SignalStore, group: str) -> None:
    """Stop measuring a group; who asked for it may, and superusers.

    Raises
    ------
    Invalid
        Where nothing is being measured.
    """
    rows = StoreFeatures.objects.filter(store__in=stores_visible(user)).select_related("job")
    row = rows.filter(store=store.pk, group=group).first()
    if row is None or row.job is None:
        raise Invalid("Nothing is being measured; there is nothing to cancel.")
    job_cancel_request(user=user, job=row.job)


def why_not(store: SignalStore, group: str) -> str:
    """Say why a group cannot be measured for any signal of a store; empty where it can."""
    if group != "bearing_orders":
        return ""
    if not _with_bearing(store).exists():
        return "Bearing orders need a bearing: choose the one in which the signals were measured."
    if not store.signals.filter(rpm__gt=0).exists():
        return "Bearing orders need the shaft speed, which is not known of these signals."
    return ""


def features_measure(*, run: JobRun) -> None:
    """Measure what the run's job is about."""
    row = retried(partial(_row_of, run))
    n = store_features_measure(
        store=row.store,
        group=row.group,
        progress=lambda done: run.progress(done, max(row.store.n_signals, 1)),
        check=run.check,
        guard=partial(_still_asked, run, row.pk),
    )
    retried(partial(_finish, run, row, n))


def store_features_measure(
    *,
    store: SignalStore,
    group: str,
    progress: Callable[[int], None] = lambda done: None,
    check: Callable[[], None] = lambda: None,
    guard: Callable[[], None] = lambda: None,
) -> int:
    """Measure a group for those signals of a store that lack it; return how many have a value.

    `check` is called before each signal, `guard` in each transaction that writes; both raise where
    the work is to stop. Call `store_features_measured` in the transaction that makes them seen.
    """
    kind = FEATURE_GROUPS[group]
    n_done = retried(store.signals.exclude(_lacking(group)).count)
    for signals in _blocks(store, group):
        rows = []
        for signal in signals:
            check()
            rows.append(
                SignalFeatures(signal=signal, group=group, values=group_measure(signal, kind))
            )
        retried(partial(_keep, store, rows, guard))
        n_done += len(rows)
        progress(n_done)
    known = SignalFeatures.objects.filter(signal__store=store, group=group)
    return retried(known.exclude(values=[None] * len(kind.features)).count)


def store_features_measured(*, store: SignalStore, group: str, n_known: int) -> None:
    """Note that a group is there, under a stamp that no earlier measurement had."""
    StoreFeatures.objects.update_or_create(
        store=store,
        group=group,
        defaults={"stamp": uuid.uuid4(), "n_known": n_known, "measured_at": timezone.now()},
    )


def _with_bearing(store: SignalStore) -> QuerySet[Signal]:
    ways = ("bearing", "recording__specimen__bearing", "store__bearing")
    named = [Q(**{f"{way}__isnull": False}) for way in ways]
    return store.signals.filter(named[0] | named[1] | named[2])


def _lacking(group: str) -> Q:
    measured = SignalFeatures.objects.filter(signal=OuterRef("pk"), group=group)
    return Q(~Exists(measured))


def _blocks(store: SignalStore, group: str) -> Iterator[list[Signal]]:
    last = -1
    while True:
        lacking = store.signals.filter(_lacking(group), row__gt=last)
        rows = lacking.select_related(
            "bearing", "recording__specimen__bearing", "store__bearing"
        ).order_by("row")[:BLOCK]
        found: list[Signal] = retried(partial(list, rows))
        if not found:
            return
        yield found
        last = found[-1].row


def group_measure(signal: Signal, group: FeatureGroup) -> list[float | None]:
    """Measure one signal; of a record too long to hold its first part."""
    nothing: list[float | None] = [None] * len(group.features)
    if not unit_of(signal.unit).quantity.is_vibration and unit_of(signal.unit).is_known:
        return nothing
    if signal.n_samples < MIN_FEATURE_SAMPLES:
        return nothing
    bearing = bearing_of(signal)
    with source_at(signal) as source:
        samples = source.read(0, min(source.n_samples, LONG_SAMPLES))
    measured = Measured(
        samples=samples,
        fs_hz=signal.fs_hz,
        unit=signal.unit,
        shaft_hz=signal.shaft_hz,
        orders=bearing.orders if bearing else None,
    )
    return [value if math.isfinite(value) else None for value in group.measure(measured).tolist()]


@transaction.atomic
def _keep(store: SignalStore, rows: Sequence[SignalFeatures], guard: Callable[[], None]) -> None:
    _hold(store)
    guard()
    SignalFeatures.objects.bulk_create(rows, ignore_conflicts=True)


def _hold(store: SignalStore) -> None:
    """Have who removes the store wait for what is written; what is removed gets nothing more."""
    kept = SignalStore.objects.filter(pk=store.pk, removed_by=None)
    if kept.select_for_update(no_key=True).first() is None:
        raise JobLost


def _row_of(run: JobRun) -> StoreFeatures:
    row = StoreFeatures.objects.select_related("store").filter(job=run.job).first()
    if row is None:
        raise JobLost
    return row


def _still_asked(run: JobRun, pk: int) -> None:
    """Hold the row until the values are written: a new bearing forgets them before or after."""
    row = StoreFeatures.objects.select_for_update(of=["self"]).filter(pk=pk).first()
    if row is None or row.job_id != run.job.pk:
        raise JobLost


@transaction.atomic
def _finish(run: JobRun, row: StoreFeatures, n_known: int) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    _still_asked(run, row.pk)
    job_complete(run.job)
    store_features_measured(store=row.store, group=row.group, n_known=n_known)
