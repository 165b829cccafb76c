"""PostgreSQL as every room meets it: taking turns, outages, the order of migrations."""

from common.database.copying import copied_into
from common.database.outages import OUTAGES, PATIENCE_S, drop_connection, retried
from common.database.transactions import after_commit, person_lock

__all__ = [
    "OUTAGES",
    "PATIENCE_S",
    "after_commit",
    "copied_into",
    "drop_connection",
    "person_lock",
    "retried",
]
