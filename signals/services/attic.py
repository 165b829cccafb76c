"""What lies away: signals that were taken out of a store, kept for its earlier versions.

All of it is done to a store that `versions` has locked.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, OuterRef

from common.database import among
from common.errors import Invalid
from common.text import counted
from signals.models import Signal, SignalPast, SignalStore, Version
from signals.services.ranks import ranks_deal


def attic_empty(*, store: SignalStore) -> None:
    """Give a store back the signals it had lost, before it is removed with all it has."""
    Signal.objects.filter(store__attic_of=store.pk).update(store=store)
    SignalStore.objects.filter(attic_of=store.pk).delete()


def put_away(store: SignalStore, pks: Sequence[int]) -> int:
    """Move signals of a locked store to its attic; return how many."""
    if not pks:
        return 0
    signal, past = tables()
    attic = SignalStore.objects.filter(attic_of=store).first()
    if attic is None:
        attic = SignalStore(attic_of=store, owner=None, created_at=store.created_at)
        attic.save()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {past} (
                store_id, signal_id, since, until, fault_class_id, severity_id, is_absent
            )
            SELECT own.store_id, own.id, {since_sql()}, %s, own.fault_class_id,
                own.severity_id, false
            FROM {signal} AS own WHERE own.store_id = %s AND own.id = ANY(%s::bigint[])
            """,  # noqa: S608 - the names come from the models
            [store.version + 1, store.pk, list(pks)],
        )
        n = int(cursor.rowcount)
    if n >= store.n_signals:
        raise Invalid(f"These are all its {counted(n, 'signal')}; delete the dataset instead.")
    Signal.objects.filter(store=store, pk__in=among(pks)).update(store=attic)
    _count_again(store, -n)
    return n


def bring_back(store: SignalStore, version: Version) -> int:
    """Move back what a version had removed and is still away; return how many."""
    later = SignalPast.objects.filter(signal=OuterRef("signal"), until__gt=version.number)
    gone = SignalPast.objects.filter(
        ~Exists(later), store=store, until=version.number, signal__store__attic_of=store
    )
    pks = list(gone.values_list("signal_id", flat=True))
    SignalPast.objects.bulk_create(
        (
            SignalPast(
                store=store,
                signal_id=pk,
                since=version.number,
                until=store.version + 1,
                is_absent=True,
            )
            for pk in pks
        ),
        batch_size=10_000,
    )
    if pks:
        Signal.objects.filter(pk__in=among(pks)).update(store=store)
        _count_again(store, len(pks))
    return len(pks)


def came_with(store: SignalStore, version: Version) -> list[int]:
    """Return the signals that came with a version: new ones, and those it had brought back."""
    pks = list(
        SignalPast.objects.filter(
            store=store, until=version.number, is_absent=True, signal__store=store
        ).values_list("signal_id", flat=True)
    )
    before = store.versions.filter(number__lt=version.number).order_by("-number").first()
    if before is not None and version.n_rows > before.n_rows:
        rows = store.signals.filter(row__gte=before.n_rows, row__lt=version.n_rows)
        pks += rows.values_list("pk", flat=True)
    return pks


def _count_again(store: SignalStore, more: int) -> None:
    store.n_signals += more
    store.save(update_fields=["n_signals"])
    ranks_deal(store)


def since_sql() -> str:
    """Return from which version a signal has been what it is."""
    _, past = tables()
    return (
        f"coalesce((SELECT max(until) FROM {past} AS earlier "  # noqa: S608
        "WHERE earlier.signal_id = own.id), 0)"
    )


def tables() -> tuple[str, ...]:
    """Return the names of the tables of signals and of their past, quoted."""
    return tuple(connection.ops.quote_name(model._meta.db_table) for model in (Signal, SignalPast))
