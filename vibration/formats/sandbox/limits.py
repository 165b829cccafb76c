"""What one reading may take."""

import resource
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MEBIBYTE: Final = 1 << 20
_OPEN_FILES: Final = 256  # each long channel is mapped by one
_SLACK_BYTES: Final = 16 * _MEBIBYTE
_BYTES_A_SECOND: Final = 4_000_000  # what the slowest reader, that of text, reads with ease


@dataclass(frozen=True)
class Limits:
    """Limits of one reading.

    Attributes
    ----------
    memory_bytes : int
        What it may take beside the interpreter and its libraries.
    cpu_s : float
        Time of computation.
    wall_s : float
        Time in all; longer than `cpu_s`, for a machine under load.
    """

    memory_bytes: int = 400 * _MEBIBYTE
    cpu_s: float = 10.0
    wall_s: float = 60.0

    def for_size(self, n_bytes: int) -> "Limits":
        """Return the limits for a file of that size: time grows with it, memory does not."""
        more_s = n_bytes / _BYTES_A_SECOND
        return Limits(self.memory_bytes, self.cpu_s + more_s, self.wall_s + 4 * more_s)


def limit_process() -> None:
    """Set what holds for the whole life of the child: no core, few files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _OPEN_FILES if most_files < 0 else min(_OPEN_FILES, most_files)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most_files))
    # Writing beyond the limit is to raise an error, not to end the child.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def limit_reading(memory_bytes: int, cpu_s: float, output_bytes: int) -> None:
    """Set what holds for the next reading, from where the child stands now.

    Parameters
    ----------
    memory_bytes : int
        More than it has now.
    cpu_s : float
        More than it has used.
    output_bytes : int
        Of a file that it writes samples to; one that grows may be half empty.
    """
    _lower(resource.RLIMIT_DATA, _data_bytes() + memory_bytes)
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + cpu_s) + 1)
    _lower(resource.RLIMIT_FSIZE, 2 * output_bytes + _SLACK_BYTES)


def _lower(kind: int, wanted: int) -> None:
    """Set the soft limit alone: the next reading moves it again."""
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if most < 0 else min(wanted, most), most))


def _data_bytes() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
