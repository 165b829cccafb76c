"""A table whose layout was recognised, and the figures that its publication gives."""

from dataclasses import dataclass

from vibration.formats.facts import stated
from vibration.formats.recording import LeftOut, Source, Statement
from vibration.formats.series import Series, Stated


@dataclass(frozen=True)
class Known:
    """A table whose layout was recognised."""

    form: str
    series: tuple[Series, ...]
    stated: Stated
    left_out: tuple[LeftOut, ...] = ()


def by_publication(value: float, words: str) -> Statement:
    """Return a number that a publication gives.

    Parameters
    ----------
    value : float
    words : str
        The publication.

    Returns
    -------
    Statement

    Examples
    --------
    >>> by_publication(20000.0, "IMS").origin.source.value
    'known layout'
    """
    return stated(value, words, Source.KNOWN_LAYOUT)
