"""A dataset of index rows alone, drawn by PostgreSQL: to try the pages at a size, not to look at.

No waveform lies behind a row and its features are chance, so the command that makes one is kept
from running by mistake.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from common.errors import Invalid
from datasets.models import ClassCount, Dataset
from datasets.selectors import name_is_taken
from signals.models import FaultClass, Severity, Signal, SignalStore, Version
from signals.services.versions import version_write
from vibration.features import FEATURE_NAMES
from vibration.simulation import CLASS_CODES

MOST_ROWS: Final = 5_000_000
_AT_ONCE: Final = 100_000
_SEED: Final = 0.5
# Nearly Gaussian, and positive with a spread of a third.
_Z: Final = "(random() + random() + random() - 1.5) * 2"


def index_make(
    *,
    owner: Any,
    name: str,
    n: int,
    visibility: str = "private",
    progress: Callable[[int], None] | None = None,
) -> Dataset:
    """Write a ready dataset of n index rows: all classes and severities, all 36 features."""
    if name_is_taken(name):
        raise Invalid(f"The name “{name}” is taken. Choose another one.")
    if not 1 <= n <= MOST_ROWS:
        raise Invalid(f"An index has 1 to {MOST_ROWS} rows.")
    classes = list(FaultClass.objects.filter(code__in=CLASS_CODES).order_by("position"))
    if not classes:
        raise Invalid("There are no fault classes; run the seed command once.")
    with transaction.atomic():
        store = SignalStore(owner=owner, visibility=visibility, n_signals=n)
        store.full_clean()
        store.save()
        _insert(store, classes, n, progress)
        version_write(store=store, user=owner, act=Version.Act.MADE, n_added=n)
        return _dataset(store, name, classes, n)


def _insert(
    store: SignalStore,
    classes: list[FaultClass],
    n: int,
    progress: Callable[[int], None] | None,
) -> None:
    severities = list(Severity.objects.order_by("level").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT setseed(%s)", [_SEED])
        for first in range(0, n, _AT_ONCE):
            last = min(first + _AT_ONCE, n)
            values: dict[str, Any] = {
                "store": store.pk,
                "classes": [row.pk for row in classes],
                "prefixes": [row.label_prefix for row in classes],
                "severities": severities,
                "n_classes": len(classes),
                "n_severities": len(severities),
                "first": first,
                "last": last - 1,
            }
            cursor.execute(_statement(), values)
            if progress is not None:
                progress(last)


def _statement() -> str:
    """Deal the rows out to the classes in turn; all else is chance, so the order within is too."""
    table = connection.ops.quote_name(Signal._meta.db_table)
    features = ", ".join(connection.ops.quote_name(name) for name in FEATURE_NAMES)
    drawn = ", ".join(
        f"exp({_Z} / 3) * (1 + 0.1 * ((c * {3 + number}) %% 7))"
        for number in range(len(FEATURE_NAMES))
    )
    return f"""
        INSERT INTO {table} (
            store_id, row, label, channel, fs_hz, n_samples, unit, fault_class_id, severity_id,
            progresses, rpm, load_percent, transient, augmented, seed_key, rank_in_class, {features}
        )
        SELECT
            %(store)s, r, (%(prefixes)s::text[])[c] || '-' || to_char(rank + 1, 'FM00000000'), '',
            20480, 102400, 'g', (%(classes)s::bigint[])[c],
            (%(severities)s::bigint[])[1 + floor(random() * %(n_severities)s)::int],
            false, 3600 + 300 * {_Z}, 30 + 70 * random(), 'none', false, '', rank, {drawn}
        FROM (
            SELECT r, 1 + r %% %(n_classes)s AS c, r / %(n_classes)s AS rank
            FROM generate_series(%(first)s::int, %(last)s::int) AS r
        ) AS dealt
    """  # noqa: S608 - the names come from the model


def _dataset(store: SignalStore, name: str, classes: list[FaultClass], n: int) -> Dataset:
    dataset = Dataset(
        name=name,
        description="Index rows without waveforms, made to try the pages at this size.",
        status=Dataset.Status.READY,
        store=store,
        n_planned=n,
        ready_at=timezone.now(),
    )
    dataset.full_clean()
    dataset.save()
    each, over = divmod(n, len(classes))
    ClassCount.objects.bulk_create(
        ClassCount(dataset=dataset, fault_class=row, n_signals=each + (place < over))
        for place, row in enumerate(classes)
        if each + (place < over)
    )
    return dataset


def next_name() -> str:
    """Return a name for an index that is not taken."""
    newest = Dataset.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return f"Index {newest + 1}"
