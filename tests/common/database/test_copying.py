"""What goes wrong in a COPY is told as everywhere else, so that an outage is known as one."""

import pytest
from django.db import DataError, OperationalError, connection

from common.database import copied_into
from signals.models import Tag

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_are_there():
    with copied_into(Tag, ("name",)) as copy:
        copy.write_row(("odd",))
    assert Tag.objects.filter(name="odd").exists()


def test_what_the_database_refuses_is_an_error_of_djangos():
    with pytest.raises(DataError), copied_into(Tag, ("name",)) as copy:
        copy.write_row(("long" * 1000,))


@pytest.fixture
def rival():
    other = connection.copy()
    yield other
    other.close()
    connection.close()


def lose_connection_while_copying(rival):
    with copied_into(Tag, ("name",)) as copy, rival.cursor() as cursor:
        copy.write_row(("odd",))
        backend = connection.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [backend])


def test_a_connection_that_is_lost_is_an_outage(rival):
    with pytest.raises(OperationalError):
        lose_connection_while_copying(rival)
