"""Migrations run while people work, and the release before goes on for a while.

Judged by the SQL that they send, statement by statement.
"""

import re
from dataclasses import dataclass

import pytest
from django.db import connection

from common.database.migrating import StepExecutor

OURS = ("monitoring", "signals", "datasets", "experiments")
# With a row for each signal, prediction, line of a log or event: locked for as long as they are
# read, these hold up everybody.
LARGE = {
    "signals_signal",
    "signals_signal_tags",
    "signals_signalfeatures",
    "signals_signalpast",
    "signals_splitmember",
    "signals_annotation",
    "signals_recording",
    "signals_labelreview",
    "monitoring_job",
    "monitoring_joblogline",
    "monitoring_systemevent",
    "monitoring_healthsample",
    "monitoring_notification",
}
# Made before the first release: no portal has run them with people in it. None joins these.
LOCKED_BEFORE_RELEASE = {
    "signals.0003_bearings": "column, foreign key and indexes of the bearing",
    "signals.0011_recordings": "column and foreign key of the recording",
}
MISSED_BEFORE_RELEASE = {
    "monitoring.0003_accounts_and_request_ids": "jobs without a request",
    "monitoring.0006_remove_daily_counts": "counts that nothing read any more",
    "signals.0016_pulses_and_faults": "sources of facts, with the import that writes them",
    "signals.0019_projected_features": "projections are made anew",
    "datasets.0004_import_load": "imports under way are begun again",
    "datasets.0005_pulses_and_faults": "imports under way are begun again",
    "datasets.0011_import_revision": "imports under way are begun again",
}


@dataclass(frozen=True)
class Statement:
    """One statement of a migration, and the table it is about where it says one."""

    migration: str
    sql: str
    is_about_new_table: bool

    @property
    def table(self) -> str:
        return table_of(self.sql)

    @property
    def is_about_large_table(self) -> bool:
        return self.table in LARGE and not self.is_about_new_table


def table_of(sql: str) -> str:
    found = re.match(
        r"(?:ALTER TABLE|CREATE TABLE|DROP TABLE|UPDATE|DELETE FROM|"
        r"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?\S+ ON) \"?(\w+)",
        sql,
    )
    return found[1] if found else ""


LONG_LOCKS = {
    r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)": "without CONCURRENTLY writers wait",
    r".*ADD CONSTRAINT (?!.*NOT VALID)": "it is proved under a lock: NOT VALID, then VALIDATE",
    r".*ADD COLUMN .*REFERENCES": "a foreign key is proved under a lock: NOT VALID, then VALIDATE",
    r".*ALTER COLUMN \S+ TYPE (?!varchar)": "all is rewritten: a new column, in batches",
    r".*ALTER COLUMN \S+ SET NOT NULL": "every row is read under a lock: a check, validated later",
    r".*ADD COLUMN .*(GENERATED|DEFAULT \(?\w+\()": "a value for each row rewrites the table",
    r"UPDATE|DELETE": "what is changed at once is locked until all is: in batches, by a command",
}
OLD_CODE_MISSES = {
    r"DROP TABLE|ALTER TABLE .* (DROP COLUMN|RENAME)": "drop it a release later",
    r".*ALTER COLUMN \S+ (DROP DEFAULT|SET NOT NULL)": "its rows lack that: give it a db_default",
    r".*ADD COLUMN (?!.*DEFAULT).* NOT NULL": "its rows lack that: give it a db_default",
}


def long_lock(statement: Statement) -> str:
    """Say why a statement would keep people from a large table for long; empty where not."""
    return _why(LONG_LOCKS, statement.sql) if statement.is_about_large_table else ""


def missed_by_old_code(statement: Statement) -> str:
    """Say what the release before would stumble over; empty where nothing."""
    return "" if statement.is_about_new_table else _why(OLD_CODE_MISSES, statement.sql)


def _why(reasons: dict[str, str], sql: str) -> str:
    return next((why for pattern, why in reasons.items() if re.match(pattern, sql)), "")


@pytest.fixture(scope="module")
def statements(django_db_setup, django_db_blocker):
    """All statements of our migrations, step by step, in the order of a new database."""
    with django_db_blocker.unblock():
        executor = StepExecutor(connection)
        graph = executor.loader.graph
        plan = executor.migration_plan(graph.leaf_nodes(), clean_start=True)
        state = executor._create_project_state()
        found: list[Statement] = []
        for migration, _ in plan:
            with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                state = migration.apply(state, editor, collect_sql=True)
            if migration.app_label in OURS:
                found += _statements_of(str(migration), editor.collected_sql)
        return found


def _statements_of(migration: str, collected: list[str]) -> list[Statement]:
    lines = [" ".join(sql.split()) for sql in collected if not sql.startswith("--")]
    new = {table_of(sql) for sql in lines if sql.startswith("CREATE TABLE")}
    return [Statement(migration, sql, table_of(sql) in new) for sql in lines]


@pytest.mark.django_db
def test_none_holds_up_a_large_table(statements):
    found = {s.migration: long_lock(s) for s in statements if long_lock(s)}
    assert {name: why for name, why in found.items() if name not in LOCKED_BEFORE_RELEASE} == {}
    assert LOCKED_BEFORE_RELEASE.keys() <= found.keys()  # none is excused that needs no excuse


@pytest.mark.django_db
def test_none_takes_away_what_the_release_before_uses(statements):
    found = {s.migration: missed_by_old_code(s) for s in statements if missed_by_old_code(s)}
    assert {name: why for name, why in found.items() if name not in MISSED_BEFORE_RELEASE} == {}
    assert MISSED_BEFORE_RELEASE.keys() <= found.keys()


def test_large_tables_are_those_of_models():
    assert set(connection.introspection.django_table_names()) >= LARGE


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX "i" ON "signals_signal" ("label");',
        'CREATE UNIQUE INDEX "i" ON "signals_signal" ("label");',
        'ALTER TABLE "signals_signal" ADD CONSTRAINT "c" CHECK ("n" > 0);',
        'ALTER TABLE "signals_signal" ADD CONSTRAINT "c" UNIQUE ("n");',
        'ALTER TABLE "signals_signal" ADD COLUMN "a" bigint NULL CONSTRAINT "c" REFERENCES "b";',
        'ALTER TABLE "signals_signal" ALTER COLUMN "n" TYPE bigint USING "n"::bigint;',
        'ALTER TABLE "signals_signal" ALTER COLUMN "n" SET NOT NULL;',
        'ALTER TABLE "signals_signal" ADD COLUMN "u" uuid DEFAULT gen_random_uuid() NOT NULL;',
        'UPDATE "signals_signal" SET "n" = 0;',
    ],
)
def test_a_long_lock_is_seen(sql):
    assert long_lock(Statement("m", sql, is_about_new_table=False))
    assert not long_lock(Statement("m", sql, is_about_new_table=True))
    elsewhere = sql.replace("signals_signal", "signals_tag")
    assert not long_lock(Statement("m", elsewhere, is_about_new_table=False))


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX CONCURRENTLY "i" ON "signals_signal" ("label");',
        'ALTER TABLE "signals_signal" ADD CONSTRAINT "c" CHECK ("n" > 0) NOT VALID;',
        'ALTER TABLE "signals_signal" VALIDATE CONSTRAINT "c";',
        'ALTER TABLE "signals_signal" ADD COLUMN "n" varchar(60) DEFAULT \'\' NOT NULL;',
        'ALTER TABLE "signals_signal" ALTER COLUMN "label" TYPE varchar(60);',
    ],
)
def test_what_is_short_is_let_through(sql):
    statement = Statement("m", sql, is_about_new_table=False)
    assert (long_lock(statement), missed_by_old_code(statement)) == ("", "")


@pytest.mark.parametrize(
    "sql",
    [
        'DROP TABLE "signals_tag" CASCADE;',
        'ALTER TABLE "signals_tag" DROP COLUMN "name" CASCADE;',
        'ALTER TABLE "signals_tag" RENAME COLUMN "name" TO "word";',
        'ALTER TABLE "signals_tag" RENAME TO "signals_word";',
        'ALTER TABLE "signals_tag" ALTER COLUMN "name" DROP DEFAULT;',
        'ALTER TABLE "signals_tag" ADD COLUMN "n" integer NOT NULL;',
    ],
)
def test_what_the_old_code_misses_is_seen(sql):
    assert missed_by_old_code(Statement("m", sql, is_about_new_table=False))
    assert not missed_by_old_code(Statement("m", sql, is_about_new_table=True))
