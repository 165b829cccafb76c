"""The journal-bearing vibration simulator: a recipe in, labelled records out.

Every record depends only on the recipe's seed, its class and its number within the class, and
every part of it draws from a stream of its own: switching one off changes nothing in the others.
"""

from vibration.simulation.catalogue import (
    CLASS_CODES,
    FAULT_CLASSES,
    NOISE_CODES,
    NOISES,
    SEVERITIES,
    SEVERITY_CODES,
    TRANSIENT_CODES,
    FaultClassSpec,
    NoiseSpec,
    SeveritySpec,
    part_title,
)
from vibration.simulation.noise import adc
from vibration.simulation.recipe import SIMULATOR_VERSION, Recipe, single_class_recipe
from vibration.simulation.record import (
    INDEX_COLUMNS,
    Record,
    record_columns,
    record_turns,
    simulate,
    simulate_parts,
)
from vibration.simulation.streams import RecordKey

__all__ = [
    "CLASS_CODES",
    "FAULT_CLASSES",
    "INDEX_COLUMNS",
    "NOISES",
    "NOISE_CODES",
    "SEVERITIES",
    "SEVERITY_CODES",
    "SIMULATOR_VERSION",
    "TRANSIENT_CODES",
    "FaultClassSpec",
    "NoiseSpec",
    "Recipe",
    "Record",
    "RecordKey",
    "SeveritySpec",
    "adc",
    "part_title",
    "record_columns",
    "record_turns",
    "simulate",
    "simulate_parts",
    "single_class_recipe",
]
