"""Augmented copies: the original's parts, shifted, scaled or with more noise."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from vibration.simulation.arrays import Float32Array
from vibration.simulation.conditions import Conditions
from vibration.simulation.streams import RecordKey, Stream, gaussian

MAX_SHIFT: Final = 0.02
SCALES: Final = (0.85, 1.15)
NOISE_SIGMAS_G: Final = (0.02, 0.05)

Kind = Literal["shift", "scale", "noise"]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What makes a copy differ: a circular shift (samples), a scale, or noise of a σ in g."""

    kind: Kind
    shift_samples: int = 0
    scale: float = 1.0
    noise_sigma_g: float = 0.0

    def applied(self, part: Float32Array) -> Float32Array:
        """Return a part of the original as it stands in the copy."""
        if self.kind == "shift":
            return np.roll(part, self.shift_samples)
        if self.kind == "scale":
            part *= self.scale
        return part


def draw_augmentation(
    key: RecordKey, conditions: Conditions, n_samples: int
) -> tuple[Augmentation, Float32Array | None]:
    """Draw how a copy differs from its original, and its added noise where that is how.

    One of three with equal chance: a circular shift of at most 2 %, a scale of 0.85-1.15, or
    Gaussian noise of σ 0.02-0.05 g. A record that is not the same at its end as at its beginning
    (any transient, or progression) is never shifted: its end would be spliced to its beginning.

    Parameters
    ----------
    key : RecordKey
        Of the copy.
    conditions : Conditions
        Of the original.
    n_samples : int
        Length of the record.

    Returns
    -------
    augmentation : Augmentation
        What to apply to each part.
    noise : ndarray, shape (n_samples,), or None
        In g.
    """
    rng = key.generator(Stream.AUGMENTATION)
    pick, amount = rng.random(2).tolist()
    steady = conditions.transient is None and not conditions.progresses
    kinds: tuple[Kind, ...] = ("scale", "noise", "shift") if steady else ("scale", "noise")
    kind = kinds[int(pick * len(kinds))]
    if kind == "shift":
        return Augmentation(kind, shift_samples=_shift(amount, n_samples)), None
    if kind == "scale":
        return Augmentation(kind, scale=SCALES[0] + (SCALES[1] - SCALES[0]) * amount), None
    low, high = NOISE_SIGMAS_G
    sigma_g = low + (high - low) * amount
    noise = gaussian(rng, n_samples)
    noise *= sigma_g
    return Augmentation(kind, noise_sigma_g=sigma_g), noise


def _shift(amount: float, n_samples: int) -> int:
    """Spread 0..1 over ±2 % of the record, leaving out no shift at all."""
    furthest = max(1, int(MAX_SHIFT * n_samples))
    step = int(amount * 2 * furthest)
    return step - furthest if step < furthest else step - furthest + 1
