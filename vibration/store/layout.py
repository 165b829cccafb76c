"""How a dataset lies on the disk: names, attributes and types.

``signals.h5``
    root attributes
        ``format`` (text), ``format_version``, ``fs`` (Hz), ``unit``, ``recipe_fingerprint``
        (SHA-256) and ``recipe`` (JSON text).
    ``/signals``
        (n, N) float32, one record per chunk, uncompressed: a record is one read of 0.1 ms for
        h5py and MATLAB alike; the best compressor tried saved a sixth and cost eight times that.
    ``/features``
        (n, k) float32, contiguous; attribute ``names`` holds the k names.
    ``/index/<column>``
        n values each. A number that is unknown or does not apply is NaN, a text is empty.
``metadata.json``
    the whole recipe, the shape, and size and SHA-256 of every other file.
"""

from typing import Final, Literal

import h5py
import numpy as np

SIGNALS_FILE: Final = "signals.h5"
METADATA_FILE: Final = "metadata.json"
FORMAT: Final = "bearing-portal-signals"
FORMAT_VERSION: Final = 1
TEXT_BYTES: Final = 64

Kind = Literal["text", "number", "flag"]

INDEX_KINDS: Final[dict[str, Kind]] = {
    "class": "text",
    "severity": "text",
    "severity_factor": "number",
    "progresses": "flag",
    "rpm": "number",
    "load_percent": "number",
    "temperature_c": "number",
    "sommerfeld": "number",
    "reynolds": "number",
    "clearance_ratio": "number",
    "transient": "text",
    "augmented": "flag",
    "source_index": "number",
    "seed_key": "text",
}


def disk_dtype(kind: Kind) -> np.dtype[np.generic]:
    """Return the numpy type in which a column of this kind is stored.

    Parameters
    ----------
    kind : {"text", "number", "flag"}
        Of the column.

    Returns
    -------
    dtype

    Examples
    --------
    >>> disk_dtype("number"), disk_dtype("flag")
    (dtype('float64'), dtype('bool'))
    """
    if kind == "text":
        text: np.dtype[np.bytes_] = h5py.string_dtype("utf-8", TEXT_BYTES)
        return text
    return np.dtype(np.float64 if kind == "number" else np.bool_)


def payload_bytes(n: int, n_samples: int, n_features: int, kinds: dict[str, Kind]) -> int:
    """Return the bytes of the arrays of a dataset, without HDF5's own 0.1 %.

    Parameters
    ----------
    n, n_samples, n_features : int
        Records, samples of each, features of each.
    kinds : dict of str to str
        Kind of each index column.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> payload_bytes(10, 1000, 36, {"rpm": "number"})
    41520
    """
    per_row = 4 * n_samples + 4 * n_features + sum(disk_dtype(k).itemsize for k in kinds.values())
    return n * per_row
