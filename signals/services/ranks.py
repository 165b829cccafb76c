"""The random order within each class, from which a fair sample is drawn."""

from django.db import connection

from signals.models import Signal, SignalStore


def ranks_deal(store: SignalStore) -> None:
    """Number each class of a store from 0 in a random order, the same each time for the same rows.

    It hangs on the rows alone, so an old version has the very order that it had when it was new.
    """
    signal = connection.ops.quote_name(Signal._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {signal} AS own SET rank_in_class = dealt.place
            FROM (
                SELECT id, row_number() OVER (
                    PARTITION BY fault_class_id ORDER BY md5(row::text), row
                ) - 1 AS place
                FROM {signal} WHERE store_id = %s
            ) AS dealt
            WHERE own.id = dealt.id AND own.rank_in_class <> dealt.place
            """,  # noqa: S608 - the name comes from the model
            [store.pk],
        )
