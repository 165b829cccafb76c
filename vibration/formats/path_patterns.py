"""What the paths of files say of them, by a pattern."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.said_values import FACTS
from vibration.formats.titles import COLUMNS_OFFERED, column_of

_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_MOST_HOLES: Final = 12
_MOST_STARS: Final = 6  # each multiplies the ways to hold a pattern against a name


@dataclass(frozen=True)
class PathPattern:
    """What the folders and names of files say, such as ``{label}/{specimen}_{speed}rpm``.

    Attributes
    ----------
    text : str
        As it was written.
    """

    text: str
    _whole: re.Pattern[str]
    _holes: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, text: str) -> "PathPattern":
        """Read a pattern: a fact's name in braces is what stands there, ``*`` is anything.

        It is held against the end of each path, without the suffix; a hole reaches from the text
        before it to the text after it, within one folder or name.

        Raises
        ------
        FormatError
            Where it names no fact, an unknown one or one twice, or has too many stars.

        Examples
        --------
        >>> pattern = PathPattern.of("{label}/{specimen}_{speed}rpm_*")
        >>> pattern.facts_of("rig/inner race/B1_1500rpm_03.csv")
        {'label': 'inner race', 'specimen': 'B1', 'rpm': 1500.0}
        >>> pattern.facts_of("rig/readme.csv") is None
        True
        """
        holes: dict[str, tuple[str, str]] = {}
        parts: list[str] = []
        last = 0
        plain = text.replace("\\", "/").strip("/")
        for found in _HOLE.finditer(plain):
            fact, unit = column_of(found[1])
            if fact not in FACTS:
                raise FormatError(
                    f"The pattern names “{found[1][:40]}”; it can name {COLUMNS_OFFERED}."
                )
            if fact in holes:
                raise FormatError(f"The pattern names {found[1][:40]} twice.")
            if parts and last == found.start():
                raise FormatError(
                    f"Nothing stands before {found[0][:40]} to tell where it begins; put a sign "
                    "or a / there."
                )
            holes[fact] = (found[1], unit)
            parts += [_literal(plain[last : found.start()]), f"(?P<{fact}>[^/]+?)"]
            last = found.end()
        if not holes or len(holes) > _MOST_HOLES:
            raise FormatError(
                "A pattern names what stands in the path in braces, such as {label}/{specimen}; "
                f"at most {_MOST_HOLES}."
            )
        rest = _literal(plain[last:])
        if re.sub(r"\*+", "*", plain).count("*") > _MOST_STARS:
            raise FormatError(f"A pattern has at most {_MOST_STARS} stars.")
        return cls(text, re.compile(rf"(?:.*/)?{''.join(parts)}{rest}(?:\.[^./]+)*"), holes)

    def facts_of(self, path: str) -> dict[str, Any] | None:
        """Return what a path says; None where it is not of this pattern.

        Raises
        ------
        FormatError
            Where what stands in a hole cannot be.
        """
        found = self._whole.fullmatch(path.replace("\\", "/"))
        if found is None:
            return None
        facts = {}
        for fact, (title, unit) in self._holes.items():
            try:
                facts[fact] = FACTS[fact](found[fact], unit)
            except FormatError as error:
                raise FormatError(f"{title} in {path[-60:]}: {error}") from error
        return facts


def _literal(text: str) -> str:
    return "[^/]*?".join(map(re.escape, re.split(r"\*+", text)))
