"""The children that read files: started ahead, used in turn, ended when they do not behave."""

import atexit
import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import vibration
from vibration.errors import FormatError
from vibration.formats.files import KEPT_BYTES
from vibration.formats.recording import Reading
from vibration.formats.sandbox.limits import Limits
from vibration.formats.sandbox.wire import line_of, unpacked

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2
ROOM_PREFIX: Final = "reading-"
_READINGS_EACH: Final = 500  # then a fresh child: what libraries leak goes with the old one
_REPLY_BYTES: Final = 64 << 20
_ROOT: Final = Path(vibration.__file__).resolve().parents[1]
# The child inherits no secrets, only what an interpreter needs to start.
_PASSED: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "HOME",
    "VIRTUAL_ENV",
    "COVERAGE_PROCESS_START",
)
_ONE_THREAD: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


def read(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    folders: tuple[str, ...] = (),
    kept_bytes: int = KEPT_BYTES,
    limits: Limits | None = None,
    room: Path | None = None,
) -> Reading:
    """Read a file of vibration data in a child process; the samples come back read-only.

    They lie in files without a name, and cost memory only while they are looked at.

    Parameters
    ----------
    path, name, folders, kept_bytes
        As in `vibration.formats.read_recording`.
    limits : Limits, optional
        Of memory and time; the defaults grow with the file's size.
    room : Path, optional
        The folder that these files are made in; by default that of the system's temporary files.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        In one sentence: why the file cannot be read, also where its reader died or took too long.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("comments.csv") as file:
    ...     reading = read(file.path)
    >>> reading.channels[0].fs_hz, reading.channels[0].samples.flags.writeable
    (20000.0, False)
    """
    title = name or Path(path).name
    size = Path(path).stat().st_size if Path(path).is_file() else 0
    granted = limits or Limits().for_size(size)
    with tempfile.TemporaryDirectory(prefix=ROOM_PREFIX, dir=room) as folder:
        request = {
            "path": os.fspath(Path(path).absolute()),
            "name": name,
            "folders": list(folders),
            "kept_bytes": kept_bytes,
            "folder": folder,
            "memory_bytes": granted.memory_bytes,
            "cpu_s": granted.cpu_s,
        }
        reply = _POOL.ask(request, title, granted)
        try:
            return _understood(reply, Path(folder), title, granted)
        except (ValueError, KeyError, TypeError, OSError) as error:
            if isinstance(error, FormatError):
                raise
            logger.exception("A reader's answer about %s made no sense", title)
            raise _failed(title) from error


def warm() -> None:
    """Start a child ahead of the first file, without waiting for it.

    Examples
    --------
    >>> warm()
    """
    _POOL.warm()


def _understood(reply: dict[str, Any], folder: Path, title: str, limits: Limits) -> Reading:
    if "read" in reply:
        return unpacked(reply["read"], folder)
    if "refused" in reply:
        raise FormatError(str(reply["refused"]))
    if "exhausted" in reply:
        raise _exhausted(title, limits)
    logger.error("The reader failed on %s:\n%s", title, reply.get("failed"))
    raise _failed(title)


def _failed(title: str) -> FormatError:
    return FormatError(
        f"{title} cannot be read: it is damaged, or of a kind that its reader does not know."
    )


def _exhausted(title: str, limits: Limits) -> FormatError:
    return FormatError(
        f"{title} needs more than {limits.memory_bytes >> 20} MB of memory to be read; "
        "it is damaged, or must be cut into shorter recordings."
    )


def _too_long(title: str) -> FormatError:
    return FormatError(
        f"{title} takes too long to be read; it is damaged, or must be cut into shorter recordings."
    )


class _Child:
    """One child process and the pipes to it."""

    def __init__(self) -> None:
        environment = {key: os.environ[key] for key in _PASSED if key in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vibration.formats.sandbox.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment | _ONE_THREAD,
            start_new_session=True,  # Ctrl-C is the parent's to answer
        )
        self.readings = 0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], title: str, limits: Limits) -> dict[str, Any]:
        """Return the answer of the child; end it where it gives none in time."""
        self.readings += 1
        process = self._process
        try:
            assert process.stdin is not None  # noqa: S101  (opened as a pipe above)
            process.stdin.write(line_of(request))
            process.stdin.flush()
            line = self._line(time.monotonic() + limits.wall_s)
        except OSError:
            line = b""
        if line is None:
            self.end()
            raise _too_long(title)
        if not line.endswith(b"\n"):
            raise self._death(title)
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _line(self, until: float) -> bytes | None:
        """Return a line, less than one where the child died, None where the time is over."""
        assert self._process.stdout is not None  # noqa: S101
        descriptor = self._process.stdout.fileno()
        received = bytearray()
        while not received.endswith(b"\n") and len(received) < _REPLY_BYTES:
            left = until - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return None
            block = os.read(descriptor, 1 << 20)
            if not block:
                break
            received += block
        return bytes(received)

    def _death(self, title: str) -> FormatError:
        self.end()
        code = self._process.returncode
        logger.warning("The reader died on %s with %s", title, code)
        return _too_long(title) if code == -signal.SIGXCPU else _failed(title)

    def end(self) -> None:
        """End the child, if it has not ended itself, and forget its pipes."""
        if self.is_alive:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def forget(self) -> None:
        """Close this process's ends of the pipes of a child that is another process's."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                os.close(pipe.fileno())
                pipe.detach()  # type: ignore[attr-defined]
        self._process.returncode = 0  # not ours to wait for


class _Pool:
    """Idle children, and how many may work at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._idle: list[_Child] = []

    def warm(self) -> None:
        with self._lock:
            if not any(child.is_alive for child in self._idle):
                self._idle.append(_Child())

    def ask(self, request: dict[str, Any], title: str, limits: Limits) -> dict[str, Any]:
        if not self._places.acquire(timeout=limits.wall_s):
            raise FormatError(f"{title} has to wait: too many files are being read. Try again.")
        try:
            child = self._take()
            try:
                reply = child.ask(request, title, limits)
            except BaseException:
                child.end()
                raise
            if "exhausted" in reply or child.readings >= _READINGS_EACH:
                child.end()
            else:
                with self._lock:
                    self._idle.append(child)
            return reply
        finally:
            self._places.release()

    def _take(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    return child
                child.end()
        return _Child()

    def end(self) -> None:
        """End all idle children."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()

    def forget(self) -> None:
        """Start anew in a forked process: the children belong to its parent."""
        children = self._idle
        self.__init__()  # type: ignore[misc]  # locks that another thread held at the fork
        for child in children:
            child.forget()


_POOL: Final = _Pool()
atexit.register(_POOL.end)
os.register_at_fork(after_in_child=_POOL.forget)
