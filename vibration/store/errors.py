"""What a store can say when the disk or the file lets it down."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vibration.errors import VibrationError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StorageFullError(VibrationError):
    """The disk, or the quota on it, has no room for what is being written."""


class DamagedStoreError(VibrationError):
    """A store's file is missing, foreign, cut short or no longer what its checksum says."""


@contextmanager
def storage_errors(target: Path) -> Iterator[None]:
    """Turn a full disk into a `StorageFullError` that names `target`; let other errors pass.

    Parameters
    ----------
    target : Path
        What is being written.

    Yields
    ------
    None

    Raises
    ------
    StorageFullError
        Where the disk, or the quota on it, is full.

    Examples
    --------
    >>> with storage_errors(Path("signals.h5")):  # doctest: +ELLIPSIS
    ...     raise OSError(errno.ENOSPC, "no space")
    Traceback (most recent call last):
        ...
    vibration.store.errors.StorageFullError: No space left on the disk while writing ...
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError(
                f"No space left on the disk while writing {target.name}; "
                "nothing was kept. Free some space and try again."
            ) from error
        raise
