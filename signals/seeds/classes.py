"""The rows every portal starts with: fault classes, severities, noise sources, bearings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

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
    "outer_race": "ORF",
    "inner_race": "IRF",
    "rolling_element": "REF",
    "cage": "CGF",
    "rolling_combined": "RCF",
}
# Of rolling bearings: the simulator makes none of these, recordings bear them.
ROLLING_SIGNATURES = {
    "outer_race": "Lines at BPFO and its harmonics in the envelope spectrum.",
    "inner_race": "Lines at BPFI with side-bands of the shaft's turns in the envelope spectrum.",
    "rolling_element": "Lines at twice BSF with side-bands of FTF in the envelope spectrum.",
    "cage": "Lines at FTF; modulation of the whole signal at the cage's turns.",
    "rolling_combined": "Lines of several parts of the bearing at once.",
}

Look = Mapping[str, Any]


@transaction.atomic
def catalogue_seed(*, looks: Iterable[Look], severity_looks: Iterable[Look]) -> dict[str, int]:
    """Write the rows that are missing and leave those that exist as their curators made them.

    Parameters
    ----------
    looks, severity_looks : iterables of mappings
        The design tokens ``faultClass`` with ``rollingClass``, and ``severity``: names, colours,
        symbols, dashes by code.

    Returns
    -------
    dict of str to int
        How many rows were written, by what they are.
    """
    look_of = {look["code"]: look for look in looks}
    shade_of = {look["code"]: look for look in severity_looks}
    return {
        "fault classes": rows_add_missing(
            _class_row(look_of[spec.code], position, spec.signature)
            for position, spec in enumerate(FAULT_CLASSES, start=1)
        )
        + _rolling_add_missing(look_of),
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


def _rolling_add_missing(look_of: Mapping[str, Look]) -> int:
    """Write them behind all there are: curators may have added classes of their own."""
    highest = FaultClass.objects.aggregate(highest=Max("position"))["highest"] or 0
    known = set(FaultClass.objects.values_list("code", flat=True))
    missing = [code for code in ROLLING_SIGNATURES if code not in known]
    if not missing:
        return 0
    return rows_add_missing(
        _class_row(look_of[code], position, ROLLING_SIGNATURES[code], FaultClass.Family.ROLLING)
        for position, code in enumerate(missing, start=highest + 1)
    )


def _class_row(
    look: Look, position: int, signature: str, family: str = FaultClass.Family.JOURNAL
) -> FaultClass:
    return FaultClass(
        code=look["code"],
        name=look["label"],
        short_name=look["short"],
        label_prefix=LABEL_PREFIXES[look["code"]],
        family=family,
        position=position,
        colour=look["color"],
        symbol=look["symbol"],
        dash=look["dash"],
        signature=signature,
    )
