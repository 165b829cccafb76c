"""How the portal writes numbers, sizes, lengths of time and plurals: the one place that does."""

from collections.abc import Sequence
from typing import Final

THIN_SPACE: Final = "\u202f"  # narrow, and no line breaks at it
MINUS: Final = "\u2212"
NOTHING: Final = "–"
_SIZES: Final = ("kB", "MB", "GB", "TB")


def thousands(value: float) -> str:
    """Write a whole number with thin spaces.

    >>> thousands(20480) == "20\u202f480"
    True
    """
    return minus(f"{value:,.0f}").replace(",", THIN_SPACE)


def number(value: float, digits: int = 4) -> str:
    """Write a measured number with so many significant digits, whole where it has more.

    >>> number(0.5), number(-12345.6)
    ('0.5000', '−12346')
    """
    text = f"{value:#.{digits}g}".rstrip(".") if abs(value) < 10**digits else f"{value:.0f}"
    return minus(text)


def signed(value: float, digits: int = 0) -> str:
    """Write a difference with its sign.

    >>> signed(2.5, 1), signed(-3)
    ('+2.5', '−3')
    """
    return minus(f"{value:+.{digits}f}")


def minus(text: str) -> str:
    """Return a number's text with a minus sign in place of its hyphen.

    >>> minus("-1e-05")
    '−1e−05'
    """
    return text.replace("-", MINUS)


def counted(n: int, word: str, plural: str = "") -> str:
    """Write how many of a thing there are.

    >>> counted(1, "class", "classes"), counted(0, "class", "classes"), counted(2, "signal")
    ('1 class', '0 classes', '2 signals')
    """
    return f"{thousands(n)} {word if n == 1 else plural or f'{word}s'}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Write a list as people say it.

    >>> joined(["wear"]), joined(["wear", "rub", "whirl"])
    ('wear', 'wear, rub and whirl')
    """
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def size(n_bytes: float) -> str:
    """Write a size as people say it, in powers of 1000.

    >>> size(585_728_000), size(1_200), size(9_940_000)
    ('586 MB', '1 kB', '9.9 MB')
    """
    amount, unit = float(n_bytes), "B"
    for larger in _SIZES:
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    digits = 1 if amount < 9.95 and unit not in {"B", "kB"} else 0
    return f"{amount:.{digits}f} {unit}"


def span(seconds: float) -> str:
    """Write a length of time roughly.

    >>> span(0.2), span(6), span(200), span(7200)
    ('1 s', '6 s', '3 min', '2 h')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h"
