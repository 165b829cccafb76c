"""The steps of a column of numbers, walked in blocks: whether they are even, and what is odd."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.formats.blocks import blocks
from vibration.formats.gathering import gathered

_TOLERANCE: Final = 0.05  # of a step
_MOST_PLACES: Final = 1000
_AROUND: Final = 8  # samples before and after a step by which a gap is told from jitter
_MEDIAN_OF: Final = 1 << 20
_BRIDGED: Final = 4.0  # usual steps; over a longer one a spline makes samples up

Floats = npt.NDArray[np.float64]


class Steps:
    """The steps of a column, free of the size of its numbers.

    Parameters
    ----------
    values : ndarray, (N,), N ≥ 2
        Real numbers.

    Attributes
    ----------
    first, span, mean, n
        The first number, from it to the last, the mean step, and how many numbers there are.
    resolution : float
        How finely the numbers are written.
    deviation : float
        Largest distance from the line of the mean step.
    is_finite, grows, goes_back, counts_one, is_whole : bool
        Whether all numbers are finite; whether they only grow, but for rounding; whether any step
        is below 0; whether each is 1; whether all numbers are whole.
    ups : int
        Steps above 0.
    """

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._values = values
        self.n = len(values)
        self.first = float(values[0])
        last = self._rest(values[-1:])[0]
        self.is_finite = math.isfinite(last) and math.isfinite(self.first)
        self.span = float(last) if self.is_finite else math.nan
        self.mean = self.span / (self.n - 1)
        self.ups, self.deviation = 0, 0.0
        self.goes_back, self.counts_one = False, True
        self.is_whole = self.is_finite and self.first == math.floor(self.first)
        if self.is_finite:
            self._walk()
        if not self.is_finite:
            self.span = self.mean = self.deviation = math.nan
        self.resolution = _resolution(values, self.first, self.span) if self.is_finite else 0.0
        self.grows = self.is_finite and self.span > 0 and self.ups == self.n - 1
        if self.is_finite and not self.grows and self.span > 0:
            # Rounded times repeat; they never go back.
            rounded = not self.goes_back and self.mean >= 0.5 * self.resolution
            self.grows = rounded and self.ups >= 0.5 * (self.n - 1)

    def _walk(self) -> None:
        """Look at each number once."""
        for first, part in blocks(self._values, overlap=1):
            rest = self._rest(part)
            if not np.isfinite(rest).all():
                self.is_finite = False
                return
            line = self.mean * np.arange(first, first + len(rest))
            self.deviation = max(self.deviation, float(np.abs(rest - line).max()))
            self.is_whole = self.is_whole and bool(np.all(rest == np.floor(rest)))
            steps = np.diff(rest)
            self.ups += int(np.count_nonzero(steps > 0))
            self.goes_back = self.goes_back or bool(np.any(steps < 0))
            self.counts_one = self.counts_one and bool(np.all(steps == 1.0))

    def _rest(self, part: npt.NDArray[Any]) -> Floats:
        """Return numbers less the first one, exact where they are whole."""
        first = self._values[0]
        if part.dtype.kind in "iu":
            wide = part.dtype if part.dtype == np.uint64 else np.int64
            whole: Floats = (part.astype(wide) - first.astype(wide)).astype(np.float64)
            return whole
        rest: Floats = part.astype(np.float64) - float(first)
        return rest

    @property
    def is_even(self) -> bool:
        allowed = _TOLERANCE * self.mean
        # Rounded times waver where the step is no multiple of their last digit; else none may.
        whole_steps = self.mean / self.resolution if self.resolution else 0.0
        if abs(whole_steps - round(whole_steps)) * (self.n - 1) >= 0.5:
            allowed = max(allowed, 1.01 * self.resolution)
        return self.grows and self.deviation <= allowed

    def rate_hz(self, unit_s: float) -> float:
        """Return the shortest decimal rate that the rounding of the times allows."""
        fs_hz = 1.0 / (self.mean * unit_s)
        doubt = fs_hz * (2.0 * max(self.deviation, self.resolution / 2) / self.span + 1e-12)
        for digits in range(1, 16):
            rounded = float(f"{fs_hz:.{digits}g}")
            if abs(rounded - fs_hz) <= doubt:
                return rounded
        return fs_hz

    def times_s(self, unit_s: float) -> Floats:
        """Return the times in s since the first."""
        parts = (self._rest(part) * unit_s for _, part in blocks(self._values))
        return gathered(parts, self.n, np.float64)

    def gap(self) -> tuple[float, int] | None:
        """Return the longest step and the sample it follows, where no spline may bridge it."""
        longest, place = 0.0, 0
        for first, every in self._every(1.0):
            here = int(np.argmax(every))
            if every[here] > longest:
                longest, place = float(every[here]), first + here
        usual = max(self._median(1.0), self.resolution)  # half of rounded times repeat
        return (longest, place + 1) if longest > _BRIDGED * usual else None

    def unevenness(self, unit_s: float, unit: str) -> str:
        """Say mean, smallest and largest step, and whether it is jitter, a gap or a repetition."""
        usual = self._median(unit_s)
        low = min(float(every.min()) for _, every in self._every(unit_s))
        high = max(float(every.max()) for _, every in self._every(unit_s))
        after = f" {unit}" if unit else ""
        sizes = (
            f"mean {self.mean * unit_s:.6g}{after}, smallest {low:.6g}{after}, "
            f"largest {high:.6g}{after}"
        )
        for meaning, is_odd in self._oddities(usual, unit_s):
            count, place = 0, -1
            for first, every in self._every(unit_s):
                places = np.flatnonzero(is_odd(first, every))
                place = first + int(places[0]) if len(places) and not count else place
                count += len(places)
            if count:
                times = f"{count} times" if count > 1 else "once"
                return f"steps {sizes}; it {meaning} {times}, first at sample {place + 2}"
        return f"steps {sizes}; it drifts"

    def _oddities(
        self, usual: float, unit_s: float
    ) -> tuple[tuple[str, Callable[[int, Floats], npt.NDArray[np.bool_]]], ...]:
        return (
            ("goes back", lambda _, every: every < 0),
            ("repeats", lambda _, every: every == 0),
            ("has a gap", self._gaps(usual, unit_s)),
            ("jitters", lambda _, every: np.abs(every - usual) > _TOLERANCE * usual),
        )

    def _every(self, unit_s: float) -> Iterator[tuple[int, Floats]]:
        """Give the steps in blocks, each with the number of its first."""
        for first, part in blocks(self._values, overlap=1):
            if len(part) > 1:
                yield first, np.diff(self._rest(part)) * unit_s

    def _median(self, unit_s: float) -> float:
        """Return the usual step; of very many, that of every so many of them."""
        every = 1 + (self.n - 1) // _MEDIAN_OF
        chosen = [steps[-first % every :: every] for first, steps in self._every(unit_s)]
        return float(np.median(np.concatenate(chosen)))

    def _gaps(self, usual: float, unit_s: float) -> Callable[[int, Floats], npt.NDArray[np.bool_]]:
        """Tell gaps from jitter: after a gap all times are late, after a late sample they are not.

        Of the first thousand long steps each is looked at; further ones are taken for gaps.
        """
        looked_at = 0

        def is_gap(first: int, every: Floats) -> npt.NDArray[np.bool_]:
            nonlocal looked_at
            found: npt.NDArray[np.bool_] = every > 1.5 * usual
            for place in np.flatnonzero(found)[: max(0, _MOST_PLACES - looked_at)]:
                looked_at += 1
                found[place] = self._stays_late(first + int(place), usual, unit_s)
            return found

        return is_gap

    def _stays_late(self, place: int, usual: float, unit_s: float) -> bool:
        """Tell whether what follows a step is late by most of a usual step, in the median."""
        begin = max(0, place - _AROUND + 1)
        near = self._rest(self._values[begin : place + _AROUND + 1]) * unit_s
        late = near - usual * np.arange(len(near))
        here = place - begin
        return float(np.median(late[here + 1 :]) - np.median(late[: here + 1])) > 0.75 * usual


def _resolution(values: npt.NDArray[Any], first: float, span: float) -> float:
    """Return how finely the numbers are written: 0.001 for three decimals."""
    binary = 2.0 * float(np.spacing(max(abs(first), abs(first + span))))
    if values.dtype == np.float32:
        binary = 2.0 * float(np.spacing(np.float32(max(abs(first), abs(first + span)))))
    if values.dtype.kind in "iu":
        return 1.0
    sample = values[: 2000 : max(1, len(values) // 2000) or 1].astype(np.float64)
    for decimals in range(10):
        scaled = sample * 10.0**decimals
        if np.all(np.abs(scaled - np.round(scaled)) <= 1e-6 + binary * 10.0**decimals):
            return max(10.0**-decimals, binary)
    return binary
