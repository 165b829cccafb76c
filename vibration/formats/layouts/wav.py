"""Sound files (.wav): whole numbers become shares of full scale, whose size no file states."""

import struct
import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vibration.errors import FormatError
from vibration.formats.assemble import Series, Stated, assemble
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.recording import Reading, Source

_DAMAGE: Final = (
    ValueError,
    struct.error,
    EOFError,
    OverflowError,
    IndexError,
    KeyError,
    TypeError,
    ZeroDivisionError,
    UnboundLocalError,
    MemoryError,
)


def is_wav(head: bytes) -> bool:
    """Tell a sound file by its first letters.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_wav(b"RIFF____WAVE"), is_wav(b"PAR1")
    (True, False)
    """
    return head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE"


def read_wav(file: SourceFile) -> Reading:
    """Read a sound file: 8 to 32 bits, floating point, any number of channels.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

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
    >>> with example_file("sound16.wav") as file:
    ...     reading = read_wav(file)
    >>> reading.channels[0].fs_hz, reading.channels[0].unit
    (20000.0, 'full scale')
    """
    from scipy.io import wavfile

    file.prove_kept(4 * file.path.stat().st_size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A file that ends before its header says so: the rest of it would be missing.
            warnings.filterwarnings("error", message="Reached EOF prematurely")
            fs_hz, values = wavfile.read(file.path)
    except (*_DAMAGE, wavfile.WavFileWarning) as error:
        raise FormatError(
            f"{file.name} is a damaged sound file, was cut short, or is packed (only PCM and "
            "floating point are read)."
        ) from error
    if fs_hz <= 0:
        raise FormatError(f"{file.name} gives {fs_hz} as its sampling rate; it must be positive.")
    if not len(values):
        raise FormatError(f"{file.name} is a sound file without samples.")
    columns = values.reshape(len(values), -1).T
    series = [
        Series(
            f"channel {number}",
            _scaled(column),
            unit="full scale",
            unit_words="the full scale of a sound file is not stated",
            unit_source=Source.WORKED_OUT,
            kind="",
            is_sure=True,
        )
        for number, column in enumerate(columns, 1)
    ]
    stated_facts = Stated(rates=(stated(float(fs_hz), "the head of the sound file"),))
    return assemble("wav", series, stated_facts, name=file.name)


def _scaled(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return whole numbers as shares of full scale, −1 to 1; 24 bits come in the upper of 32."""
    if values.dtype.kind == "f":
        return values
    if values.dtype.kind == "u":  # eight bits have no sign
        return (values.astype(np.float32) - 128.0) / 128.0
    scale = float(1 << (8 * values.dtype.itemsize - 1))
    kind = np.float32 if values.dtype.itemsize <= 2 else np.float64
    return (values / scale).astype(kind)
