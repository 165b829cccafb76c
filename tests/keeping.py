"""Rows and files that the tests of a module share; each test works in a savepoint of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

Keep = Callable[..., Any]


@pytest.fixture(scope="module")
def keep(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Keep]:
    """Return how something is made that stays for the tests of this module."""
    folder: Path = tmp_path_factory.mktemp("kept") / "storage"
    rows = transaction.atomic()

    def make(function: Callable[..., Any], *args: Any, **values: Any) -> Any:
        with django_db_blocker.unblock():
            return function(*args, **values)

    with override_settings(STORAGE_DIR=folder):
        make(rows.__enter__)
        yield make
        make(transaction.set_rollback, True)
        make(rows.__exit__, None, None, None)
