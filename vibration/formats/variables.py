"""Named variables, perhaps nested, as series: numbers state facts, arrays are signals or axes.

MATLAB's files, archives of NumPy arrays and HDF5 groups are all trees of this kind. What a struct
states holds for the arrays inside it; what the file states, for all that have no nearer statement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.blocks import blocks
from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.gathering import gathered
from vibration.formats.matlab.values import Unread, described, scalar
from vibration.formats.recording import LeftOut, Reading, Source, Statement, positive
from vibration.formats.samples import split_channels
from vibration.formats.series import Series, Stated
from vibration.formats.text.dialect import clock
from vibration.formats.words import is_rate_name, kind_of_name, words_of
from vibration.quantities import find_unit

MIN_ARRAY: Final = 16
_WORTH_A_SENTENCE: Final = 32
_SHARED_WORDS: Final = frozenset(
    [
        "fs",
        "sr",
        "sampling",
        "sample",
        "rate",
        "freq",
        "frequency",
        "hz",
        "khz",
        "dt",
        "signal",
        "data",
        "the",
        "of",
        "s",
        "ms",
        "rpm",
        "speed",
        "shaft",
        "time",
        "interval",
        "delta",
        "samplingrate",
        "samplerate",
        "x",
    ]
)
_SCALES: Final = frozenset(["scale", "scaling", "gain", "sensitivity", "lsb", "resolution"])
_VALUES_OF: Final = frozenset(["values", "value", "data", "samples", "signal", "y", "amplitude"])


@dataclass
class Scope:
    """A struct, or the file itself: what it states and which arrays stand in it."""

    path: str = ""
    rates: list[tuple[str, Statement]] = field(default_factory=list)
    speeds: list[Statement] = field(default_factory=list)
    unit: tuple[str, str] | None = None
    scale: float | None = None
    offset: float = 0.0
    unapplied: str = ""
    label: str | None = None
    recorded_at: datetime | None = None
    name: str = ""
    series: list[Series] = field(default_factory=list)

    def scaled(self, each: Series) -> Series:
        """Return whole numbers by the factor that stands beside them; by no other are they taken.

        ``scale_factor`` and ``add_offset`` are the convention of climate and forecast files. What
        else is called a scale may multiply or divide: the samples then stay counts.
        """
        if each.values.dtype.kind not in "iu":
            return each
        if self.scale is not None:
            factor, offset = self.scale, self.offset
            parts = (factor * part + offset for _, part in blocks(each.values))
            return replace(each, values=gathered(parts, len(each.values), np.float64))
        if self.unapplied and not each.unit:
            words = f"whole numbers; {self.unapplied} is not applied"
            return replace(each, unit="counts", unit_words=words, unit_source=Source.WORKED_OUT)
        return each


def _note_scale(scope: Scope, key: str, value: float, where: str) -> None:
    words = words_of(key)
    if words == ("scale", "factor"):
        scope.scale = value
    elif words == ("add", "offset"):
        scope.offset = value
    elif {*words} & _SCALES:
        scope.unapplied = where


def variables_reading(
    variables: Mapping[str, Any], file: SourceFile, form: str, *, kind: str = "variable"
) -> Reading:
    """Return a channel for each numeric array of more than one value.

    Parameters
    ----------
    variables : mapping
        Arrays, texts, dicts (structs, groups), lists (cells, arrays of structs) and `Unread`.
    file : SourceFile
    form : str
        The layout.
    kind : str
        What one is called in the words of a source.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        Where there is no signal; it names what there is.

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> file = SourceFile(Path("rig.mat"), "rig.mat")
    >>> variables = {"vib": np.sin(np.arange(64.0)), "fs": np.array([[1000.0]])}
    >>> variables_reading(variables, file, "mat").channels[0].fs_hz
    1000.0
    """
    left_out: list[LeftOut] = []
    walker = _Walker(file, left_out, kind)
    root = Scope()
    walker.read(variables, root, "", "")
    scopes = [scope for scope in walker.scopes if scope.series]
    series = [each for scope in scopes for each in walker.with_facts(scope)]
    if not any(len(each.values) >= MIN_ARRAY for each in series):
        contents = ", ".join(f"{described(value)} {key!r}" for key, value in variables.items())
        if walker.shapes:
            raise FormatError(walker.shapes[0])
        raise FormatError(
            f"{file.name} holds no numeric signal, only {contents[:400] or 'nothing'}; "
            "save the signal as a plain numeric vector."
        )
    hint = file.rate_hint()
    recorded = next((scope.recorded_at for scope in walker.scopes if scope.recorded_at), None)
    label = next((scope.label for scope in walker.scopes if scope.label), None)
    return assemble(
        form,
        series,
        Stated(
            speeds=tuple(root.speeds),
            unit=root.unit[0] if root.unit else None,
            unit_words=root.unit[1] if root.unit else "",
            label=label,
            recorded_at=recorded,
            rate_hint=hint,
        ),
        name=file.name,
        left_out=left_out,
    )


class _Walker:
    def __init__(self, file: SourceFile, left_out: list[LeftOut], kind: str) -> None:
        self.file, self.left_out, self.kind = file, left_out, kind
        self.scopes: list[Scope] = []
        self.shapes: list[str] = []
        self.parents: dict[int, Scope | None] = {}

    def read(
        self,
        fields: Mapping[str, Any],
        scope: Scope,
        recording: str,
        path: str,
        parent: Scope | None = None,
    ) -> None:
        """Read the fields of a struct, and of those inside it."""
        self.scopes.append(scope)
        self.parents[id(scope)] = parent
        for key, value in fields.items():
            title = f"{path}.{key}" if path and key else path or key
            if isinstance(value, dict):
                self.read(value, Scope(title), recording, title, scope)
            elif isinstance(value, list):
                self._list(value, scope, recording, title, key)
            elif isinstance(value, str):
                self._text(key, title, value, scope)
            elif isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
                self._numbers(key, title, value, scope, recording)
            elif isinstance(value, np.ndarray) and value.dtype.kind == "b" and value.size == 1:
                continue
            elif isinstance(value, Unread | np.ndarray):
                self.left_out.append(LeftOut(title, described(value)))
        self._hand_up(scope, parent)

    def _hand_up(self, scope: Scope, parent: Scope | None) -> None:
        """Let a struct of facts alone speak for the struct that it stands in."""
        inside = scope.path + "."
        if parent is None or any(
            each.series for each in self.scopes if each is scope or each.path.startswith(inside)
        ):
            return
        parent.rates += scope.rates
        parent.speeds += scope.speeds
        parent.unit = parent.unit or scope.unit

    def _numbers(
        self, key: str, title: str, value: np.ndarray[Any, Any], scope: Scope, recording: str
    ) -> None:
        number = scalar(value)
        if number is not None:
            self._number(key, title, number, scope)
            return
        if value.size < MIN_ARRAY:
            if value.size:
                self.left_out.append(LeftOut(title, f"only {value.size} values"))
            return
        try:
            columns = split_channels(value, title)
        except FormatError as error:
            self.left_out.append(LeftOut(title, str(error)))
            self.shapes += [str(error)] if value.size >= _WORTH_A_SENTENCE else []
            return
        leads = len(columns) > 1
        for place, (name, values) in enumerate(columns):
            # A column of a matrix has no title of its own, so it may be a nameless axis.
            scope.series.append(
                Series(
                    name="" if leads and place == 0 else name,
                    values=values,
                    fallback=name,
                    recording=recording,
                    leads=leads and place == 0,
                    # Attributes make a dataset a struct of its own: it stands beside its fellows.
                    scope=scope.path if key else scope.path.rpartition(".")[0],
                )
            )

    def _number(self, key: str, title: str, value: float, scope: Scope) -> None:
        where = f"{self.kind} {title} = {value:g}"
        if is_rate_name(key):
            positive(value, "sampling rate")
        fs_hz = rate_of(key, value)
        if fs_hz is None and "rate" in words_of(key) and key.lower() == "rate":
            fs_hz = value if value >= 200 else None
        rpm = (
            None
            if fs_hz is not None
            else speed_of(key, value) or speed_of(title.replace(".", " "), value)
        )
        if fs_hz is not None:
            scope.rates.append((key, stated(fs_hz, where)))
        elif rpm is not None:
            scope.speeds.append(stated(rpm, where))
        else:
            _note_scale(scope, key, value, where)

    def _text(self, key: str, title: str, value: str, scope: Scope) -> None:
        words = words_of(key)
        pair = number_and_unit(value) if len(value) < 40 else None
        if words[-1:] in (("unit",), ("units",)) and find_unit(value):
            scope.unit = (value.strip(), f"{self.kind} {title} = {value.strip()}")
        elif pair is not None:
            fs_hz, rpm = rate_of(key, *pair), speed_of(key, *pair)
            where = f"{self.kind} {title} = {value[:40]}"
            if fs_hz is not None:
                scope.rates.append((key, stated(fs_hz, where)))
            elif rpm is not None:
                scope.speeds.append(stated(rpm, where))
            else:
                self._date(words, value, scope)
        elif kind_of_name(key) == "label":
            scope.label = value.strip()[:100]
        elif words[-1:] == ("name",):
            scope.name = value.strip()[:60]

    def _date(self, words: tuple[str, ...], value: str, scope: Scope) -> None:
        parsed = clock(value) if {*words} & {"date", "datum", "start", "recorded", "time"} else None
        if parsed is not None and parsed[0] is not None and parsed[2] and parsed[0] > 700000:
            began = datetime.fromordinal(parsed[0]) + timedelta(seconds=parsed[1] or 0.0)
            scope.recorded_at = began

    def _list(self, items: list[Any], scope: Scope, recording: str, title: str, key: str) -> None:
        """Read cells and arrays of structs: each vector or struct is a recording of its own."""
        for number, item in enumerate(items, 1):
            name = f"{title}({number})"
            own = f"{recording} {name}".strip() if len(items) > 1 else recording
            if isinstance(item, dict):
                inner = Scope(name)
                self.read(item, inner, own, title, scope)
                if len(inner.series) == 1 and inner.name:
                    inner.series = [replace(inner.series[0], name=inner.name, recording=recording)]
            elif isinstance(item, np.ndarray) and item.dtype.kind in "fiu" and item.size > 1:
                self._numbers(key, title, item, scope, own)
            elif isinstance(item, list):
                self._list(item, scope, own, title, key)
            elif isinstance(item, Unread):
                self.left_out.append(LeftOut(name, described(item)))

    def with_facts(self, scope: Scope) -> Iterator[Series]:
        """Give the arrays of a struct with what is stated nearest to them."""
        holder: Scope | None = scope
        while holder is not None and not holder.rates:
            holder = self.parents[id(holder)]
        rates = holder.rates if holder is not None else []
        named = {key: _named_arrays(key, scope.series) for key, _ in rates}
        main = max(
            (len(s.values) for s in scope.series if not kind_of_name(s.name)),
            default=max((len(s.values) for s in scope.series), default=0),
        )
        near: Scope | None = scope
        while near is not None and not near.speeds:
            near = self.parents[id(near)]
        # What the file itself states of its speed is weighed against its other channels later.
        speeds = near.speeds if near is not None and near.path else []
        for each in map(scope.scaled, scope.series):
            own = tuple(
                statement
                for key, statement in rates
                if each.title in named[key] or (not named[key] and len(each.values) == main)
            )
            unit = None if each.unit or kind_of_name(each.name) else self._near_unit(scope)
            yield replace(
                each,
                rates=own,
                unit=each.unit or (unit[0] if unit else None),
                unit_words=unit[1] if unit else each.unit_words,
                rpm=each.rpm or (speeds[0] if len(speeds) == 1 else None),
            )

    def _near_unit(self, scope: Scope) -> tuple[str, str] | None:
        near: Scope | None = scope
        while near is not None and near.unit is None:
            near = self.parents[id(near)]
        return near.unit if near is not None and near.path else None


def _named_arrays(key: str, series: list[Series]) -> set[str]:
    """Return the arrays that a statement names: `fs_vib` is about `vib` alone."""
    own = {*words_of(key)} - _SHARED_WORDS
    return {each.title for each in series if own & {*words_of(each.title)}} if own else set()
