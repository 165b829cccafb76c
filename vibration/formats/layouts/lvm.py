"""LabVIEW Measurement files (.lvm): heads, segments, an X column or a step, comments.

Reference: National Instruments, "Specification for the LabVIEW Measurement File (.lvm)", 2021.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.blocks import blocks
from vibration.formats.facts import rate_of_step, stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import Columns
from vibration.formats.recording import Reading, Statement
from vibration.formats.series import Series, Stated
from vibration.formats.text.dialect import clock
from vibration.formats.text.lines import Line

_END: Final = "***End_of_Header***"
_MOST_HEAD_LINES: Final = 10_000
_FIRST_FACTS: Final = ("Channels", "Samples", "Date")
_WORDS: Final = (_END, "X_Value", *_FIRST_FACTS)
_SEPARATORS: Final = {"tab": "\t", "comma": ",", "semicolon": ";"}
_MOST_SEGMENTS: Final = 10_000
_ROWS_AT_ONCE: Final = 1 << 13


@dataclass(frozen=True)
class _Form:
    """How the rows of a file are written."""

    separator: str
    decimal: str
    file: SourceFile

    def fields(self, text: str) -> list[str]:
        return [part.strip() for part in text.split(self.separator)]

    def plain_rows(self, texts: list[str], width: int) -> npt.NDArray[np.float64] | None:
        """Return rows that are full but for an empty first column; None for others."""
        first = 1 if texts[0].startswith(self.separator) else 0
        if any(
            text.count(self.separator) != width - 1 or text.startswith(self.separator) != first
            for text in texts
        ):
            return None
        if self.decimal != ".":
            texts = [text.replace(self.decimal, ".") for text in texts]
        table = np.full((len(texts), width), np.nan)
        try:
            table[:, first:] = np.loadtxt(
                texts,
                delimiter=self.separator,
                usecols=range(first, width),
                ndmin=2,
                comments=None,
            )
        except ValueError:
            return None
        return table

    def rows(self, texts: list[str], width: int, n_before: int) -> npt.NDArray[np.float64]:
        """Return rows of which any cell may be empty."""
        table = np.full((len(texts), width), np.nan)
        for number, text in enumerate(texts):
            for column, cell in enumerate(self.fields(text)[:width]):
                if cell:
                    try:
                        table[number, column] = float(cell.replace(self.decimal, "."))
                    except ValueError as error:
                        raise FormatError(
                            f"Row {n_before + number + 1} of a segment of {self.file.name} holds "
                            f"{cell[:40]!r} where a number belongs."
                        ) from error
        return table


@dataclass
class _Segment:
    """One segment; its rows become numbers in blocks, so that their texts are never all kept."""

    facts: dict[str, list[str]] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    numbers: Columns | None = None

    def add(self, text: str, form: _Form) -> None:
        self.texts.append(text)
        if len(self.texts) >= _ROWS_AT_ONCE:
            self.settle(form)

    def settle(self, form: _Form) -> None:
        """Turn the texts of the rows that wait into numbers."""
        if not self.texts:
            return
        self.numbers = self.numbers or Columns(self.width)
        n_before = self.numbers.n_rows
        form.file.prove_kept(8 * self.width * (n_before + len(self.texts)))
        table = form.plain_rows(self.texts, self.width)
        if table is None:
            table = form.rows(self.texts, self.width, n_before)
        self.numbers.append(table)
        self.texts = []

    @property
    def channel_titles(self) -> list[str]:
        if self.titles and self.titles[-1] != "Comment" and "Comment" in self.titles:
            return self.titles[: self.titles.index("Comment")]
        return [title for title in self.titles if title != "Comment"]

    @property
    def width(self) -> int:
        return len(self.channel_titles)


def is_lvm(first_line: str) -> bool:
    r"""Tell a LabVIEW measurement by its first words.

    Parameters
    ----------
    first_line : str
        Of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_lvm("LabVIEW Measurement\t"), is_lvm("t;x")
    (True, False)
    """
    return first_line.lstrip("\ufeff").startswith("LabVIEW Measurement")


def read_lvm(file: SourceFile, head: Sequence[Line], lines: Iterable[tuple[int, str]]) -> Reading:
    """Read a LabVIEW measurement: each segment is a recording.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.
    head : sequence of Line
        The lines read already.
    lines : iterable of (int, str)
        Those that follow, with their numbers.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("labview.lvm") as file:
    ...     reading = read_lvm(file, [], enumerate(file.path.read_text().splitlines(), 1))
    >>> reading.format, [each.name for each in reading.recordings]
    ('lvm', ['segment 1', 'segment 2'])
    """
    all_lines = chain(head, (Line(number, text) for number, text in lines))
    facts, separator, decimal = _file_head(all_lines, file)
    segments = _segments(all_lines, _Form(separator, decimal, file))
    series: list[Series] = []
    for number, segment in enumerate(segments, 1):
        recording = f"segment {number}" if len(segments) > 1 else ""
        series += _series(segment, facts, decimal, recording)
    if not series:
        raise FormatError(f"{file.name} is a LabVIEW measurement without samples.")
    started = _start(segments[0].facts) or _start(facts)
    return assemble("lvm", series, Stated(recorded_at=started), name=file.name)


def _file_head(lines: Iterator[Line], file: SourceFile) -> tuple[dict[str, list[str]], str, str]:
    facts: dict[str, list[str]] = {}
    separator = ""
    for number, line in enumerate(lines):
        if number > _MOST_HEAD_LINES:
            break
        text = line.text.strip()
        if text.startswith(_END):
            chosen = facts.get("Separator", ["tab"])[0].strip().lower()
            return facts, separator or _SEPARATORS.get(chosen, "\t"), _decimal(facts)
        if not text or text.startswith("LabVIEW"):
            continue
        separator = separator or next((mark for mark in "\t;," if mark in text), "")
        key, *values = text.split(separator) if separator else [text]
        facts[key.strip()] = [value.strip() for value in values]
    raise FormatError(f"{file.name} is a LabVIEW measurement whose head does not end.")


def _decimal(facts: dict[str, list[str]]) -> str:
    if "Decimal_Separator" not in facts:
        return "."
    # between commas, a decimal comma leaves two empty fields
    return (facts["Decimal_Separator"] or [","])[0].strip() or ","


def _segments(lines: Iterator[Line], form: _Form) -> list[_Segment]:
    segments: list[_Segment] = []
    current = _Segment()
    in_head = True
    for line in lines:
        text = line.text.strip("\r\n")
        if not text.strip():
            continue
        is_row = not (in_head or text.lstrip(" ").startswith(_WORDS)) and bool(current.titles)
        fields = [] if is_row else form.fields(text)
        if is_row:
            current.add(text, form)
        elif text.startswith(_END):
            in_head = False
        elif in_head:
            current.facts[fields[0]] = fields[1:]
        elif not current.titles:
            current.titles = fields
        elif fields[0] in _FIRST_FACTS and len(fields) > 1:
            current.settle(form)
            segments.append(current)  # the next segment's head begins
            if len(segments) > _MOST_SEGMENTS:
                raise FormatError(f"{form.file.name} has more than {_MOST_SEGMENTS} segments.")
            current, in_head = _Segment({fields[0]: fields[1:]}), True
        elif fields[0].startswith("X_Value"):
            current.settle(form)
            segments.append(current)
            current = _Segment(dict(current.facts), fields)
        else:
            current.add(text, form)
    current.settle(form)
    segments.append(current)
    return [segment for segment in segments if segment.numbers is not None]


def _series(
    segment: _Segment,
    facts: dict[str, list[str]],
    decimal: str,
    recording: str,
) -> list[Series]:
    x_columns = facts.get("X_Columns", ["One"])[0].lower()
    if segment.numbers is None:
        return []
    table = segment.numbers.whole()
    steps = _numbers(segment.facts.get("Delta_X", []), decimal)
    units = segment.facts.get("Y_Unit_Label", [])
    series, channel, axis = [], 0, 0
    for column, title in enumerate(segment.channel_titles):
        values = table[:, column]
        values = values[: _length(values)]
        if title.startswith("X_Value") and x_columns != "no":
            series.append(Series("X_Value", values, unit="s", recording=recording, leads=True))
            axis += 1
            continue
        if title.startswith("X_Value"):
            continue  # an empty column
        rate = _rate(steps, channel, segment)
        unit = units[channel] if channel < len(units) else ""
        series.append(
            Series(
                title,
                values,
                fallback=f"channel {channel + 1}",
                unit=unit or None,
                unit_words="Y_Unit_Label",
                rates=() if rate is None else (rate,),
                recording=recording,
                is_sure=True,
            )
        )
        channel += 1
    return series if any(len(each.values) for each in series) else []


def _rate(steps: list[float | None], channel: int, segment: _Segment) -> Statement | None:
    step = steps[channel] if channel < len(steps) else None
    dimension = segment.facts.get("X_Dimension", ["Time"])
    is_time = (
        dimension[min(channel, len(dimension) - 1)].lower() in ("time", "") if dimension else (True)
    )
    if not step or step <= 0 or not is_time:
        return None
    return stated(rate_of_step(step), f"Delta_X {step:g}")


def _length(values: npt.NDArray[np.float64]) -> int:
    """Return the length without the empty cells below: channels may differ in it."""
    length = 0
    for first, part in blocks(values):
        filled = np.flatnonzero(~np.isnan(part))
        length = first + int(filled[-1]) + 1 if len(filled) else length
    return length


def _numbers(texts: list[str], decimal: str) -> list[float | None]:
    numbers: list[float | None] = []
    for text in texts:
        try:
            numbers.append(float(text.replace(decimal, ".")))
        except ValueError:
            numbers.append(None)
    return numbers


def _start(facts: dict[str, list[str]]) -> datetime | None:
    days = [clock(text) for text in facts.get("Date", [])[:1]]
    times = [clock(text[:18]) for text in facts.get("Time", [])[:1]]
    if not days or days[0] is None or days[0][0] is None:
        return None
    seconds = times[0][1] if times and times[0] is not None else None
    return datetime.fromordinal(days[0][0]) + timedelta(seconds=seconds or 0.0)
