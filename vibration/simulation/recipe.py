"""The recipe: everything a dataset is made from, checked when it is written down."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from vibration.errors import VibrationError
from vibration.simulation.catalogue import (
    CAVITATING_CODES,
    CLASS_CODES,
    HEALTHY,
    NOISE_CODES,
    SEVERITY_CODES,
)
from vibration.simulation.streams import RecordKey

SIMULATOR_VERSION: Final = 1
"""Raised whenever the same recipe would give other bytes; it is part of every fingerprint."""

MAX_PER_CLASS: Final = 100_000
MAX_SEED: Final = 2**63 - 1
MAINS_HZ: Final = (50.0, 60.0)
MIN_CAVITATION_FS_HZ: Final = 6400.0
HIGHEST_ORDER: Final = 3
RATE_MARGIN: Final = 2.56
"""fs over the highest nominal order. Half of it, 1.28, covers the fastest a record can turn
(1.10 by its drawn speed × 1.15 by a ramp = 1.265, and 12 σ of jitter), so that 3X stays below
fs/2 in every record of an accepted recipe."""

_RANGES: Final = {
    "fs_hz": ("sampling rate", 1_000.0, 200_000.0, "Hz"),
    "duration_s": ("duration", 0.1, 60.0, "s"),
    "shaft_hz": ("shaft speed", 1.0, 1_000.0, "Hz"),
}


@dataclass(frozen=True, slots=True)
class RecordAddress:
    """Where a record stands in a dataset: its stream key, its severity, its original's index."""

    index: int
    key: RecordKey
    severity: str | None
    source_index: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the bytes of a simulated dataset.

    Records stand class by class, in the catalogue's order; within a class the originals come
    first, then the augmented copies (30 %, rounded half up) of the first originals. Severity
    levels are dealt out in turn, so that each class holds them evenly.

    Parameters
    ----------
    seed : int
        0 to 2⁶³ − 1.
    per_class : int
        Original records per class, 1 to 100 000.
    classes, severities, noises : iterable of str
        Codes of the catalogue; kept in its order. Only `noises` may be empty.
    augmentation : bool
        Add 30 % augmented copies to each class.
    fs_hz : float
        Sampling rate, 1 000 to 200 000 Hz; 6 400 Hz at least for the cavitation classes.
    duration_s : float
        Length of a record, 0.1 to 60 s.
    shaft_hz : float
        Nominal shaft speed, 1 to 1 000 Hz; 3X must stay below fs/2.56.
    mains_hz : float
        Mains frequency, 50 or 60 Hz.

    Raises
    ------
    VibrationError
        Naming the value that cannot be used and what can.

    Examples
    --------
    >>> recipe = Recipe(per_class=10, classes=("wear", "healthy"))
    >>> recipe.classes, recipe.n_samples, recipe.n_records
    (('healthy', 'wear'), 102400, 26)
    >>> Recipe.from_dict(recipe.to_dict()) == recipe
    True
    """

    seed: int = 0
    per_class: int = 100
    classes: tuple[str, ...] = CLASS_CODES
    severities: tuple[str, ...] = SEVERITY_CODES
    noises: tuple[str, ...] = NOISE_CODES
    augmentation: bool = True
    fs_hz: float = 20480.0
    duration_s: float = 5.0
    shaft_hz: float = 60.0
    mains_hz: float = 50.0

    def __post_init__(self) -> None:
        """Check every field and bring it into its canonical form."""
        _check_integer("seed", self.seed, 0, MAX_SEED)
        _check_integer("per_class", self.per_class, 1, MAX_PER_CLASS)
        if not isinstance(self.augmentation, bool):
            raise VibrationError(
                f"augmentation is true or false, not {self.augmentation!r}.", field="augmentation"
            )
        canonical: dict[str, object] = {
            "classes": _codes("class", "classes", self.classes, CLASS_CODES),
            "severities": _codes("severity", "severities", self.severities, SEVERITY_CODES),
            "noises": _codes("noise", "noises", self.noises, NOISE_CODES, may_be_empty=True),
            "mains_hz": _number("mains_hz", self.mains_hz),
        }
        for name, (title, low, high, unit) in _RANGES.items():
            value = _number(name, getattr(self, name))
            if not low <= value <= high:
                raise VibrationError(
                    f"The {title} {value:g} {unit} is outside {low:g}-{high:g} {unit}.", field=name
                )
            canonical[name] = value
        for name, checked in canonical.items():
            object.__setattr__(self, name, checked)
        self._check_rate()

    def _check_rate(self) -> None:
        if self.mains_hz not in MAINS_HZ:
            raise VibrationError(
                f"The mains frequency is 50 or 60 Hz, not {self.mains_hz:g} Hz.", field="mains_hz"
            )
        cavitating = [code for code in self.classes if code in CAVITATING_CODES]
        if cavitating and self.fs_hz < MIN_CAVITATION_FS_HZ:
            raise VibrationError(
                f"A sampling rate of {self.fs_hz:g} Hz cannot carry {' and '.join(cavitating)}: "
                f"raise it to {MIN_CAVITATION_FS_HZ:g} Hz or leave them out.",
                field="fs_hz",
            )
        highest_hz = HIGHEST_ORDER * self.shaft_hz
        if highest_hz >= self.fs_hz / RATE_MARGIN:
            raise VibrationError(
                f"3X of the shaft speed is {highest_hz:g} Hz and must stay below the sampling "
                f"rate / 2.56 = {self.fs_hz / RATE_MARGIN:g} Hz: raise fs or lower the speed.",
                field="shaft_hz",
            )

    @property
    def n_samples(self) -> int:
        """Samples per record."""
        return math.floor(self.fs_hz * self.duration_s + 0.5)

    @property
    def n_copies_per_class(self) -> int:
        """Augmented copies per class: 30 % of the originals, rounded half up."""
        return (3 * self.per_class + 5) // 10 if self.augmentation else 0

    @property
    def n_per_class(self) -> int:
        """Records per class, augmented copies included."""
        return self.per_class + self.n_copies_per_class

    @property
    def n_records(self) -> int:
        """Records in the whole dataset."""
        return self.n_per_class * len(self.classes)

    def address(self, index: int) -> RecordAddress:
        """Return where record `index` stands; raise `VibrationError` beyond the dataset."""
        _check_integer("index", index, 0, self.n_records - 1)
        position, within = divmod(index, self.n_per_class)
        class_code = self.classes[position]
        is_copy = within >= self.per_class
        number = within - self.per_class if is_copy else within
        severity = None
        if class_code != HEALTHY:
            severity = self.severities[number % len(self.severities)]
        return RecordAddress(
            index=index,
            key=RecordKey(self.seed, class_code, number, is_copy),
            severity=severity,
            source_index=position * self.n_per_class + number,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain values that JSON can hold."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read `to_dict`'s output back; a missing field has its default, an unknown is refused."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise VibrationError(f"A recipe has no field {', '.join(map(repr, unknown))}.")
        return cls(**values)

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the canonical recipe and the simulator's version."""
        content = {"simulator_version": SIMULATOR_VERSION, **self.to_dict()}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def single_class_recipe(
    class_code: str,
    severity: str | None = None,
    *,
    seed: int = 0,
    per_class: int = MAX_PER_CLASS,
    noises: Iterable[str] = NOISE_CODES,
    fs_hz: float = 20480.0,
    duration_s: float = 5.0,
    shaft_hz: float = 60.0,
    mains_hz: float = 50.0,
) -> Recipe:
    """Return the recipe {one class, one level, no augmentation}, of which single records are made.

    Parameters
    ----------
    class_code : str
        Code of the class.
    severity : str or None
        The level; None deals out all four. A healthy machine has none.
    seed, noises, fs_hz, duration_s, shaft_hz, mains_hz
        As in `Recipe`.
    per_class : int
        The largest by default, so that any index can be asked for: records do not depend on it.

    Returns
    -------
    Recipe
        Whose record 0, 1, … are the class's.

    Raises
    ------
    VibrationError
        For `healthy` with a severity, and for whatever `Recipe` refuses.

    Examples
    --------
    >>> single_class_recipe("wear", "mild").severities
    ('mild',)
    """
    if class_code == HEALTHY and severity is not None:
        raise VibrationError(
            "A healthy machine has no severity: leave the severity out.", field="severity"
        )
    return Recipe(
        seed=seed,
        per_class=per_class,
        classes=(class_code,),
        severities=SEVERITY_CODES if severity is None else (severity,),
        noises=tuple(noises),
        augmentation=False,
        fs_hz=fs_hz,
        duration_s=duration_s,
        shaft_hz=shaft_hz,
        mains_hz=mains_hz,
    )


def _check_integer(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise VibrationError(
            f"{name} is a whole number from {low} to {high}, not {value!r}.", field=name
        )


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise VibrationError(f"{name} is a finite number, not {value!r}.", field=name)
    try:
        number = float(value)
    except OverflowError as error:
        raise VibrationError(f"{name} is too large a number.", field=name) from error
    if not math.isfinite(number):
        raise VibrationError(f"{name} is a finite number, not {value!r}.", field=name)
    return number


def _codes(
    singular: str,
    plural: str,
    codes: object,
    known: tuple[str, ...],
    *,
    may_be_empty: bool = False,
) -> tuple[str, ...]:
    if isinstance(codes, str) or not isinstance(codes, Iterable):
        raise VibrationError(f"{plural} is a list of codes, not {codes!r}.", field=plural)
    asked = list(codes)
    if not asked and not may_be_empty:
        raise VibrationError(
            f"A recipe needs at least one {singular}: {', '.join(known)}.", field=plural
        )
    for code in asked:
        if code not in known:
            raise VibrationError(
                f"Unknown {singular} {code!r}: choose from {', '.join(known)}.", field=plural
            )
    if len(set(asked)) != len(asked):
        raise VibrationError(
            f"{plural} names the same {singular} twice: {', '.join(asked)}.", field=plural
        )
    return tuple(code for code in known if code in asked)
