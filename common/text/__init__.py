"""How the portal writes and takes text: amounts, names, cells of a spreadsheet."""

from common.text.amounts import (
    MINUS,
    NOTHING,
    THIN_SPACE,
    counted,
    joined,
    minus,
    number,
    signed,
    size,
    span,
    thousands,
)

__all__ = [
    "MINUS",
    "NOTHING",
    "THIN_SPACE",
    "counted",
    "joined",
    "minus",
    "number",
    "signed",
    "size",
    "span",
    "thousands",
]
