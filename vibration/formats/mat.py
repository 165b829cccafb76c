"""MATLAB's ``.mat`` version 5: the layouts it is asked for in turn."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vibration.errors import VibrationError
from vibration.formats.mat5 import HEADER_BYTES, DamagedMatError, Unread, read_mat5
from vibration.formats.mat_cwru import cwru_recording
from vibration.formats.mat_mfpt import mfpt_recording
from vibration.formats.mat_portal import portal_recording
from vibration.formats.mat_uestc import uestc_recording
from vibration.formats.mat_vectors import vectors_recording
from vibration.formats.recording import Recording

_LAYOUTS = (portal_recording, cwru_recording, mfpt_recording, uestc_recording, vectors_recording)


def read_mat(path: Path, name: str) -> Recording:
    """Read a MATLAB file by the first layout that knows it."""
    order = _byte_order(path, name)
    try:
        variables = read_mat5(path, order)
    except DamagedMatError as error:
        raise VibrationError(
            f"{name} is a damaged MATLAB file or was cut short: it has {error}."
        ) from error
    for layout in _LAYOUTS:
        recording = layout(variables, name)
        if recording is not None:
            return recording
    raise VibrationError(
        f"{name} holds no numeric signal, only {_contents(variables)}; "
        "save the signal as a plain numeric vector."
    )


def _byte_order(path: Path, name: str) -> str:
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
        file.seek(512)
        is_hdf5 = file.read(8) == b"\x89HDF\r\n\x1a\n"
    order = {b"IM": "<", b"MI": ">"}.get(header[126:128], "")
    version = struct.unpack(f"{order}H", header[124:126])[0] if order else 0
    if is_hdf5 or version == 0x0200:
        raise VibrationError(
            f"{name} is a MATLAB 7.3 file, which is not read yet; save it with the option -v7."
        )
    if version != 0x0100:
        raise VibrationError(f"{name} is not a MATLAB 5 file.")
    return order


def _contents(variables: Mapping[str, Any]) -> str:
    parts = [f"{_kind(value)} {key!r}" for key, value in variables.items()]
    return ", ".join(parts[:8]) or "nothing"


def _kind(value: Any) -> str:
    if isinstance(value, Unread):
        return value.kind
    if isinstance(value, np.ndarray):
        kinds = {"c": "complex numbers", "b": "logicals"}
        return kinds.get(value.dtype.kind, "a number" if value.size == 1 else "an array")
    return "text" if isinstance(value, str) else "a struct"
