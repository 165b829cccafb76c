"""What the axes beside samples and the statements about them say of a rate, and what they ask."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.formats.axes import Axis
from vibration.formats.facts import agreed, contradiction, stated
from vibration.formats.recording import Question, Source, Statement

ASK: Final = "The file does not state its sampling rate. Enter it in Hz."


@dataclass(frozen=True, eq=False)
class Timing:
    """What the axes of one length, and the statements for it, say about its rate."""

    rates: tuple[Statement, ...]
    axis: Axis | None = None
    start: datetime | None = None

    @classmethod
    def of(cls, axes: list[Axis], file_rates: tuple[Statement, ...]) -> "Timing":
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
            if axis.gap:
                offer = f" No resampling bridges {axis.gap}: cut the file there."
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


def rate_question(
    rates: tuple[Statement, ...],
    timing: Timing,
    names: tuple[str, ...],
    hint: tuple[float, str] | None = None,
) -> Question:
    """Return the question about a rate that the statements leave open.

    Parameters
    ----------
    rates : tuple of Statement
        That differ, or name no usual rate; empty where there are none.
    timing : Timing
        Of the channels' length.
    names : tuple of str
        The channels that wait for the answer.
    hint : (float, str), optional
        A rate to propose, and the words for why.

    Returns
    -------
    Question

    Examples
    --------
    >>> rate_question((), Timing(()), ("DE",), (12000.0, "So says the folder.")).proposal
    12000.0
    """
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
    if hint is not None:
        fs_hz, words = hint
        return Question("fs_hz", f"{ASK} {words}", fs_hz, names)
    return Question("fs_hz", ASK, None, names)
