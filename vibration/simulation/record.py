"""Records: one by index, its parts one by one, its columns without its samples."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from vibration.simulation.arrays import Float32Array, Float64Array
from vibration.simulation.augmentation import draw_augmentation
from vibration.simulation.catalogue import ANALOGUE_NOISE_CODES
from vibration.simulation.conditions import Conditions, draw_conditions, fault_gain
from vibration.simulation.faults import Machine, fault_components
from vibration.simulation.noise import adc, noise_layer
from vibration.simulation.recipe import Recipe, RecordAddress
from vibration.simulation.shaft import TimeGrid, shaft_track
from vibration.simulation.streams import Stream, gaussian

INDEX_COLUMNS: Final = (
    "class",
    "severity",
    "severity_factor",
    "progresses",
    "rpm",
    "load_percent",
    "temperature_c",
    "sommerfeld",
    "reynolds",
    "clearance_ratio",
    "transient",
    "augmented",
    "source_index",
    "seed_key",
)

Part = tuple[str, Float32Array]


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One simulated record: samples (float32, g), what was drawn for it, its rate."""

    samples: Float32Array
    columns: dict[str, object]
    fs_hz: float


def simulate(recipe: Recipe, index: int) -> Record:
    """Make record `index` of a recipe's dataset.

    x = floor + residual 1X + fault + noise layers, then the ADC. The float32 sum is taken in the
    order of `simulate_parts`, so the parts give the record bit for bit. The same recipe and index
    give the same bytes in any order, in any process and with any number of threads. Processors
    with AVX2 and with AVX-512 agree to the bit; on others numpy may round a sine's last bit
    differently.

    Parameters
    ----------
    recipe : Recipe
        What the dataset is made from.
    index : int
        0 to recipe.n_records − 1.

    Returns
    -------
    Record
        Samples of shape (recipe.n_samples,), casing acceleration in g; the columns are those of
        `INDEX_COLUMNS`, None where one does not apply.

    Raises
    ------
    VibrationError
        Where the index is outside the dataset.

    References
    ----------
    ISO 13373-2; Randall, Vibration-based Condition Monitoring (2011).

    Examples
    --------
    >>> record = simulate(Recipe(per_class=1, classes=("oil_whirl",)), 0)
    >>> record.samples.shape, record.columns["class"], record.columns["severity"]
    ((102400,), 'oil_whirl', 'incipient')
    """
    address = recipe.address(index)
    conditions = draw_conditions(recipe, address)
    parts = _parts(recipe, address, conditions)
    _, total = next(parts)
    for _, part in parts:
        total += part
    if "quantization" in recipe.noises:
        total = adc(total)
    return Record(total, _columns(address, conditions), recipe.fs_hz)


def simulate_parts(recipe: Recipe, index: int) -> dict[str, Float32Array]:
    """Return the parts whose sum, through the ADC where it is switched on, is record `index`.

    Parameters
    ----------
    recipe : Recipe
        What the dataset is made from.
    index : int
        0 to recipe.n_records − 1.

    Returns
    -------
    dict of str to ndarray, shape (recipe.n_samples,)
        In g, in the order of the sum: "floor", "residual_1x", "fault:<component>",
        "noise:<code>" for each analogue layer, "augmentation_noise".

    Raises
    ------
    VibrationError
        Where the index is outside the dataset.

    Examples
    --------
    >>> recipe = Recipe(per_class=1, classes=("wear",))
    >>> parts = simulate_parts(recipe, 0)
    >>> bool((adc(sum(parts.values())) == simulate(recipe, 0).samples).all())
    True
    """
    address = recipe.address(index)
    return dict(_parts(recipe, address, draw_conditions(recipe, address)))


def record_columns(recipe: Recipe, index: int) -> dict[str, object]:
    """Return what was drawn for record `index`, without making its samples.

    Parameters
    ----------
    recipe : Recipe
        What the dataset is made from.
    index : int
        0 to recipe.n_records − 1.

    Returns
    -------
    dict of str to object
        Keys are `INDEX_COLUMNS`. `rpm` is the record's own speed, before a ramp; `severity_factor`
        the one it starts with; `source_index` the index of the record a copy was made from, and an
        original's own, so that grouping by it keeps copies with their originals.

    Raises
    ------
    VibrationError
        Where the index is outside the dataset.

    Examples
    --------
    >>> record_columns(Recipe(), 3)["seed_key"]
    '0/healthy/3'
    """
    address = recipe.address(index)
    return _columns(address, draw_conditions(recipe, address))


def record_turns(recipe: Recipe, index: int) -> Float64Array:
    """Return the shaft's angle during record `index`, as an ideal encoder would give it.

    It is φ(t)/2π, ramp and jitter included: what every shaft-synchronous component of the record
    is a function of. In a copy that was shifted circularly the angle is shifted alike, and the
    part behind the splice raised by whole turns: modulo one turn it stays the angle of the
    record, but between the two samples at the splice it rises by up to a whole turn more.

    Parameters
    ----------
    recipe : Recipe
        What the dataset is made from.
    index : int
        0 to recipe.n_records − 1.

    Returns
    -------
    ndarray, shape (recipe.n_samples,)
        Turns, always rising, float64.

    Raises
    ------
    VibrationError
        Where the index is outside the dataset.

    References
    ----------
    Randall, Vibration-based Condition Monitoring (2011), on order tracking.

    Examples
    --------
    >>> recipe = Recipe(per_class=1, classes=("imbalance",))
    >>> turns = record_turns(recipe, 0)
    >>> speed_hz = (turns[-1] - turns[0]) / recipe.duration_s
    >>> bool(abs(60 * speed_hz / record_columns(recipe, 0)["rpm"] - 1) < 0.01)
    True
    """
    address = recipe.address(index)
    conditions = draw_conditions(recipe, address)
    grid = TimeGrid(recipe.fs_hz, recipe.n_samples)
    turns = shaft_track(conditions, address.key, grid).turns()
    if address.key.is_copy:
        augmentation, _ = draw_augmentation(address.key, conditions, recipe.n_samples)
        return _shifted_turns(turns, augmentation.shift_samples)
    return turns


def _shifted_turns(turns: Float64Array, shift_samples: int) -> Float64Array:
    if not shift_samples:
        return turns
    shifted = np.roll(turns, shift_samples)
    shifted[shift_samples % turns.size :] += math.floor(turns[-1] - turns[0]) + 1
    return shifted


def _parts(recipe: Recipe, address: RecordAddress, conditions: Conditions) -> Iterator[Part]:
    if not address.key.is_copy:
        yield from _original_parts(recipe, address, conditions)
        return
    augmentation, noise = draw_augmentation(address.key, conditions, recipe.n_samples)
    for name, part in _original_parts(recipe, address, conditions):
        yield name, augmentation.applied(part)
    if noise is not None:
        yield "augmentation_noise", noise


def _original_parts(
    recipe: Recipe, address: RecordAddress, conditions: Conditions
) -> Iterator[Part]:
    key = address.key
    grid = TimeGrid(recipe.fs_hz, recipe.n_samples)
    shaft = shaft_track(conditions, key, grid)
    floor = gaussian(key.generator(Stream.FLOOR), grid.n_samples)
    floor *= 0.05 * conditions.base_amplitude_g
    yield "floor", floor
    yield "residual_1x", shaft.sine(1, 0.0, 0.02 * conditions.base_amplitude_g)
    gain = fault_gain(conditions, grid.n_samples)
    machine = Machine(recipe.shaft_hz, conditions, shaft, key.generator(Stream.FAULT))
    for name, component in fault_components(key.class_code, machine).items():
        np.multiply(component, gain, out=component)
        yield f"fault:{name}", component
    for code in ANALOGUE_NOISE_CODES:
        if code in recipe.noises:
            yield f"noise:{code}", noise_layer(code, recipe, key, grid)


def _columns(address: RecordAddress, conditions: Conditions) -> dict[str, object]:
    return {
        "class": address.key.class_code,
        "severity": address.severity,
        "severity_factor": conditions.severity_factor,
        "progresses": conditions.progresses,
        "rpm": 60.0 * conditions.shaft_hz,
        "load_percent": 100.0 * conditions.load,
        "temperature_c": conditions.temperature_c,
        "sommerfeld": conditions.sommerfeld,
        "reynolds": conditions.reynolds,
        "clearance_ratio": conditions.clearance_ratio,
        "transient": conditions.transient,
        "augmented": address.key.is_copy,
        "source_index": address.source_index,
        "seed_key": str(address.key),
    }
