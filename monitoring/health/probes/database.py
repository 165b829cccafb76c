"""PostgreSQL about itself: connections, sizes, slow statements. Reads only."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

STATEMENTS_SHOWN = 5
TABLES_SHOWN = 5
_STATEMENT_LENGTH = 300

_STATE = """
SELECT current_setting('server_version'),
       current_setting('max_connections')::int,
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend'),
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
         AND state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()),
       (SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()),
       blks_hit, blks_read
  FROM pg_stat_database WHERE datname = current_database()
"""
_TABLES = """
SELECT relname, pg_total_relation_size(relid), n_live_tup FROM pg_stat_user_tables
 ORDER BY 2 DESC LIMIT %s
"""
# Without looks at the server's own tables, these probes among them.
_RECORDED = """
SELECT s.query, s.mean_exec_time, s.calls FROM {schema}.pg_stat_statements s
  JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
 WHERE s.query !~* '^\\s*(begin|commit|rollback|savepoint|release|set|show|copy|create|alter|drop)'
   AND s.query !~ '\\mpg_(stat|class|total|database)'
 ORDER BY s.mean_exec_time DESC LIMIT %s
"""
_RUNNING = """
SELECT query, extract(epoch FROM clock_timestamp() - query_start) * 1000, 1 FROM pg_stat_activity
 WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
   AND backend_type = 'client backend'
 ORDER BY query_start LIMIT %s
"""
_EXTENSION = """
SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
"""


@dataclass(frozen=True)
class Pool:
    """The connections the web process shares among its threads."""

    in_use: int
    size: int
    most: int
    waiting: int


@dataclass(frozen=True)
class Database:
    version: str
    connections: int
    most_connections: int
    active: int
    longest_transaction_s: float | None
    cache_hit_percent: float | None


@dataclass(frozen=True)
class Table:
    name: str
    size_bytes: int
    n_rows: int


@dataclass(frozen=True)
class Sizes:
    database_bytes: int
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Statement:
    text: str
    ms: float
    calls: int


@dataclass(frozen=True)
class Statements:
    """The slowest statements: recorded since the statistics began, or running now."""

    recorded: bool
    statements: tuple[Statement, ...]


def database() -> Database | None:
    """Read connections and the buffer cache's hit rate; None where PostgreSQL is away."""
    rows = _ask(_STATE)
    if not rows:
        return None
    version, most, n_open, active, longest_s, hit, read = rows[0]
    return Database(
        version=str(version),
        connections=int(n_open),
        most_connections=int(most),
        active=int(active),
        longest_transaction_s=None if longest_s is None else float(longest_s),
        cache_hit_percent=100 * hit / (hit + read) if hit + read else None,
    )


def sizes() -> Sizes | None:
    """Measure the database and its largest tables: it looks at every file, so not often."""
    total = _ask("SELECT pg_database_size(current_database())")
    tables = _ask(_TABLES, TABLES_SHOWN)
    if not total or tables is None:
        return None
    found = tuple(Table(str(name), int(size), int(n_rows)) for name, size, n_rows in tables)
    return Sizes(int(total[0][0]), found)


def statements() -> Statements | None:
    """Read the slowest statements; of a server without pg_stat_statements those running now."""
    schema = _ask(_EXTENSION)
    recorded = _ask(_RECORDED.format(schema=schema[0][0]), STATEMENTS_SHOWN) if schema else None
    rows = _ask(_RUNNING, STATEMENTS_SHOWN) if recorded is None else recorded
    if rows is None:
        return None
    found = tuple(Statement(_one_line(text), float(ms), int(n)) for text, ms, n in rows)
    return Statements(recorded is not None, found)


def pool() -> Pool | None:
    """Read the pool's own counts; None in a process that has no pool."""
    shared = getattr(connection, "pool", None)
    if shared is None:
        return None
    stats = shared.get_stats()
    size = stats.get("pool_size", 0)
    return Pool(
        in_use=size - stats.get("pool_available", 0),
        size=size,
        most=stats.get("pool_max", size),
        waiting=stats.get("requests_waiting", 0),
    )


def _ask(query: str, *values: int) -> list[Any] | None:
    # In a savepoint: a statement that is refused must not take the request's transaction along.
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return list(cursor.fetchall())
    except (DatabaseError, InterfaceError):
        return None


def _one_line(text: str | None) -> str:
    """Return a statement on one line, less what all statements of an ORM begin with alike.

    >>> _one_line('SELECT "t"."id", "t"."name", "t"."rms" FROM "t" WHERE "t"."id" = $1')
    'SELECT … FROM t WHERE id = $1'
    """
    line = " ".join((text or "").split())
    line = re.sub(r"(?i)\bSELECT (DISTINCT )?(\"\w+\"\.\"\w+\"(?:, )?){2,}", r"SELECT \1…", line)
    line = re.sub(r'"\w+"\."(\w+)"', r"\1", line)
    return re.sub(r'"(\w+)"', r"\1", line)[:_STATEMENT_LENGTH]
