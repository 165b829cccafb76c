"""Fault classes and severities as figures and tables of the explorer show them."""

from dataclasses import dataclass

from bearing_portal.dashboards.figures.symbols import symbol_uri
from signals.selectors import classes_all, severities_all

NONE = "none"  # the code of signals without a class, or without a severity


@dataclass(frozen=True)
class ClassMark:
    """How a fault class is drawn: its name, colour, Plotly symbol, and its mark as an image."""

    pk: int
    code: str
    name: str
    short_name: str
    colour: str
    symbol: str
    uri: str = ""


@dataclass(frozen=True)
class SeverityMark:
    """A severity's name, and its level from 1 up."""

    pk: int
    code: str
    name: str
    level: int


def class_marks() -> dict[str, ClassMark]:
    """Return the classes by code, in the order of the pages."""
    return {
        row.code: ClassMark(
            pk=row.pk,
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            colour=row.colour,
            symbol=row.symbol,
            uri=symbol_uri(row),
        )
        for row in classes_all()
    }


def severity_marks() -> dict[str, SeverityMark]:
    """Return the severities by code, the mildest first."""
    return {
        row.code: SeverityMark(row.pk, row.code, row.name, row.level) for row in severities_all()
    }
