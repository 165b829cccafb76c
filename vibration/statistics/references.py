"""Expected spectra: how the power spectral density of a class of records is spread."""

import os
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from vibration.errors import VibrationError
from vibration.spectra.averaging import averaged_spectrum
from vibration.spectra.windows import welch_segment
from vibration.store import whole_file

LOW, HIGH = 0.1, 0.9
SHORTEST = 0.9  # of a segment: what is a little shorter has bins a little wider
_CURVES = ("f_hz", "low", "median", "high")
_UNREADABLE = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile)

Curve = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ClassReference:
    """Spread of the power spectral densities of a class, bin by bin.

    Attributes
    ----------
    f_hz : ndarray, shape (M,)
        Frequencies in Hz, float32.
    low, median, high : ndarray, shape (M,)
        10 %, 50 % and 90 % quantile of the density in unit²/Hz, float32.
    n : int
        Number of records.
    shaft_hz : float
        Speed in Hz to which the records were aligned; 0 where they were not.
    """

    f_hz: Curve
    low: Curve
    median: Curve
    high: Curve
    n: int
    shaft_hz: float = 0.0

    def at_speed(self, shaft_hz: float | None) -> "ClassReference":
        """Return the reference stretched to another speed of the shaft.

        P(f) becomes P(f·a)·a with a = aligned speed / new speed, so that orders stay where they
        are and the power under the curve is kept.

        Parameters
        ----------
        shaft_hz : float or None
            New speed in Hz; None, and a reference that is not aligned, change nothing.

        Returns
        -------
        ClassReference

        Examples
        --------
        >>> flat = np.ones(3, np.float32)
        >>> reference = ClassReference(np.float32([0, 10, 20]), flat, flat, flat, 3, 10.0)
        >>> reference.at_speed(20.0).f_hz.tolist(), reference.at_speed(20.0).high.tolist()
        ([0.0, 20.0, 40.0], [0.5, 0.5, 0.5])
        """
        if not (shaft_hz and self.shaft_hz):
            return self
        ratio = np.float32(self.shaft_hz / shaft_hz)
        low, median, high = (curve * ratio for curve in (self.low, self.median, self.high))
        return ClassReference(self.f_hz / ratio, low, median, high, self.n, shaft_hz)


def class_reference(
    rows: Iterable[npt.ArrayLike],
    fs_hz: float,
    *,
    rates_hz: Sequence[float] | None = None,
    n_samples: int | None = None,
    fewest: int = 1,
    shafts_hz: Sequence[float | None] | None = None,
    segment: int | None = None,
    window: str = "hann",
    averaging: str = "power",
) -> ClassReference:
    """Median and 10–90 % band of the Welch PSD of some records, bin by bin.

    low(f), median(f), high(f) = quantiles 0.1, 0.5, 0.9 over the records of P(f), where P is that
    of `averaged_spectrum`; between two records the quantile is interpolated linearly. The
    quantiles of a density in unit²/Hz grow with the square of the gain. Where every record's speed
    is known, P(f) is first aligned to the median speed s̄: P(f·s/s̄)·s/s̄, read linearly between its
    bins, so that a line at one order stands in one bin whatever the speed.

    Records of other lengths and rates come to one grid: each is cut into segments of the same
    duration, so that the bins are equally wide and a line equally high, and says nothing beyond
    half its own rate. The curves end where fewer than `fewest` records speak.

    References
    ----------
    P. D. Welch, IEEE Trans. Audio Electroacoust. 15 (1967); R. J. Hyndman, Y. Fan, "Sample
    quantiles in statistical packages", Am. Stat. 50 (1996), definition 7.

    Parameters
    ----------
    rows : iterable of array_like, shape (Nᵢ,)
        Samples of each record, in one unit. They are read one by one; their spectra are kept, so
        some dozens of records are enough and thousands take memory.
    fs_hz : float
        Sampling rate in Hz that the grid is made for.
    rates_hz : sequence of float, optional
        Sampling rate of each record in Hz; `fs_hz` by default.
    n_samples : int, optional
        Length of the record that the grid is made for; that of the first by default.
    fewest : int
        Records that must speak of a frequency.
    shafts_hz : sequence of float or None, optional
        Speed of each record in Hz; where one is not known, nothing is aligned.
    segment : int, optional
        Samples per segment at `fs_hz`, never more than a record has; that of `welch_segment` by
        default.
    window, averaging : str
        As for `averaged_spectrum`.

    Returns
    -------
    ClassReference
        Curves of M = segment // 2 + 1 bins, fewer where only slower records reach.

    Raises
    ------
    VibrationError
        Where there is no record, or one is shorter than `SHORTEST` of a segment.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(5, 4096))
    >>> reference = class_reference(noise, 4096.0)
    >>> reference.n, bool((reference.low <= reference.high).all())
    (5, True)
    """
    densities: list[Curve] = []
    f_hz = np.zeros(0, np.float32)
    for number, row in enumerate(rows):
        length, rate_hz = np.size(row), fs_hz if rates_hz is None else rates_hz[number]
        if not densities:
            n_samples = n_samples or length
            segment = min(segment or welch_segment(n_samples, fs_hz), n_samples)
            f_hz = (np.arange(segment // 2 + 1) * (fs_hz / segment)).astype(np.float32)
        assert segment is not None  # noqa: S101 - of the first record
        wanted = segment_at(segment, fs_hz, rate_hz)
        if length < SHORTEST * wanted:
            raise VibrationError(
                f"A record of {length} samples is shorter than a segment of {wanted}: it cannot be "
                "compared.",
                field="rows",
            )
        spectrum = averaged_spectrum(
            row, rate_hz, segment=min(wanted, length), window=window, averaging=averaging
        )
        density = spectrum.values.astype(np.float32)
        if spectrum.segment != segment or rate_hz != fs_hz:
            own_hz = spectrum.f_hz
            density = np.interp(f_hz, own_hz, density, right=np.nan).astype(np.float32)
        densities.append(density)
    if not densities:
        raise VibrationError("A reference needs at least one record.", field="rows")
    shaft_hz = 0.0
    if shafts_hz is not None and all(shafts_hz) and len(shafts_hz) == len(densities):
        speeds = np.array(shafts_hz, dtype=float)
        shaft_hz = float(np.median(speeds))
        densities = [
            (np.interp(f_hz * ratio, f_hz, density) * ratio).astype(np.float32)
            for density, ratio in zip(densities, speeds / shaft_hz, strict=True)
        ]
    stack = np.stack(densities)
    spoken = np.isfinite(stack).sum(axis=0) >= min(fewest, len(densities))
    end = f_hz.size if spoken.all() else int(np.argmin(spoken))
    f_hz, stack = f_hz[:end], stack[:, :end]
    quantile = np.quantile if np.isfinite(stack).all() else np.nanquantile
    low, median, high = quantile(stack, [LOW, 0.5, HIGH], axis=0).astype(np.float32)
    return ClassReference(f_hz, low, median, high, len(densities), shaft_hz)


def segment_at(segment: int, fs_hz: float, rate_hz: float) -> int:
    """Return the samples at another rate that last as long as a segment.

    N₂ = round(N₁·fs₂/fs₁), at least 1.

    Parameters
    ----------
    segment : int
        Samples at `fs_hz`.
    fs_hz, rate_hz : float
        The two rates in Hz.

    Returns
    -------
    int

    Examples
    --------
    >>> segment_at(4096, 48_000.0, 12_000.0)
    1024
    """
    return max(1, round(segment * rate_hz / fs_hz))


def save_reference(reference: ClassReference, path: Path) -> None:
    """Write a reference to one file, whole or not at all.

    Parameters
    ----------
    reference : ClassReference
        What to keep.
    path : Path
        The file; one that exists is replaced. Its folder must exist.

    Raises
    ------
    VibrationError
        Where the folder is missing or the disk refuses.

    Examples
    --------
    >>> import tempfile
    >>> x = np.random.default_rng(1).standard_normal((3, 2048))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_reference(class_reference(x, 1000.0), Path(folder) / "healthy.npz")
    ...     load_reference(Path(folder) / "healthy.npz").n
    3
    """
    curves = {name: getattr(reference, name) for name in _CURVES}
    with whole_file(path) as partial, partial.open("wb") as file:
        np.savez(file, n=np.int64(reference.n), shaft_hz=reference.shaft_hz, **curves)


def load_reference(path: str | os.PathLike[str] | BinaryIO) -> ClassReference:
    """Return what `save_reference` wrote.

    Parameters
    ----------
    path : path-like or file
        The file, or one that is open for reading.

    Returns
    -------
    ClassReference

    Raises
    ------
    VibrationError
        Where the file is missing, cut short or something else.

    Examples
    --------
    >>> import tempfile
    >>> x = np.random.default_rng(1).standard_normal((5, 2048))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_reference(class_reference(x, 1000.0), Path(folder) / "healthy.npz")
    ...     load_reference(Path(folder) / "healthy.npz").f_hz[-1].item()
    500.0
    """
    name = Path(path).name if isinstance(path, str | os.PathLike) else "The file"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            curves = [arrays[curve] for curve in _CURVES]
            n, shaft_hz = int(arrays["n"]), float(arrays["shaft_hz"])
    except _UNREADABLE as error:
        raise VibrationError(
            f"{name} is no readable reference; remove it, and it is made again.", field="path"
        ) from error
    shape = curves[0].shape
    if len(shape) != 1 or n < 1 or any(c.shape != shape or c.dtype != np.float32 for c in curves):
        raise VibrationError(
            f"The curves in {name} do not belong together; remove the file.", field="path"
        )
    f_hz, low, median, high = curves
    return ClassReference(f_hz, low, median, high, n, shaft_hz)
