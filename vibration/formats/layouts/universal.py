"""The datasets of a universal file: number 58 in text and binary, each length checked.

Reference: SDRC, "Universal file datasets", no. 58, 58b and 164; University of Cincinnati, SDRL.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import blocks
from vibration.formats.facts import number_and_unit, rate_of, rate_of_step, stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered
from vibration.formats.recording import Statement
from vibration.formats.series import Series

EDGE: Final = b"-1"
_HEAD_LINES: Final = 11
_MOST_SETS: Final = 20_000
_LINES_AT_ONCE: Final = 1 << 14
_FUNCTIONS: Final = {
    2: "an auto spectrum", 3: "a cross spectrum", 4: "a frequency response",
    5: "a transmissibility",
    6: "a coherence", 7: "an auto correlation", 8: "a cross correlation",
    9: "a power spectral density", 10: "an energy spectral density",
    11: "a probability density", 12: "a spectrum", 13: "a cumulative frequency distribution",
    14: "peaks", 15: "stress cycles", 16: "strain cycles", 17: "an orbit", 18: "a mode indicator",
    19: "a force pattern", 20: "partial power", 21: "partial coherence", 22: "eigenvalues",
    23: "eigenvectors", 24: "a shock response spectrum", 25: "a filter", 26: "multiple coherence",
    27: "an order function",
}  # fmt: skip
_TIME_RESPONSES: Final = (0, 1)
_REAL: Final = {2: "f4", 4: "f8"}
_TIME_AXIS: Final = (0, 17)
_RPM_AXIS: Final = 19
_SI_UNITS: Final = {8: "m", 11: "m/s", 12: "m/s²", 13: "N", 15: "Pa", 5: "°C"}
_KINDS: Final = {8: "displacement", 11: "velocity", 12: "acceleration", 9: "force", 13: "force",
                 15: "pressure", 5: "temperature", 19: "rotational speed"}  # fmt: skip
_ORDERS: Final = {1: "<", 2: ">"}


@dataclass(frozen=True, eq=False)
class Function:
    """One dataset 58."""

    name: str
    function: int
    is_even: bool
    start: float
    step: float
    rpm: float | None
    axes: tuple[tuple[int, str, str], ...]
    values: npt.NDArray[Any] | None
    lines: tuple[str, ...]
    recorded_at: datetime | None = None

    def fault(self) -> str:
        if self.function not in _TIME_RESPONSES:
            kind = _FUNCTIONS.get(self.function, f"a function of type {self.function}")
            return f"{kind}, no signal over time"
        if self.axes[0][0] not in _TIME_AXIS:
            return f"its axis is {self.axes[0][1] or 'not time'}, not time"
        if self.values is None:
            return "complex numbers, no signal over time"
        if not self.is_even:
            return "its times are uneven; bring in an evenly sampled record"
        return "" if self.step > 0 else "its step of time is not positive"

    def series(self, name: str, *, is_si: bool) -> Series:
        kind, _, label = self.axes[1]
        unit = label if label and label.upper() != "NONE" else ""
        if not unit and is_si:
            unit = _SI_UNITS.get(kind, "")
        values = self.values if self.values is not None else np.zeros(0)
        return Series(
            name,
            values,
            unit=unit or None,
            unit_words="the label of the ordinate",
            rates=self._rates(),
            kind=_KINDS.get(kind),
            is_sure=True,
        )

    def _rates(self) -> tuple[Statement, ...]:
        rates = [stated(rate_of_step(self.step), f"abscissa increment {self.step:g} s")]
        for line in self.lines:
            key, _, rest = line.rpartition(" rate ")
            pair = number_and_unit(rest) if key else None
            fs_hz = rate_of(f"{key} rate", *pair) if pair is not None else None
            if fs_hz is not None:
                rates.insert(0, stated(fs_hz, line.strip()))
        return tuple(rates)


def functions_of(file: SourceFile) -> tuple[list[Function], list[str], bool]:
    """Return the functions of a file, the numbers of all its datasets, and whether units are SI.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    functions : list of Function
    kinds : list of str
        ``58``, ``58b``, ``164`` and others, in the file's order.
    is_si : bool

    Raises
    ------
    ValueError, IndexError, OverflowError
        Where the file does not hold together.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("universal.uff") as file:
    ...     functions, kinds, _ = functions_of(file)
    >>> len(functions), "58" in kinds
    (1, True)
    """
    with file.path.open("rb") as opened:
        content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    found: list[Function] = []
    kinds: list[str] = []
    is_si = False
    kept = 0
    at = 0
    while len(kinds) < _MOST_SETS:
        line, at = _line(content, at)
        if line is None:
            break
        if line.strip() != EDGE:
            continue
        title, at = _line(content, at)
        if title is None:
            break
        number = title[:6].strip().decode("latin-1")
        kinds.append(number + ("b" if title[6:7] == b"b" else ""))
        if number == "58":
            function, at = _function(title, content, at)
            kept += 0 if function.values is None else function.values.nbytes
            file.prove_kept(kept)
            found.append(function)
        elif number == "164":
            code, _ = _line(content, at)
            is_si = (code or b"")[:10].strip() == b"1"
            at = _end_of_set(content, at)
        else:
            at = _end_of_set(content, at)
    return found, kinds, is_si


def _line(content: mmap.mmap, at: int) -> tuple[bytes | None, int]:
    if at >= len(content):
        return None, at
    end = content.find(b"\n", at)
    end = len(content) if end < 0 else end
    return content[at:end].rstrip(b"\r"), end + 1


def _end_of_set(content: mmap.mmap, at: int) -> int:
    while True:
        line, after = _line(content, at)
        if line is None or line.strip() == EDGE:
            return after
        at = after


def _function(title: bytes, content: mmap.mmap, at: int) -> tuple[Function, int]:
    head: list[str] = []
    for _ in range(_HEAD_LINES):
        line, at = _line(content, at)
        if line is None:
            raise ValueError("a head that is incomplete")
        head.append(line.decode("latin-1"))
    shape = head[6]
    kind, count = _whole(shape, 0, 10), _whole(shape, 10, 20)
    is_even = _whole(shape, 20, 30) == 1
    if count < 0 or kind not in (2, 4, 5, 6):
        raise ValueError("a kind of number that does not exist")
    axes = tuple((_whole(h, 0, 10), h[26:46].strip(), h[47:67].strip()) for h in head[7:11])
    z_value = _real(shape, 56, 69)
    is_speed = axes[3][0] == _RPM_AXIS and z_value > 0
    is_binary = title[6:7] == b"b"
    if is_binary:
        values, at = _binary(title, content, at, kind, count, is_even=is_even)
    else:
        values, at = _text(content, at, kind, count, is_even=is_even)
    function = Function(
        name=_name(head),
        function=_whole(head[5], 0, 5),
        is_even=is_even,
        start=_real(shape, 30, 43),
        step=_real(shape, 43, 56),
        rpm=z_value if is_speed else None,
        axes=axes,
        values=values,
        lines=tuple(head[:5]),
    )
    return replace(function, recorded_at=_date(head[2])), at


def _whole(line: str, first: int, last: int) -> int:
    text = line[first:last].strip()
    return int(text) if text else 0


def _real(line: str, first: int, last: int) -> float:
    text = line[first:last].strip().upper().replace("D", "E")
    return float(text) if text else 0.0


def _name(head: list[str]) -> str:
    first = head[0].strip()
    node = head[5][31:41].strip() if first.upper() in ("", "NONE") else ""
    return (
        first
        if first.upper() not in ("", "NONE")
        else node
        if (node and node.upper() != "NONE")
        else "NONE"
    )


def _date(line: str) -> datetime | None:
    for form in ("%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S"):
        try:
            return datetime.strptime(line.strip()[:20].strip(), form)
        except ValueError:
            continue
    return None


def _binary(
    title: bytes, content: mmap.mmap, at: int, kind: int, count: int, *, is_even: bool
) -> tuple[npt.NDArray[Any] | None, int]:
    fields = title[7:].split()
    order, form, n_bytes = _ORDERS.get(int(fields[0]), ""), int(fields[1]), int(fields[3])
    if not order or form != 2:
        raise ValueError("numbers of another machine's form")
    if n_bytes < 0 or at + n_bytes > len(content):
        raise ValueError("fewer bytes than the head says")
    after = at + n_bytes
    if kind not in _REAL:
        return None, _end_of_set(content, after)
    dtype = np.dtype(order + _REAL[kind])
    if not is_even:
        return np.zeros(1), _end_of_set(content, after)
    if count * dtype.itemsize > n_bytes:
        raise ValueError("fewer numbers than the head says")
    stored = np.frombuffer(content, dtype=dtype, count=count, offset=at)
    parts = (part.astype(_REAL[kind]) for _, part in blocks(stored))
    return gathered(parts, count, _REAL[kind]), _end_of_set(content, after)


class _Body:
    """The lines of a dataset up to its end; `at` is where the next one begins."""

    def __init__(self, content: mmap.mmap, at: int) -> None:
        self._content, self.at = content, at

    def lines(self) -> Iterator[bytes]:
        while True:
            line, self.at = _line(self._content, self.at)
            if line is None:
                raise ValueError("a dataset without its end")
            if line.strip() == EDGE:
                return
            yield line


def _text(
    content: mmap.mmap, at: int, kind: int, count: int, *, is_even: bool
) -> tuple[npt.NDArray[Any] | None, int]:
    body = _Body(content, at)
    lines = body.lines()
    values: npt.NDArray[Any] | None = None
    if kind in _REAL and is_even:
        parts = _parts(lines, 13 if kind == 2 else 20, count, content)
        values = gathered(parts, count, np.float64)
    elif kind in _REAL:
        values = np.zeros(1)
    for _ in lines:
        pass
    return values, body.at


def _parts(
    lines: Iterator[bytes], width: int, count: int, content: mmap.mmap
) -> Iterator[npt.NDArray[np.float64]]:
    left = count
    while left:
        part = _numbers([line.rstrip() for line in islice(lines, _LINES_AT_ONCE)], width)
        if not part.size:
            raise ValueError("fewer numbers than the head says")
        yield part[:left]
        left -= min(part.size, left)
        content.madvise(mmap.MADV_DONTNEED)


def _numbers(lines: list[bytes], width: int) -> npt.NDArray[np.float64]:
    texts = b"".join(lines).replace(b"D", b"E")
    if not any(len(line) % width for line in lines):
        try:
            return np.frombuffer(texts, f"S{width}").astype(np.float64)
        except ValueError:
            pass  # a field that is empty, or no number
    fields = (
        line[first : first + width].strip()
        for line in lines
        for first in range(0, len(line), width)
    )
    return np.array([float(field.replace(b"D", b"E")) for field in fields if field])
