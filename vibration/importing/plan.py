"""What is to be kept of a file, after all questions about it are answered."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class PlannedChannel:
    """One channel that is kept, and the facts that hold for it.

    Attributes
    ----------
    recording, channel : int
        Its place in the `Reading`: ``reading.recordings[recording].channels[channel]``.
    name : str
        As it is shown; at most 60 characters are kept.
    fs_hz : float
        Sampling rate. Samples at uneven times are resampled to it.
    fs_source, rpm_source, unit_source : str
        Where the fact was had from, one of the words of `Source`; empty where it is unknown.
    rpm : float or None
        Shaft speed; None where it is unknown.
    unit : str
        As stated or answered; empty where it is unknown.
    n_samples : int or None
        Length as read; None where it was not noted.
    is_vibration, is_tacho : bool
        Features are computed for vibration alone; a tacho is kept beside.
    """

    recording: int
    channel: int
    name: str
    fs_hz: float
    fs_source: str = ""
    rpm: float | None = None
    rpm_source: str = ""
    unit: str = ""
    unit_source: str = ""
    n_samples: int | None = None
    is_vibration: bool = True
    is_tacho: bool = False


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One file of an import.

    Attributes
    ----------
    path : Path
        Where its bytes lie now.
    name : str
        As the person calls it, with its folders: ``1st_test/2003.10.22.12.06.24``.
    sha256 : str
        Of its bytes, in hexadecimal.
    format : str
        The layout it was recognised by.
    label, severity : str
        Codes of fault class and severity; empty where they are not known.
    specimen, run : str
        Names; empty where there is none. A run belongs to a specimen.
    position : int or None
        Number of the recording in its run, from 1; None: by time, else by name.
    recorded_at : datetime or None
        When it was measured; without a zone it is taken as UTC.
    load, fault_location : str
        As the layout or the person states them.
    fault_size_mm : float or None
        Width or depth of the seeded fault.
    fault_source, pulses_source : str
        Where these facts were had from, one of the words of `Source`; empty where they are unknown.
    pulses_per_turn : int or None
        Of the tacho among the channels; with it the speed is known where nothing states one.
    channels : tuple of PlannedChannel
        What is kept of it.
    """

    path: Path
    name: str
    sha256: str
    format: str
    label: str = ""
    severity: str = ""
    specimen: str = ""
    run: str = ""
    position: int | None = None
    recorded_at: datetime | None = None
    load: str = ""
    fault_size_mm: float | None = None
    fault_location: str = ""
    fault_source: str = ""
    pulses_per_turn: int | None = None
    pulses_source: str = ""
    channels: tuple[PlannedChannel, ...] = ()
