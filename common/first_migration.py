"""The migration that makes all tables of an app in an empty database."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


class FirstMigration(Migration):
    """Makes whole tables only, none of which is changed by an operation after it.

    Its models are therefore rendered once, in the end. Django would render after each table all
    models that hang together, half of the time that an empty database takes to fill.
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
