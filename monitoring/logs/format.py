"""Read the log's last lines, from the ends of its files and never more than a bounded part."""

import heapq
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.conf import settings

from monitoring.logs.redaction import for_display

ROOT = Path(__file__).resolve().parents[2]
BLOCK_BYTES = 64 * 1024
MAX_BYTES = 2 * 1024 * 1024  # of all files together, however rare the text searched for
LONGEST_TEXT = 2000
LEVELS = {
    "info": ("DEBUG", "INFO"),
    "warning": ("WARNING",),
    "error": ("ERROR", "CRITICAL"),
}


@dataclass(frozen=True)
class LogLine:
    """One line as staff read it: without paths of the machine and addresses of people."""

    time: datetime
    level: str
    process: str
    message: str
    request_id: str = ""
    job_id: str = ""
    stack: str = ""

    @property
    def role(self) -> str:
        """Info, warning or error."""
        return next((role for role, names in LEVELS.items() if self.level in names), "info")


@dataclass(frozen=True)
class LogTail:
    """The newest lines that were asked for.

    Attributes
    ----------
    counts : dict
        How many of the newest lines with the searched text have which role.
    is_whole : bool
        Whether everything kept was looked through; if not, older lines may exist.
    """

    lines: list[LogLine] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True


def log_tail(*, n: int = 100, level: str = "", text: str = "") -> LogTail:
    """Return the newest `n` lines of all processes, those of a level or with a text.

    Parameters
    ----------
    level : str
        info, warning or error; empty for all.
    text : str
        Searched without regard to case, as the page shows it; also finds request, job and incident.
    """
    budget = _Budget(MAX_BYTES)
    wanted, newest, counts = text.casefold().strip(), [], Counter[str]()
    sieve = _Sieve(n, level, wanted)
    files = sorted(Path(settings.LOG_DIR).glob("*.jsonl"))
    lines = (_lines_of(path, budget, sieve) for path in files)
    for line in heapq.merge(*lines, key=lambda line: line.time, reverse=True):
        if wanted and wanted not in _searchable(line):
            continue
        if counts.total() < n:
            counts[line.role] += 1
        if not level or line.role == level:
            newest.append(line)
        if len(newest) == n:
            break
    return LogTail(lines=newest, counts=dict(counts), is_whole=not budget.is_spent)


class _Budget:
    """Bytes that one question may still read."""

    def __init__(self, n_bytes: int) -> None:
        self.left = n_bytes
        self.is_spent = False

    def take(self, n_bytes: int) -> int:
        taken = min(n_bytes, self.left)
        self.left -= taken
        self.is_spent = self.is_spent or taken < n_bytes
        return taken


class _Sieve:
    """Tells from the bytes of a line that it cannot be wanted: most need not be understood."""

    def __init__(self, n: int, level: str, wanted: str) -> None:
        self._n = n  # so many of each file count, whatever their level
        self._levels = [f'"level": "{name}"'.encode() for name in LEVELS.get(level, ())]
        # What the page shows in place of something else is not in the file.
        is_literal = not any(mark in wanted for mark in ("…", "["))
        self._text = json.dumps(wanted, ensure_ascii=False)[1:-1] if is_literal else ""

    def lets_through(self, raw: bytes, n_before: int) -> bool:
        if self._levels and n_before >= self._n and not any(mark in raw for mark in self._levels):
            return False
        return not self._text or self._text in raw.decode(errors="replace").casefold()


def _searchable(line: LogLine) -> str:
    parts = (line.message, line.process, line.request_id, line.job_id, line.stack)
    return "\n".join(parts).casefold()


def _lines_of(path: Path, budget: _Budget, sieve: _Sieve) -> Iterator[LogLine]:
    """Yield the lines of one kind of process: those of its file, then of the ones put aside."""
    old = sorted(
        (p for p in path.parent.glob(f"{path.name}.*") if p.suffix[1:].isdigit()),
        key=lambda p: int(p.suffix[1:]),
    )
    raw = chain.from_iterable(_raw_backwards(file, budget) for file in (path, *old))
    n_lines = 0
    for text in raw:
        line = _parsed(text) if sieve.lets_through(text, n_lines) else None
        if line is not None:
            n_lines += 1
            yield line


def _raw_backwards(path: Path, budget: _Budget) -> Iterator[bytes]:
    """Yield a file's lines from the last to the first, a block at a time."""
    try:
        file = path.open("rb")
    except FileNotFoundError:  # rotated away meanwhile
        return
    with file:
        position, rest = file.seek(0, os.SEEK_END), b""
        while position > 0:
            size = budget.take(min(BLOCK_BYTES, position))
            if size == 0:
                return
            position -= size
            file.seek(position)
            first, *lines = (file.read(size) + rest).split(b"\n")
            rest = first
            yield from reversed(lines)
        yield rest


def _parsed(text: bytes) -> LogLine | None:
    """Read one line; one that is half written or not ours is nothing."""
    try:
        fields = json.loads(text)
        moment = datetime.fromisoformat(fields["time"])
        if moment.tzinfo is None:
            return None
        return LogLine(
            time=moment,
            level=str(fields["level"]),
            process=str(fields.get("process", "")),
            message=_shown(str(fields["message"])[:LONGEST_TEXT]),
            request_id=str(fields.get("request_id", "")),
            job_id=str(fields.get("job_id", "")),
            stack=_shown(str(fields.get("stack", ""))[-LONGEST_TEXT:]),  # its end says most
        )
    except (ValueError, TypeError, KeyError):
        return None


def _shown(text: str) -> str:
    return for_display(text, (str(ROOT), str(settings.DATA_DIR)))
