"""Sessions in PostgreSQL, as Django keeps them; read together with the person who is logged in.

Each request asks for a session, for a person and mostly for this person's roles. One statement
reads all three anew for each request: what an administrator ends, changes or takes away is gone
with the next one, in every process.
"""

from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone


class SessionStore(db.SessionStore):
    """A session, and the person whom the portal noted beside it.

    Who is logged in says the session alone: the person is one that was read along, for whoever
    finds that it is the one (`PersonMiddleware`); None where nobody was noted.
    """

    person: Any = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        row = None
        if "\0" not in self.session_key:  # a cookie may hold it, a text of PostgreSQL may not
            with connection.cursor() as cursor:
                cursor.execute(_statement(), [self.session_key, timezone.now()])
                row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        session_data, roles, *values = row
        self.person = _person(values, roles)
        content: dict[str, Any] = self.decode(session_data)
        return content


def _person(values: list[Any], roles: list[str]) -> Any:
    model = get_user_model()
    names = [field.attname for field in model._meta.concrete_fields]
    person = model.from_db(connection.alias, names, values)
    if person.pk is None:
        return None
    person.roles_read = frozenset(roles)
    return person


@cache
def _statement() -> str:
    """Return the statement, which names every table and column as its model does."""
    from monitoring.models import UserSession

    model = get_user_model()
    of_person = [f'person."{field.column}"' for field in model._meta.concrete_fields]
    groups = model._meta.get_field("groups").remote_field
    of_groups, group = groups.through._meta, groups.model._meta
    roles = (
        f'ARRAY(SELECT role.name FROM "{of_groups.db_table}" AS own '  # noqa: S608 - names of models
        f'JOIN "{group.db_table}" AS role ON role.id = own.group_id WHERE own.user_id = person.id)'
    )
    return (
        f"SELECT session.session_data, {roles}, {', '.join(of_person)} "  # noqa: S608 - likewise
        f'FROM "{Session._meta.db_table}" AS session '
        f'LEFT JOIN "{UserSession._meta.db_table}" AS noted USING (session_key) '
        f'LEFT JOIN "{model._meta.db_table}" AS person ON person.id = noted.user_id '
        "WHERE session.session_key = %s AND session.expire_date > %s"
    )
