"""Rows without waveforms, for tests of what only reads the database."""

from typing import Any

from django.db import connection

from datasets.models import Dataset
from datasets.services.index_rows import index_make


def make_index(n: int, *, owner: Any, visibility: str = "private", name: str = "index") -> Dataset:
    dataset = index_make(owner=owner, name=name, n=n, visibility=visibility)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signals_signal")
    return dataset
