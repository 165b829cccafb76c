"""From named columns to recordings: axes parted from channels, rates weighed, gaps asked about.

Every reader hands its columns to `assemble`, so that the same rules hold in every layout.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from vibration.errors import FormatError
from vibration.formats.axes import Axis, axis_of
from vibration.formats.facts import agreed, is_usual_rate
from vibration.formats.recording import (
    Channel,
    LeftOut,
    Origin,
    Question,
    Reading,
    Recording,
    Source,
    is_vibration,
)
from vibration.formats.samples import as_samples, fault_of
from vibration.formats.series import Series, Stated, parted, prove_no_features
from vibration.formats.speeds import steady_speed
from vibration.formats.timing import Timing, rate_question
from vibration.formats.units import are_counts, unit_of_title, written_unit
from vibration.formats.words import is_time_name, kind_of_name, no_waveform, unit_in_name
from vibration.quantities import find_unit

_NO_AXIS: Final = frozenset({"temperature", "rotational speed", "force", "torque", "pressure"})


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
        self.series = parted(series)
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
            self._ask_rates([c for c in everything if c.fs_hz is None], Timing(()), of_all=True)
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
            timing = Timing.of([axes[index] for index in over], file_rates)
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

    def _channel(self, each: Series, timing: "Timing") -> Channel:
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
        own = each.unit or unit_of_title(each.name)
        if own:
            words = each.unit_words or f"title {each.name}"
            return written_unit(own), Origin(each.unit_source, words)
        if self.stated.unit and not kind:
            source = self.stated.unit_source
            return written_unit(self.stated.unit), Origin(source, self.stated.unit_words)
        if not kind and are_counts(each.values):
            return "counts", Origin(Source.WORKED_OUT, "whole numbers without a scale")
        return None, Origin(Source.WORKED_OUT)

    def _ask_rates(
        self, channels: list[Channel], timing: "Timing", *, of_all: bool = False
    ) -> None:
        open_ones = [c for c in channels if c.fs_hz is None and (c.is_measurable or of_all)]
        for rates in dict.fromkeys(c.rates for c in open_ones):
            names = tuple(c.name for c in open_ones if c.rates == rates)
            self.questions.append(rate_question(rates, timing, names, self.stated.rate_hint))

    def _recording(self, key: str, channels: list[Channel], start: datetime | None) -> Recording:
        speed = agreed(self.stated.speeds) or steady_speed(channels)
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
    if axis.words.startswith("it grows"):
        return f"{axis.words}: an axis, no signal"
    return "it only grows with even steps: an axis, no signal"


def _main_length(series: list[Series]) -> int:
    """Return the length that a stated rate is about: that of most samples."""
    vibrations = [s for s in series if not (s.kind or kind_of_name(s.name))] or series
    return max((len(each.values) for each in vibrations), default=0)
