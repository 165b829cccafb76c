"""What the paths of files say of them, by a pattern."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vibration.errors import FormatError
from vibration.formats.said_values import FACTS
from vibration.formats.titles import COLUMNS_OFFERED, column_of

_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_MOST_HOLES: Final = 12
_MOST_STARS: Final = 6
_SUFFIXES: Final = re.compile(r"(?:\.[^./]+)*")


@dataclass(frozen=True)
class _Gap:
    """A hole or a star: so many letters at least, of one folder or name; a fact where a hole."""

    fewest: int
    fact: str = ""


@dataclass(frozen=True)
class PathPattern:
    """What the folders and names of files say, such as ``{label}/{specimen}_{speed}rpm``.

    Attributes
    ----------
    text : str
        As it was written.
    """

    text: str
    _parts: tuple[str | _Gap, ...]
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
        parts: list[str | _Gap] = []
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
            parts += [*_literal(plain[last : found.start()]), _Gap(1, fact)]
            last = found.end()
        if not holes or len(holes) > _MOST_HOLES:
            raise FormatError(
                "A pattern names what stands in the path in braces, such as {label}/{specimen}; "
                f"at most {_MOST_HOLES}."
            )
        if re.sub(r"\*+", "*", plain).count("*") > _MOST_STARS:
            raise FormatError(f"A pattern has at most {_MOST_STARS} stars.")
        return cls(text, (*parts, *_literal(plain[last:])), holes)

    def facts_of(self, path: str) -> dict[str, Any] | None:
        """Return what a path says; None where it is not of this pattern.

        Raises
        ------
        FormatError
            Where what stands in a hole cannot be.
        """
        found = self._held_against(path.replace("\\", "/"))
        if found is None:
            return None
        facts = {}
        for fact, (title, unit) in self._holes.items():
            try:
                facts[fact] = FACTS[fact](found[fact], unit)
            except FormatError as error:
                raise FormatError(f"{title} in {path[-60:]}: {error}") from error
        return facts

    def _held_against(self, path: str) -> dict[str, str] | None:
        """Return the text in each hole, at the nearest folder and the shortest that fits."""
        failed: set[tuple[int, int]] = set()  # from where the rest is known not to fit
        starts = [at + 1 for at, letter in enumerate(path) if letter == "/"]
        for start in (*reversed(starts), 0):
            ends = self._ends(path, 0, start, failed)
            if ends is not None:
                begins = [start, *ends]
                return {
                    part.fact: path[begins[place] : begins[place + 1]]
                    for place, part in enumerate(self._parts)
                    if isinstance(part, _Gap) and part.fact
                }
        return None

    def _ends(
        self, path: str, place: int, at: int, failed: set[tuple[int, int]]
    ) -> list[int] | None:
        """Return where each part ends, from one part and letter on; None where they do not fit."""
        if place == len(self._parts):
            return [] if _SUFFIXES.fullmatch(path, at) else None
        if (place, at) in failed:
            return None
        part = self._parts[place]
        if isinstance(part, str):
            ends: Iterable[int] = (at + len(part),) if path.startswith(part, at) else ()
        else:
            folder_end = path.find("/", at)
            ends = range(at + part.fewest, (len(path) if folder_end < 0 else folder_end) + 1)
        for end in ends:
            following = self._ends(path, place + 1, end, failed)
            if following is not None:
                return [end, *following]
        failed.add((place, at))
        return None


def _literal(text: str) -> list[str | _Gap]:
    """Return a text between holes as its words, with a gap for each star."""
    first, *others = re.split(r"\*+", text)
    parts: list[str | _Gap] = [first]
    for other in others:
        parts += [_Gap(0), other]
    return parts
