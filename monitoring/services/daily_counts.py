"""Keep the day's counts in step with what there is."""

from datetime import date

from monitoring.daily_counts import counts_now
from monitoring.models import DailyCount


def daily_counts_write(*, date: date) -> int:
    """Write what changed since the last look of this day; return how many rows did.

    The last look of a day is what the day is remembered by.
    """
    known = {_key(row): row for row in DailyCount.objects.filter(date=date)}
    new, changed = [], []
    for count in counts_now():
        row = known.pop((count.kind, count.scope, count.owner_id), None)
        if row is None:
            new.append(
                DailyCount(
                    date=date,
                    kind=count.kind,
                    scope=count.scope,
                    owner_id=count.owner_id,
                    value=count.value,
                )
            )
        elif row.value != count.value:
            row.value = count.value
            changed.append(row)
    gone = [row.pk for row in known.values() if row.owner_id is not None]
    DailyCount.objects.bulk_create(new)
    DailyCount.objects.bulk_update(changed, ["value"])
    DailyCount.objects.filter(pk__in=gone).delete()
    return len(new) + len(changed) + len(gone)


def _key(row: DailyCount) -> tuple[str, str, int | None]:
    return row.kind, row.scope, row.owner_id
