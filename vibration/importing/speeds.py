"""The speed that a tacho shows, for channels whose speed neither the file nor the person states."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.formats import Channel
from vibration.importing.plan import PlannedFile
from vibration.spectra.orders import shaft_turns_from_tacho

_AT_ONCE: Final = 1 << 22  # samples of a tacho that are held


class TachoSpeeds:
    """Mean speeds of the parts of a file's recordings, by the tacho beside them.

    Parameters
    ----------
    planned : PlannedFile
        What is kept of the file; without its pulses per turn nothing is known.
    channels : sequence of Channel
        As read, one for each of the plan's.

    Attributes
    ----------
    notes : list of str
        Why a tacho tells no speed, in sentences.
    """

    def __init__(self, planned: PlannedFile, channels: Sequence[Channel]) -> None:
        self.notes: list[str] = []
        self._turns: dict[int, tuple[npt.NDArray[np.float64], float]] = {}
        self._long: dict[int, tuple[Channel, float]] = {}
        self._pulses = planned.pulses_per_turn
        if planned.pulses_per_turn is None:
            return
        lacking = {c.recording for c in planned.channels if c.is_vibration and c.rpm is None}
        for said, channel in zip(planned.channels, channels, strict=True):
            if not said.is_tacho or said.recording not in lacking:
                continue
            if channel.samples.size > _AT_ONCE:
                self._long.setdefault(said.recording, (channel, said.fs_hz))
                continue
            try:
                turns = shaft_turns_from_tacho(
                    channel.samples, said.fs_hz, pulses_per_turn=planned.pulses_per_turn
                )
            except VibrationError as error:
                self.notes.append(f"{said.name} tells no speed: {error}")
                continue
            self._turns.setdefault(said.recording, (turns, said.fs_hz))

    def rpm(self, recording: int, first_s: float, last_s: float) -> float | None:
        """Return the mean speed between two moments of a recording; None where it is unknown.

        Parameters
        ----------
        recording : int
            Its number in the file.
        first_s, last_s : float
            Seconds since the recording began.

        Returns
        -------
        float or None
            In rpm.
        """
        if recording in self._long:
            return self._rpm_of_part(recording, first_s, last_s)
        if recording not in self._turns:
            return None
        turns, fs_hz = self._turns[recording]
        first, last = (min(max(round(at * fs_hz), 0), turns.size - 1) for at in (first_s, last_s))
        if last <= first:
            return None
        rpm = 60.0 * fs_hz * float(turns[last] - turns[first]) / (last - first)
        return rpm if rpm > 0 else None

    def _rpm_of_part(self, recording: int, first_s: float, last_s: float) -> float | None:
        """Return the mean speed by the pulses of that part alone: the whole is too long to hold."""
        channel, fs_hz = self._long[recording]
        part = channel.samples[round(first_s * fs_hz) : round(last_s * fs_hz)]
        if part.size > _AT_ONCE or self._pulses is None:
            return None
        try:
            turns = shaft_turns_from_tacho(part, fs_hz, pulses_per_turn=self._pulses)
        except VibrationError:
            return None
        rpm = 60.0 * fs_hz * float(turns[-1] - turns[0]) / (turns.size - 1)
        return rpm if rpm > 0 else None
