"""A disk that takes nothing more is said in words, with what helps."""

import errno

import pytest
from django.db import OperationalError
from psycopg.errors import DiskFull

from bearing_portal.frame.errors import trouble_of
from common.refused import disk_sentence, what_helps


def database_full():
    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull()
    return error


@pytest.mark.parametrize(
    ("error", "what", "help"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "Delete what"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk is full", "Delete what"),
        (OSError(errno.EROFS, "Read-only file system"), "can only be read", "an administrator"),
        (database_full(), "database's disk is full", "an administrator"),
    ],
)
def test_who_asks_is_told_what_is_full_and_what_to_do(rf, error, what, help):
    trouble = trouble_of(rf.get("/"), error)
    assert trouble.status == 503
    assert what in trouble.sentence
    assert help in trouble.sentence


def test_other_errors_are_not_the_disks():
    assert disk_sentence(OSError(errno.EIO, "Input/output error")) == ""
    assert disk_sentence(OperationalError("gone")) == ""
    assert what_helps(OSError(errno.EIO, "Input/output error")) == "Try again."
