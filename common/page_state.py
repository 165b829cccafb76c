"""What a page's address says: its keys, choices, defaults and limits, declared once.

A page declares its state as a frozen dataclass that derives from `PageState`; each field names its
key with `key`. Callbacks and views read the state of an address with `PageState.read`; the page's
scripts get `PageState.declared` as JSON, and keep to it.

Every part of a state is a text under a short key, as it stands in the URL. Whoever made a value up
gets the default instead: a link from an older version still opens. Only the filter, which is passed
on as it is, is refused in words where it is applied: without it other signals would be shown than
the address says.
"""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Self

from django.http import QueryDict

from common.errors import Invalid

HIGHEST_ID = 2**63 - 1
LONGEST_FILTER = 4000
LONGEST_JSON = 4000
FILTER = "filter"

Span = tuple[float, float]


class Kind(ABC):
    """How the text of a key is read; a missing key is None."""

    @abstractmethod
    def read(self, text: str | None) -> Any:
        """Return what the text says."""

    def declared(self) -> dict[str, Any]:
        """Return what a script must know of it."""
        return {}


class Choice(Kind):
    """One of a few texts, or of what they stand for; the first is the default unless one is named.

    A key at its default is left out of the address.
    """

    def __init__(
        self, among: Mapping[str, Any] | Sequence[str], default: str | None = None
    ) -> None:
        self.among = among if isinstance(among, Mapping) else {text: text for text in among}
        self.default = next(iter(self.among)) if default is None else default

    def read(self, text: str | None) -> Any:
        return self.among[text if text is not None and text in self.among else self.default]

    def declared(self) -> dict[str, Any]:
        return {"default": self.default, "choices": list(self.among)}


class Switch(Choice):
    """True at one text, False at another, which is the default."""

    def __init__(self, on: str = "1", off: str = "") -> None:
        super().__init__({off: False, on: True})


@dataclass(frozen=True)
class Number(Kind):
    """A number, brought between its limits."""

    default: float
    lowest: float
    highest: float
    is_whole: bool = False

    def read(self, text: str | None) -> float:
        number = read_float(text)
        number = self.default if number is None else min(max(number, self.lowest), self.highest)
        return int(number) if self.is_whole else number

    def declared(self) -> dict[str, Any]:
        return {"lowest": self.lowest, "highest": self.highest}


class Pair(Kind):
    """Two different numbers, the smaller first; None where they are none."""

    def read(self, text: str | None) -> Span | None:
        low, _, high = (text or "").partition(",")
        first, last = read_float(low), read_float(high)
        if first is None or last is None or first == last:
            return None
        return min(first, last), max(first, last)


class Identifier(Kind):
    """The id of a row."""

    def read(self, text: str | None) -> int | None:
        return read_id(text or "")


@dataclass(frozen=True)
class Identifiers(Kind):
    """Ids of rows, each once, at most so many."""

    most: int

    def read(self, text: str | None) -> tuple[int, ...]:
        parts = (text or "").split(",")[: 2 * self.most]
        found = (read_id(part) for part in parts)
        return tuple(dict.fromkeys(pk for pk in found if pk is not None))[: self.most]

    def declared(self) -> dict[str, Any]:
        return {"most": self.most}


@dataclass(frozen=True)
class Words(Kind):
    """Words with commas between them, each once, at most so many."""

    most: int

    def read(self, text: str | None) -> tuple[str, ...]:
        parts = (text or "").split(",", 10 * self.most)
        return tuple(dict.fromkeys(part for part in parts if part))[: self.most]

    def declared(self) -> dict[str, Any]:
        return {"most": self.most}


@dataclass(frozen=True)
class Subset(Kind):
    """Some of a few words; missing is another thing than empty.

    `in_browser` are those that a script draws by itself: a panel need not be asked for them.
    """

    among: tuple[str, ...]
    at_first: tuple[str, ...]
    in_browser: tuple[str, ...] = ()

    def read(self, text: str | None) -> frozenset[str]:
        if text is None:
            return frozenset(self.at_first)
        return frozenset(text.split(",")) & frozenset(self.among)

    def declared(self) -> dict[str, Any]:
        return {
            "among": self.among,
            "atFirst": self.at_first,
            "inBrowser": self.in_browser,
        }


@dataclass(frozen=True)
class Text(Kind):
    """Any text, cut where it is too long; None is no limit."""

    longest: int | None = None

    def read(self, text: str | None) -> str:
        return (text or "")[: self.longest]


@dataclass(frozen=True)
class JsonObject(Kind):
    """An object in JSON; one that cannot be read is refused, as it narrows what is meant."""

    longest: int = LONGEST_JSON

    def read(self, text: str | None) -> dict[str, Any]:
        try:
            found = json.loads(text or "{}") if len(text or "") <= self.longest else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Invalid("The filters of the columns cannot be read; set them again.")
        return found


class Filter:
    """The filter: a query of its own, which whoever applies it reads and refuses."""

    def declared(self) -> dict[str, Any]:
        """Return nothing: a script passes it on as it is."""
        return {}


@dataclass(frozen=True)
class Key:
    """A key of the address and how it is read.

    Attributes
    ----------
    name : str
        As it stands in the address.
    kind : Kind or Filter
        How its text is read.
    is_continuous : bool
        Whether it is dragged or stepped through: changes in quick succession are one step of the
        browser's history.
    of : str
        The key that it belongs to: it is forgotten where that one changes.
    is_beside : bool
        Whether it never stands in the address and is only sent with a question, as the theme is.
    """

    name: str
    kind: Kind | Filter
    is_continuous: bool = False
    of: str = ""
    is_beside: bool = False

    def declared(self) -> dict[str, Any]:
        said = {"isContinuous": self.is_continuous, "of": self.of}
        return self.kind.declared() | {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Question:
    """What a panel is asked with: the store that carries it, and the keys it depends on.

    Attributes
    ----------
    store : str
        Id of the component that takes the question.
    keys : tuple of str
        Keys whose texts are sent.
    by, more : str, mapping
        A key whose choice brings further keys.
    when : tuple of str
        A key and the choice at which alone the panel is asked.
    needs : str
        A key without which it is not asked.
    graph : str
        Id of the figure whose width is sent.
    is_themed : bool
        Whether the theme is sent.
    """

    store: str
    keys: tuple[str, ...]
    by: str = ""
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    when: tuple[str, ...] = ()
    needs: str = ""
    graph: str = ""
    is_themed: bool = True

    def declared(self) -> dict[str, Any]:
        said = {
            "store": self.store,
            "keys": self.keys,
            "by": self.by,
            "more": dict(self.more),
            "when": self.when,
            "needs": self.needs,
            "graph": self.graph,
            "isThemed": self.is_themed,
        }
        return {name: value for name, value in said.items() if value}


def key(name: str, kind: Kind | Filter, **said: Any) -> Any:
    """Return the field of a state that is read from a key; see `Key`."""
    return field(metadata={"key": Key(name, kind, **said)})


class PageState:
    """What an address says; a page's own class declares its fields with `key`."""

    filter_keys: ClassVar[tuple[str, ...]] = ()

    @classmethod
    @cache
    def keys(cls) -> dict[str, Key]:
        """Return the field of each name, in order."""
        return {each.name: each.metadata["key"] for each in fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def read(cls, given: Any) -> Self:
        """Read a state from the texts of an address or of a callback."""
        texts, values = texts_of(given), {}
        for name, each in cls.keys().items():
            if isinstance(each.kind, Filter):
                values[name] = cls.filter_of(given)
            else:
                values[name] = each.kind.read(texts.get(each.name))
        return cls(**values)

    @classmethod
    def filter_of(cls, given: Any) -> QueryDict:
        """Return the filter of an address: as a query under ``filter``, else under its own keys.

        A form that carries it as a query may have fields of its own that are named as its keys are.

        Raises
        ------
        Invalid
            Where it is too long: cut, it would let other signals through.
        """
        texts = texts_of(given)
        if len(texts.get(FILTER, "")) > LONGEST_FILTER:
            raise Invalid("The filter in the address is too long; choose fewer conditions.")
        if FILTER in texts:
            return QueryDict(texts[FILTER])
        query = QueryDict(mutable=True)
        for name in texts.keys() & set(cls.filter_keys):
            is_query = isinstance(given, QueryDict)
            query.setlist(name, given.getlist(name) if is_query else [texts[name]])
        return query

    @classmethod
    def declared(cls, questions: Sequence[Question] = (), **limits: int) -> dict[str, Any]:
        """Return what the page's scripts must know, to be written as JSON."""
        return {
            "filter": cls.filter_keys,
            "keys": {
                each.name: each.declared() for each in cls.keys().values() if not each.is_beside
            },
            "questions": [question.declared() for question in questions],
            "limits": limits,
        }


def texts_of(given: Any) -> dict[str, str]:
    """Return the texts under each key; whatever else was sent is left out."""
    if not isinstance(given, Mapping):
        return {}
    return {name: text for name, text in given.items() if isinstance(text, str)}


def read_id(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and int(text) <= HIGHEST_ID else None


def read_float(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
