"""PostgreSQL as every room meets it: turns, outages, the order of migrations, single rows."""

from common.database.copying import copied_into
from common.database.outages import OUTAGES, PATIENCE_S, drop_connection, retried
from common.database.rows import among, only_row
from common.database.transactions import after_commit, person_lock

__all__ = [
    "OUTAGES",
    "PATIENCE_S",
    "after_commit",
    "among",
    "copied_into",
    "drop_connection",
    "only_row",
    "person_lock",
    "retried",
]
