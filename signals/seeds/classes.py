"""The rows every portal starts with: fault classes, severities, noise sources, bearings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from signals.models import FaultClass, NoiseSource, Severity
from signals.services.bearings import bearings_seed
from signals.services.catalogue import rows_add_missing
from vibration.simulation import FAULT_CLASSES, NOISES, SEVERITIES

LABEL_PREFIXES = {
    "healthy": "HLT",
    "misalignment": "MIS",
    "imbalance": "IMB",
    "clearance": "CLR",
    "lubrication": "LUB",
    "cavitation": "CAV",
    "wear": "WEA",
    "oil_whirl": "OWH",
    "misalignment_imbalance": "MIM",
    "wear_lubrication": "WLU",
    "cavitation_clearance": "CCL",
}

Look = Mapping[str, Any]


@transaction.atomic
def catalogue_seed(*, looks: Iterable[Look], severity_looks: Iterable[Look]) -> dict[str, int]:
    """Write the rows that are missing and leave those that exist as their curators made them.

    Parameters
    ----------
    looks, severity_looks : iterables of mappings
        The design tokens ``faultClass`` and ``severity``: names, colours, symbols, dashes by code.

    Returns
    -------
    dict of str to int
        How many rows were written, by what they are.
    """
    look_of = {look["code"]: look for look in looks}
    shade_of = {look["code"]: look for look in severity_looks}
    return {
        "fault classes": rows_add_missing(
            FaultClass(
                code=spec.code,
                name=look_of[spec.code]["label"],
                short_name=look_of[spec.code]["short"],
                label_prefix=LABEL_PREFIXES[spec.code],
                position=position,
                colour=look_of[spec.code]["color"],
                symbol=look_of[spec.code]["symbol"],
                dash=look_of[spec.code]["dash"],
                signature=spec.signature,
            )
            for position, spec in enumerate(FAULT_CLASSES, start=1)
        ),
        "severities": rows_add_missing(
            Severity(
                code=spec.code,
                name=spec.name,
                level=spec.level,
                factor_low=spec.low,
                factor_high=spec.high,
                colour_light=shade_of[spec.code]["light"],
                colour_dark=shade_of[spec.code]["dark"],
            )
            for spec in SEVERITIES
        ),
        "noise sources": rows_add_missing(
            NoiseSource(code=spec.code, name=spec.name, position=position, model=spec.model)
            for position, spec in enumerate(NOISES, start=1)
        ),
        "bearings": bearings_seed(),
    }
