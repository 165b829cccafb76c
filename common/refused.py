"""What a disk that takes nothing more says, in words, with what helps."""

import errno
from typing import Final

from psycopg.errors import DiskFull

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
READ_ONLY: Final = (errno.EROFS,)
_SPACE: Final = "Delete what is not needed any more, or ask an administrator for space."
_OPERATORS: Final = "Tell an administrator; until it is mended nothing can be written."


def what_helps(error: OSError) -> str:
    """Return what a person can do after the storage failed.

    Examples
    --------
    >>> what_helps(OSError(errno.ENOSPC, "No space left on device"))
    'Delete what is not needed any more, or ask an administrator for space.'
    """
    if error.errno in FULL:
        return _SPACE
    return _OPERATORS if error.errno in READ_ONLY else "Try again."


def disk_sentence(error: BaseException) -> str:
    """Say what a disk refused, be it the storage's or the database's; empty for other errors."""
    if isinstance(error, DiskFull) or isinstance(error.__cause__, DiskFull):
        return f"The database's disk is full; nothing was changed. {_OPERATORS}"
    if isinstance(error, OSError) and error.errno in FULL:
        return f"The portal's disk is full; nothing was kept. {_SPACE}"
    if isinstance(error, OSError) and error.errno in READ_ONLY:
        return f"The portal's storage can only be read; nothing was kept. {_OPERATORS}"
    return ""
