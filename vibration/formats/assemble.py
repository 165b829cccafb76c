"""From named columns to recordings: axes parted from channels, rates weighed, gaps asked about.

Every reader hands its columns to `assemble`, so that the same rules hold in every layout.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.axes import MIN_POINTS, Axis, axis_of
from vibration.formats.facts import agreed, contradiction, is_usual_rate, stated
from vibration.formats.recording import (
    Channel,
    LeftOut,
    Origin,
    Question,
    Reading,
    Recording,
    Source,
    Statement,
    is_vibration,
)
from vibration.formats.samples import as_samples, fault_of
from vibration.formats.words import (
    is_feature_name,
    is_speed_name,
    is_time_name,
    kind_of_name,
    no_waveform,
    unit_in_name,
)
from vibration.quantities import find_unit

ASK: Final = "The file does not state its sampling rate. Enter it in Hz."
_STEADY: Final = 0.01  # of the mean: a speed that varies by less is one number
_COUNTS_RANGE: Final = 16
_LONGEST_UNIT: Final = 10
_NO_AXIS: Final = frozenset({"temperature", "rotational speed", "force", "torque", "pressure"})
_MOST_PARTS: Final = 1000


@dataclass(frozen=True, eq=False)
class Series:
    """One column or vector, before anybody knows what it is.

    Attributes
    ----------
    name : str
        Its title; empty where it has none.
    values : ndarray, (N,)
    fallback : str
        What it is called where it has no title: ``column 2``.
    unit : str or None
        As stated beside it.
    unit_words : str
        Where the unit stands.
    rates : tuple of Statement
        What is stated of its own rate.
    leads : bool
        Whether it stands before all others of its table.
    recording : str
        Which recording of the file it belongs to.
    kind : str or None
        The quantity by its layout; by its name where this is None.
    rpm : Statement or None
        The shaft speed stated for it alone.
    is_sure : bool
        Whether its layout says that it is a channel: it is never taken for an axis.
    scope : str
        The struct or group that it stands in, dots between; empty for the file itself.
    """

    name: str
    values: npt.NDArray[Any]
    fallback: str = ""
    unit: str | None = None
    unit_words: str = ""
    unit_source: Source = Source.IN_FILE
    rates: tuple[Statement, ...] = ()
    leads: bool = False
    recording: str = ""
    kind: str | None = None
    rpm: Statement | None = None
    is_sure: bool = False
    scope: str = ""

    @property
    def title(self) -> str:
        return self.name.strip() or self.fallback or "signal"


@dataclass(frozen=True)
class Stated:
    """What a file says about all of its columns.

    Attributes
    ----------
    rates : tuple of Statement
        Sampling rates in Hz.
    speeds : tuple of Statement
        Shaft speeds in rpm.
    unit, unit_words : str
        One unit for the columns that state none, and where it stands.
    label, recorded_at, facts
        As in `Recording`.
    rate_hint : (float, str) or None
        A rate to propose, and the words for why.
    """

    rates: tuple[Statement, ...] = ()
    speeds: tuple[Statement, ...] = ()
    unit: str | None = None
    unit_words: str = ""
    unit_source: Source = Source.IN_FILE
    label: str | None = None
    recorded_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    rate_hint: tuple[float, str] | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)


def assemble(
    form: str,
    series: Sequence[Series],
    file_stated: Stated,
    *,
    name: str,
    left_out: Iterable[LeftOut] = (),
    questions: Iterable[Question] = (),
) -> Reading:
    """Return the reading of a file's columns.

    Parameters
    ----------
    form : str
        The layout, for example ``csv``.
    series : sequence of Series
        In the file's order.
    file_stated : Stated
        What holds for all of them.
    name : str
        The file, for its refusals.
    left_out, questions
        What the reader knows already.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        Where no channel remains; it says what the file holds instead.

    Examples
    --------
    >>> import numpy as np
    >>> from vibration.formats.facts import stated
    >>> times = Series("t (s)", np.arange(64) / 1000)
    >>> vibration = Series("DE (g)", np.sin(np.arange(64.0)))
    >>> reading = assemble("csv", [times, vibration], Stated(), name="rig.csv")
    >>> channel = reading.channel()
    >>> channel.name, channel.fs_hz, channel.unit
    ('DE (g)', 1000.0, 'g')
    """
    return _Assembly(form, series, file_stated, name, list(left_out), list(questions)).reading()


class _Assembly:
    def __init__(
        self,
        form: str,
        series: Sequence[Series],
        file_stated: Stated,
        name: str,
        left_out: list[LeftOut],
        questions: list[Question],
    ) -> None:
        self.form, self.stated, self.name = form, file_stated, name
        self.left_out, self.questions = left_out, questions
        self.series = _parted(series)
        self.faults: list[str] = []

    def reading(self) -> Reading:
        prove_no_features([each.name for each in self.series], self.name)
        usable = [each for each in self.series if self._is_usable(each)]
        main = _main_length(usable)
        by_recording: dict[str, list[Channel]] = {}
        starts: dict[str, datetime] = {}
        for recording, length in dict.fromkeys((s.recording, len(s.values)) for s in usable):
            group = [s for s in usable if (s.recording, len(s.values)) == (recording, length)]
            channels, start = self._group(group, is_main=length == main)
            by_recording.setdefault(recording, []).extend(channels)
            if start is not None:
                starts.setdefault(recording, start)
        recordings = [
            self._recording(key, self._in_order(channels), starts.get(key))
            for key, channels in by_recording.items()
            if channels
        ]
        if not recordings:
            raise FormatError(self._nothing())
        self._ask_pulses(recordings)
        everything = [channel for each in recordings for channel in each.channels]
        if not any(channel.is_measurable for channel in everything):
            self._ask_rates([c for c in everything if c.fs_hz is None], _Timing(()), of_all=True)
        questions = _merged(self.questions)
        return Reading(self.form, tuple(recordings), questions, tuple(self.left_out))

    def _in_order(self, channels: list[Channel]) -> list[Channel]:
        order = {each.title: number for number, each in reversed(list(enumerate(self.series)))}
        return sorted(channels, key=lambda channel: order.get(channel.name, len(order)))

    def _is_usable(self, each: Series) -> bool:
        reason = "" if each.is_sure else no_waveform(each.name)
        unit = find_unit(each.unit or unit_in_name(each.name) or "")
        fault = fault_of(each.values)
        if reason:
            reason = f"{reason}, no signal over time"
        elif unit is not None and unit.quantity.name == "level":
            reason = "a level in dB, no signal over time"
        elif (each.kind or kind_of_name(each.name)) == "label" and not each.is_sure:
            reason = "labels of the rows, no signal"
        elif fault:
            self.faults.append(f"{self.name}: {each.title} {fault}.")
            reason = f"it {fault}"
        if reason:
            self.left_out.append(LeftOut(each.title, reason))
        return not reason

    def _group(
        self, group: list[Series], *, is_main: bool
    ) -> tuple[list[Channel], datetime | None]:
        """Return the channels of one length, and when they begin."""
        axes: dict[int, Axis] = {}
        for index, each in enumerate(group):
            axis = None if each.is_sure else _axis(each, len(group))
            if axis is not None:
                axes[index] = axis
        for index, axis in axes.items():
            self.left_out.append(LeftOut(group[index].title, _reason(axis)))
        spectral = self._leave_spectra(group, axes)
        channels: list[Channel] = []
        starts: list[datetime] = []
        file_rates = self.stated.rates if is_main else ()
        for over in dict.fromkeys(
            _axes_over(each, group, axes)
            for index, each in enumerate(group)
            if index not in axes and index not in spectral
        ):
            timing = _Timing.of([axes[index] for index in over], file_rates)
            found = [
                self._channel(each, timing)
                for index, each in enumerate(group)
                if index not in axes
                and index not in spectral
                and _axes_over(each, group, axes) == over
            ]
            self._ask_rates(found, timing)
            channels += found
            starts += [] if timing.start is None else [timing.start]
        return channels, starts[0] if starts else None

    def _leave_spectra(self, group: list[Series], axes: dict[int, Axis]) -> set[int]:
        """Leave out what stands over an axis of frequencies; return which they are."""
        first = next((i for i, axis in axes.items() if axis.kind == "frequency"), None)
        if first is None:
            return set()
        # Beside times of the same length, the spectrum is what follows its axis.
        has_times = any(axis.kind == "time" for axis in axes.values())
        found = {i for i in range(first if has_times else 0, len(group)) if i not in axes}
        reason = f"a spectrum ({axes[first].words}), no signal over time"
        self.left_out += [LeftOut(group[i].title, reason) for i in sorted(found)]
        self.faults.append(
            f"{self.name} holds a spectrum ({', '.join(s.title for s in group[:4])}), "
            "no signal over time; bring in the waveform that it was made from."
        )
        return found

    def _channel(self, each: Series, timing: "_Timing") -> Channel:
        rates = (*each.rates, *timing.rates)
        rate = agreed(rates)
        kind = kind_of_name(each.name) if each.kind is None else each.kind
        unit, unit_origin = self._unit(each, kind)
        vibration = is_vibration(unit, kind)
        origins: dict[str, Origin] = {}
        if unit is not None:
            origins["unit"] = unit_origin
        fs_hz = rate.value if rate is not None else None
        if fs_hz is not None and vibration and not is_usual_rate(fs_hz):
            fs_hz = None
        if fs_hz is not None and rate is not None:
            origins["fs_hz"] = rate.origin
        return Channel(
            name=each.title,
            samples=as_samples(each.values, f"{self.name}: {each.title}"),
            fs_hz=fs_hz,
            unit=unit,
            rpm=None if each.rpm is None else each.rpm.value,
            is_vibration=vibration,
            kind=kind,
            origins=origins if each.rpm is None else origins | {"rpm": each.rpm.origin},
            rates=rates,
            times_s=None if rates else timing.times_s,
        )

    def _unit(self, each: Series, kind: str) -> tuple[str | None, Origin]:
        own = each.unit or _unit_of_title(each.name)
        if own:
            words = each.unit_words or f"title {each.name}"
            return _written(own), Origin(each.unit_source, words)
        if self.stated.unit and not kind:
            source = self.stated.unit_source
            return _written(self.stated.unit), Origin(source, self.stated.unit_words)
        if not kind and _are_counts(each.values):
            return "counts", Origin(Source.WORKED_OUT, "whole numbers without a scale")
        return None, Origin(Source.WORKED_OUT)

    def _ask_rates(
        self, channels: list[Channel], timing: "_Timing", *, of_all: bool = False
    ) -> None:
        open_ones = [c for c in channels if c.fs_hz is None and (c.is_measurable or of_all)]
        for rates in dict.fromkeys(c.rates for c in open_ones):
            names = tuple(c.name for c in open_ones if c.rates == rates)
            self.questions.append(self._question(rates, timing, names))

    def _question(
        self, rates: tuple[Statement, ...], timing: "_Timing", names: tuple[str, ...]
    ) -> Question:
        if rates and agreed(rates) is None:
            sentence = f"The file states {contradiction(rates)}. Which is the sampling rate?"
            return Question("fs_hz", sentence, rates[0].value, names)
        if rates:
            fs_hz = rates[0].value
            sentence = (
                f"The file gives {fs_hz:.6g} Hz ({rates[0].origin.words}), "
                "which is no usual sampling rate. Enter it in Hz."
            )
            return Question("fs_hz", sentence, fs_hz, names)
        if timing.axis is not None:
            return replace(timing.question, channels=names)
        if self.stated.rate_hint is not None:
            fs_hz, words = self.stated.rate_hint
            return Question("fs_hz", f"{ASK} {words}", fs_hz, names)
        return Question("fs_hz", ASK, None, names)

    def _recording(self, key: str, channels: list[Channel], start: datetime | None) -> Recording:
        speed = agreed(self.stated.speeds) or _steady_speed(channels)
        if speed is not None:
            channels = [
                replace(c, rpm=speed.value, origins={**c.origins, "rpm": speed.origin})
                if c.rpm is None and (c.is_measurable or c.kind == "")
                else c
                for c in channels
            ]
        origins = dict(self.stated.origins)
        recorded_at = self.stated.recorded_at or start
        if recorded_at is not None:
            source = Source.IN_FILE if self.stated.recorded_at else Source.WORKED_OUT
            origins.setdefault("recorded_at", Origin(source))
        return Recording(
            channels=tuple(channels),
            name=key,
            label=self.stated.label,
            recorded_at=recorded_at,
            facts=dict(self.stated.facts),
            origins=origins,
        )

    def _ask_pulses(self, recordings: list[Recording]) -> None:
        tachos = tuple(c.name for r in recordings for c in r.channels if c.kind == "tacho")
        if tachos:
            sentence = f"{', '.join(tachos)} is a tacho: how many pulses does it give per turn?"
            self.questions.append(Question("pulses_per_turn", sentence, 1, tachos))

    def _nothing(self) -> str:
        if self.faults:
            return self.faults[0]
        if self.left_out:
            parts = [f"{each.name} ({each.reason})" for each in self.left_out[:4]]
            return f"{self.name} holds no signal over time, only {'; '.join(parts)}."
        return f"{self.name} holds no signal over time."


@dataclass(frozen=True, eq=False)
class _Timing:
    """What the axes of one length, and the statements for it, say about its rate."""

    rates: tuple[Statement, ...]
    axis: Axis | None = None
    start: datetime | None = None

    @classmethod
    def of(cls, axes: list[Axis], file_rates: tuple[Statement, ...]) -> "_Timing":
        proven = [
            stated(axis.fs_hz, axis.words, Source.WORKED_OUT)
            for axis in axes
            if axis.fs_hz is not None
        ]
        rates = (*file_rates, *proven)
        start = next((axis.start for axis in axes if axis.start is not None), None)
        telling = [a for a in axes if a.uneven] + [a for a in axes if a.proposals]
        uneven = next((axis for axis in telling if axis.uneven and axis.kind == "time"), None)
        if uneven is not None and not proven:
            return cls((), uneven, start)
        first = (telling or axes)[:1]
        return cls(rates, first[0] if first and not rates else None, start)

    @property
    def times_s(self) -> npt.NDArray[np.float64] | None:
        return None if self.axis is None else self.axis.times_s

    @property
    def question(self) -> Question:
        axis = self.axis
        if axis is None:
            return Question("fs_hz", ASK)
        if axis.uneven:
            mean = axis.proposals[0][1] if axis.proposals else None
            offer = f" Resample to the mean rate of {mean:.6g} Hz?" if mean else ""
            sentence = f"The times ({axis.words}) are uneven: {axis.uneven}.{offer}"
            return Question("times", sentence, mean)
        if axis.proposals:
            meanings = ", ".join(f"{fs_hz:.6g} Hz in {unit}" for unit, fs_hz in axis.proposals)
            title = axis.words if axis.words.startswith("the ") else f"the axis {axis.words}"
            sentence = (
                f"T{title[1:]} steps by {axis.step:.6g} and states no unit: {meanings}, "
                "or the number of the sample? Enter the sampling rate in Hz."
            )
            return Question("fs_hz", sentence, axis.proposals[0][1])
        return Question("fs_hz", ASK)


def prove_no_features(titles: Sequence[str], name: str) -> None:
    """Refuse a table whose titles are those of features, one row a record.

    Parameters
    ----------
    titles : sequence of str
        Of the table's columns.
    name : str
        The file, for the refusal.

    Raises
    ------
    FormatError
        Where at least three titles, and half of them, name features.

    Examples
    --------
    >>> prove_no_features(["time", "drive end"], "rig.csv")
    >>> try:
    ...     prove_no_features(["rms", "kurtosis", "skewness"], "rig.csv")
    ... except FormatError as error:
    ...     str(error)[:61]
    'rig.csv is a table of features (rms, kurtosis, skewness …), o'
    """
    named = [title for title in titles if title and is_feature_name(title)]
    many = 2 * len(named) >= len([title for title in titles if title]) or len(named) >= 5
    if len(named) >= 3 and many:
        raise FormatError(
            f"{name} is a table of features ({', '.join(named[:4])} …), one row a record, "
            "not a signal over time; bring in the recordings that it was made from."
        )


def _axes_over(each: Series, group: list[Series], axes: dict[int, Axis]) -> tuple[int, ...]:
    """Return which axes a column stands over: those of its own struct, or of those around it.

    An axis elsewhere in the file serves what has neither an axis nor a rate of its own.
    """
    near = [
        i for i in axes if not group[i].scope or f"{each.scope}.".startswith(f"{group[i].scope}.")
    ]
    return tuple(near if near or each.rates else axes)


def _merged(questions: list[Question]) -> tuple[Question, ...]:
    """Return each question once, for all the channels that it is asked about."""
    merged: dict[tuple[str, str], Question] = {}
    for each in questions:
        known = merged.get((each.about, each.sentence))
        channels = each.channels if known is None else known.channels + each.channels
        merged[each.about, each.sentence] = replace(each, channels=tuple(dict.fromkeys(channels)))
    return tuple(merged.values())


def _axis(each: Series, n_beside: int) -> Axis | None:
    kind = kind_of_name(each.name) if each.kind is None else each.kind
    if kind in _NO_AXIS and not is_time_name(each.name):
        return None
    axis = axis_of(each.name, each.values, each.unit, leads=each.leads and n_beside > 1)
    if axis is not None and axis.kind != "frequency" and n_beside == 1 and kind:
        return None
    return axis


def _reason(axis: Axis) -> str:
    if axis.uneven:
        return f"an axis of times with uneven {axis.uneven}"
    if axis.kind == "counter":
        return "it only counts on: the number of the sample"
    if axis.kind == "frequency":
        return "an axis of frequencies"
    if axis.kind == "time":
        return f"the axis of time ({axis.words})" if axis.words else "the axis of time"
    return "it only grows with even steps: an axis, no signal"


def _main_length(series: list[Series]) -> int:
    """Return the length that a stated rate is about: that of most samples."""
    vibrations = [s for s in series if not (s.kind or kind_of_name(s.name))] or series
    return max((len(each.values) for each in vibrations), default=0)


def _steady_speed(channels: list[Channel]) -> Statement | None:
    for channel in channels:
        if channel.quantity != "rotational speed" or not (
            is_speed_name(channel.name) or channel.unit == "rpm"
        ):
            continue
        samples = channel.samples
        mean = float(np.mean(samples))
        unit = channel.unit or _unit_of_title(channel.name) or ""
        is_rpm = unit in ("rpm", "") and "hz" not in channel.name.lower()
        if mean >= 60.0 and is_rpm and float(np.ptp(samples)) <= _STEADY * mean:
            words = f"mean of {channel.name}, which stays within 1 %"
            return stated(float(np.median(samples)), words, Source.WORKED_OUT)
    return None


def _unit_of_title(title: str) -> str | None:
    """Return the unit in a title: in brackets at its end, or known and after its last mark."""
    bracketed = unit_in_name(title)
    if bracketed is not None:
        found = find_unit(bracketed)
        if found is not None:
            return found.name
        # In square brackets, or with a stroke or a power, it is a unit that nobody knows here.
        is_unit = title.rstrip().endswith("]") or any(mark in bracketed for mark in "/^²")
        is_unit = is_unit and any(c.isalpha() for c in bracketed) and " " not in bracketed
        return bracketed if is_unit and len(bracketed) <= _LONGEST_UNIT else None
    for mark in (" in ", ", ", "/", "_", " "):
        if mark in title.strip():
            last = title.strip().rsplit(mark, 1)[1]
            found = find_unit(last)
            # A single letter after a blank is a name more often than a unit: "Channel A".
            if found is not None and (mark not in ("_", " ") or found.name in _WRITTEN_BARE):
                return found.name
    return None


_WRITTEN_BARE: Final = frozenset(
    {"mg", "m/s²", "mm/s²", "mm/s", "in/s", "in/s²", "µm", "mil", "mV", "°C", "rpm", "deg/s", "g"}
)


def _written(unit: str) -> str:
    found = find_unit(unit)
    return found.name if found is not None else unit.strip()


def _are_counts(values: npt.NDArray[Any]) -> bool:
    if values.dtype.kind in "iu":
        return True
    sample = values[: 1 << 14]
    with np.errstate(invalid="ignore"):
        is_whole = bool(np.all(sample == np.floor(sample)))
    return is_whole and len(sample) > 0 and float(np.ptp(sample)) >= _COUNTS_RANGE


def _parted(series: Sequence[Series]) -> list[Series]:
    """Part a table whose times begin again into the records that follow each other."""
    for each in series:
        if not is_time_name(each.name) or each.values.dtype.kind not in "fiu":
            continue
        falls = np.flatnonzero(each.values[1:] < each.values[:-1]) + 1
        if not 0 < len(falls) <= _MOST_PARTS:
            continue
        edges = [0, *falls.tolist(), len(each.values)]
        spans = list(pairwise(edges))
        begins = {round(float(each.values[first]), 9) for first, _ in spans}
        if min(last - first for first, last in spans) >= MIN_POINTS and len(begins) == 1:
            return [
                replace(
                    s, values=s.values[first:last], recording=f"{s.recording} part {number}".strip()
                )
                for number, (first, last) in enumerate(spans, 1)
                for s in series
                if len(s.values) == len(each.values)
            ]
    return list(series)
