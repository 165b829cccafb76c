"""A log file that several processes write and rotate together.

Python's own rotating handler loses lines where two processes rotate. Here each line is one append,
which the kernel does not mix, and who rotates holds a lock and looks again first.
"""

import fcntl
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PRIVATE = 0o600


class SharedRotatingFile(logging.Handler):
    """Append to `path`; past `max_bytes` it becomes `path.1`, and so on up to `kept` old files."""

    def __init__(self, path: str | Path, *, max_bytes: int, kept: int) -> None:
        super().__init__()
        self.path, self.max_bytes, self.kept = Path(path), max_bytes, kept
        self._descriptor: int | None = None
        self._has_complained = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # the boundary: a line that cannot be written may not break its writer
            self.handleError(record)
            return
        try:
            self._append(f"{line}\n".encode(errors="backslashreplace"))
        except OSError as error:
            self._close()
            self._complain(error)

    def close(self) -> None:
        self._close()
        super().close()

    def _append(self, line: bytes) -> None:
        descriptor = self._current()
        if os.fstat(descriptor).st_size + len(line) > self.max_bytes:
            self._rotate(len(line))
            descriptor = self._current()
        os.write(descriptor, line)

    def _current(self) -> int:
        """Return the open file, opened again where another process has rotated it away."""
        if self._descriptor is not None and not self._is_open_file_at_path():
            self._close()
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, _PRIVATE)
        return self._descriptor

    def _is_open_file_at_path(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._descriptor or 0), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _rotate(self, coming_bytes: int) -> None:
        with self._locked():
            size_bytes = self.path.stat().st_size if self.path.exists() else 0
            if not size_bytes or size_bytes + coming_bytes <= self.max_bytes:
                return  # another process was first
            for number in range(self.kept - 1, 0, -1):
                if self._old(number).exists():
                    self._old(number).replace(self._old(number + 1))
            self.path.replace(self._old(1))
        self._close()

    def _old(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(
            self.path.with_name(f".{self.path.name}.lock"),
            os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC,
            _PRIVATE,
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _complain(self, error: OSError) -> None:
        if not self._has_complained:
            self._has_complained = True
            print(f"No log file: {self.path} ({error.strerror}).", file=sys.stderr)
