"""What a spreadsheet would run, written so that it only shows it."""

from typing import Final

# What begins a formula; in East Asian spreadsheets full-width signs do too.
_DANGEROUS: Final = (*"=+-@＝＋－＠\t\r\n",)


def harmless(text: str | None) -> str | None:
    """Return a cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("OWH-0047")
    ("'=1+1", 'OWH-0047')
    """
    return f"'{text}" if text and text.startswith(_DANGEROUS) else text
