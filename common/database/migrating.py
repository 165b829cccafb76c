"""How an empty database gets all its tables at once, and one with rows takes each step."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


class FirstMigration(Migration):
    """Makes whole tables only, none of which is changed by an operation after it.

    Its models are therefore rendered once, in the end. Django would render after each table all
    models that hang together: half of the time that an empty database takes to fill.
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        del collect_sql  # the editor knows
        rendered: dict[str, Any] = project_state.__dict__
        rendered.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state


class Steps(MigrationLoader):
    """Knows a migration that replaces others only until it has run.

    With Django's own loader nobody could go back to one of those it replaces.
    """

    def build_graph(self) -> None:
        self.replace_migrations = False
        super().build_graph()
        for key, migration in self.replacements.items():
            self.applied_migrations.pop(key, None)
            if any(replaced in self.applied_migrations for replaced in migration.replaces):
                self.graph.remove_replacement_node(key, migration.replaces)
            else:
                self.graph.remove_replaced_nodes(key, migration.replaces)

    def get_migration_by_prefix(self, app_label: str, name_prefix: str) -> Migration:
        """Find it among those that count: a replacement has the number of the first it replaces."""
        on_disk = self.disk_migrations
        self.disk_migrations = {key: on_disk[key] for key in self.graph.nodes}
        try:
            return super().get_migration_by_prefix(app_label, name_prefix)
        finally:
            self.disk_migrations = on_disk


class StepExecutor(MigrationExecutor):
    def __init__(self, connection: BaseDatabaseWrapper, progress_callback: Any = None) -> None:
        self.connection = connection
        self.loader = Steps(connection)
        self.recorder = MigrationRecorder(connection)
        self.progress_callback = progress_callback

    def unapply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False
    ) -> ProjectState:
        """Take back one migration, and the word of any that replaces it."""
        before = super().unapply_migration(state, migration, fake=fake)
        for key, replacing in self.loader.replacements.items():
            if (migration.app_label, migration.name) in replacing.replaces:
                self.recorder.record_unapplied(*key)
        return before
