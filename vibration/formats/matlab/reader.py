"""MATLAB's ``.mat``: the container told by its head, then the layouts asked in turn."""

import struct
from pathlib import Path

from vibration.errors import FormatError
from vibration.formats.files import SourceFile
from vibration.formats.hdf5 import is_hdf5
from vibration.formats.matlab.layouts import any_layout
from vibration.formats.matlab.level4 import byte_order_4, read_mat4
from vibration.formats.matlab.level5 import HEADER_BYTES, read_mat5
from vibration.formats.matlab.level73 import read_mat73
from vibration.formats.matlab.values import DamagedMatError
from vibration.formats.recording import Reading


def is_matlab(head: bytes) -> bool:
    """Tell MATLAB 5 and 7.3 by the mark at the end of the head.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("matlab5.mat") as file:
    ...     is_matlab(file.path.read_bytes()[:128])
    True
    """
    return len(head) >= HEADER_BYTES and head[126:128] in (b"IM", b"MI")


def read_mat(file: SourceFile) -> Reading:
    """Read a MATLAB file of version 4, 5 or 7.3.

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
    >>> with example_file("cwru.mat") as file:
    ...     reading = read_mat(file)
    >>> reading.format, len(reading.channels)
    ('mat/cwru', 2)
    """
    head = _head(file.path)
    try:
        if is_hdf5(file.path):
            return any_layout(read_mat73(file), file, "mat")
        order = {b"IM": "<", b"MI": ">"}.get(head[126:128], "")
        version = struct.unpack(f"{order}H", head[124:126])[0] if order else 0
        if version == 0x0100:
            return any_layout(read_mat5(file, order), file, "mat")
        order_4 = byte_order_4(head)
        if order_4 is not None:
            return any_layout(read_mat4(file.path, order_4, file.prove_kept), file, "mat")
    except DamagedMatError as error:
        raise FormatError(
            f"{file.name} is a damaged MATLAB file or was cut short: it has {error}."
        ) from error
    raise FormatError(
        f"{file.name} is not a MATLAB file of version 4, 5 or 7.3; save the signal once more."
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)
