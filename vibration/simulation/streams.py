"""Random streams: one per part of a record, keyed by what the part is and by nothing else."""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from vibration.errors import VibrationError
from vibration.simulation.arrays import Float32Array
from vibration.simulation.catalogue import CLASS_CODES

COPY_MARK: Final = "copy"


class Stream(IntEnum):
    """Numbers of the streams of a record; a number, once used, keeps its meaning."""

    CONDITIONS = 0
    JITTER = 1
    FLOOR = 2
    FAULT = 3
    AUGMENTATION = 4
    NOISE_MEASUREMENT = 10
    NOISE_EMI = 11
    NOISE_PINK = 12
    NOISE_DRIFT = 13
    NOISE_IMPULSE = 14


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What a record's random streams depend on: seed, class, number within the class.

    A stream is `SeedSequence(seed, spawn_key=(class, number, stream))`, the very child that
    repeated `SeedSequence.spawn` calls would give. Neither the number of records per class nor
    the other classes, severities or noises of the recipe enter, so that a larger dataset begins
    with the records of the smaller one. An augmented copy has its original's key and is told
    apart by `is_copy`.

    Examples
    --------
    >>> key = RecordKey(7, "wear", 3)
    >>> str(key)
    '7/wear/3'
    >>> RecordKey.parse("7/wear/3") == key
    True
    """

    seed: int
    class_code: str
    number: int
    is_copy: bool = False

    def generator(self, stream: Stream) -> np.random.Generator:
        """Return the stream's generator, at its beginning."""
        spawn_key = (CLASS_CODES.index(self.class_code), self.number, int(stream))
        return np.random.Generator(
            np.random.PCG64DXSM(np.random.SeedSequence(self.seed, spawn_key=spawn_key))
        )

    def __str__(self) -> str:
        """Return the `seed_key` column: seed/class/number, with /copy for an augmented copy."""
        original = f"{self.seed}/{self.class_code}/{self.number}"
        return f"{original}/{COPY_MARK}" if self.is_copy else original

    @classmethod
    def parse(cls, text: str) -> "RecordKey":
        """Read a `seed_key` back; raise `VibrationError` where it is not one."""
        seed, _, rest = text.partition("/")
        class_code, _, rest = rest.partition("/")
        number, _, mark = rest.partition("/")
        if not (seed.isdecimal() and number.isdecimal() and class_code in CLASS_CODES):
            raise VibrationError(
                f"{text!r} is not a seed key: write seed/class/number.", field="text"
            )
        key = cls(int(seed), class_code, int(number), mark == COPY_MARK)
        if str(key) != text:
            raise VibrationError(
                f"{text!r} is not a seed key: write seed/class/number.", field="text"
            )
        return key


def gaussian(rng: np.random.Generator, n: int) -> Float32Array:
    """Draw n independent standard normal float32 numbers.

    Box-Muller on 32-bit uniforms, vectorised in float32: a third of the time of the ziggurat of
    `Generator.standard_normal`. Values end at 6.7 σ, which 102 400 draws reach once in 10⁶
    records.

    Parameters
    ----------
    rng : numpy.random.Generator
        Stream to draw from; its bit generator must yield 64-bit words.
    n : int
        How many numbers.

    Returns
    -------
    ndarray, shape (n,)
        Dimensionless.

    References
    ----------
    Box and Muller, "A note on the generation of random normal deviates", Ann. Math. Stat. (1958).

    Examples
    --------
    >>> z = gaussian(np.random.default_rng(1), 100_000)
    >>> bool(abs(z.mean()) < 0.02 and abs(z.std() - 1) < 0.02)
    True
    """
    half = (n + 1) // 2
    radius, angle_rad = polar_normals(rng, half)
    out = np.empty(2 * half, dtype=np.float32)
    np.cos(angle_rad, out=out[:half])
    np.sin(angle_rad, out=out[half:])
    out[:half] *= radius
    out[half:] *= radius
    return out[:n]


def polar_normals(rng: np.random.Generator, n: int) -> tuple[Float32Array, Float32Array]:
    """Draw n pairs of independent standard normal numbers as radius and angle.

    radius = √(−2 ln u) with u in (0, 1], angle uniform in [−π, π]; the pair is radius·cos(angle)
    and radius·sin(angle).

    Parameters
    ----------
    rng : numpy.random.Generator
        Stream to draw from; its bit generator must yield 64-bit words.
    n : int
        How many pairs.

    Returns
    -------
    radius, angle : ndarray, shape (n,)
        Dimensionless and in rad.

    References
    ----------
    Box and Muller (1958), as in `gaussian`.

    Examples
    --------
    >>> radius, _ = polar_normals(np.random.default_rng(1), 50_000)
    >>> bool(abs((radius**2).mean() - 2) < 0.05)
    True
    """
    words = np.asarray(rng.bit_generator.random_raw(n), dtype=np.uint64).view(np.uint32)
    radius = words[:n].astype(np.float32)
    radius += 0.5
    radius *= 2.0**-32
    np.log(radius, out=radius)
    radius *= -2.0
    np.sqrt(radius, out=radius)
    angle_rad = words[n:].view(np.int32).astype(np.float32)
    angle_rad *= math.pi / 2.0**31
    return radius, angle_rad
