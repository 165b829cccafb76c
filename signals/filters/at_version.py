"""The signals of a store as they were in one of its versions, as a queryset like any other."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.sql.datastructures import BaseTable

from signals.models import Signal, SignalPast, SignalStore, Version


def signals_at(version: Version) -> QuerySet[Signal]:
    """Return the signals that a version held, with the labels that they had in it, unordered.

    For reading alone. It reads the store's rows and those of what has changed since; whoever asks
    for the version that is current reads the signals themselves, without any of this.
    """
    signals = Signal.objects.order_by()
    query = signals.query
    alias = query.get_initial_alias()
    query.alias_map[alias] = _SignalsAt(query.alias_map[alias].table_name, alias, version)
    return signals


class _SignalsAt(BaseTable):
    """Stands in a query where the table of signals would."""

    def __init__(self, table_name: str, alias: str | None, version: Version) -> None:
        super().__init__(table_name, alias)
        self.version = version

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        statement = _statement(self.version, connection.ops.quote_name)
        return f"({statement}) {compiler.quote_name_unless_alias(self.table_alias)}", ()

    def relabeled_clone(self, change_map: dict[str | None, str]) -> "_SignalsAt":
        alias = change_map.get(self.table_alias, self.table_alias)
        return self.__class__(self.table_name, alias, self.version)

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.version.pk)


def _statement(version: Version, quote: Any) -> str:
    """Return the signals as they were; one that changed since has one row of the past that spans
    the version.

    The random order within a class is that of `signals.services.ranks.ranks_deal`.
    """
    signal, past, stores = (
        quote(model._meta.db_table) for model in (Signal, SignalPast, SignalStore)
    )
    labels = {
        name: f"CASE WHEN past.id IS NULL THEN own.{name} ELSE past.{name} END"
        for name in ("fault_class_id", "severity_id")
    }
    store_id, number, n_rows = (
        int(part) for part in (version.store_id, version.number, version.n_rows)
    )
    computed: dict[str | None, str] = {
        "fault_class_id": labels["fault_class_id"],
        "severity_id": labels["severity_id"],
        "store_id": f"{store_id}::bigint",
        "rank_in_class": f"row_number() OVER (PARTITION BY {labels['fault_class_id']} "
        "ORDER BY md5(own.row::text), own.row) - 1",
    }
    columns = ", ".join(
        f"{computed.get(field.column, f'own.{quote(field.column)}')} AS {quote(field.column)}"
        for field in Signal._meta.local_concrete_fields
    )
    return f"""
        SELECT {columns} FROM {signal} AS own
        LEFT JOIN {past} AS past
            ON past.signal_id = own.id AND past.since <= {number} AND past.until > {number}
        WHERE own.store_id IN (SELECT id FROM {stores} WHERE id = {store_id}
            OR attic_of_id = {store_id})
        AND own.row < {n_rows}
        AND CASE WHEN past.id IS NULL THEN own.store_id = {store_id} ELSE NOT past.is_absent END
    """  # noqa: S608 - the names come from the models, the numbers are numbers
