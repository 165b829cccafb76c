"""What a storage says of a file without opening it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One file: its key, its size, and when it was written, in seconds since 1970."""

    key: str
    size_bytes: int
    changed_s: float
