"""How the values of a filter stand in a URL. What cannot be meant is refused in one sentence."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from common.errors import Invalid
from common.text import thousands

HIGHEST_ID = 2**63 - 1
HIGHEST_VERSION = 2**31 - 1
LONGEST_TEXT = 100


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; None is open."""

    low: float | None = None
    high: float | None = None

    def condition(self, column: str) -> Q:
        ends = {f"{column}__gte": self.low, f"{column}__lte": self.high}
        return Q(**{lookup: end for lookup, end in ends.items() if end is not None})

    def describe(self, unit: str) -> str:
        if self.low is None:
            return f"up to {self.high:g} {unit}"
        return f"from {self.low:g} {unit}" if self.high is None else self._both(unit)

    def _both(self, unit: str) -> str:
        return f"{self.low:g}–{self.high:g} {unit}"


def texts(query: Mapping[str, Any], key: str) -> list[str]:
    """Return every non-empty value of a key: of a QueryDict, or of a mapping to one or several."""
    found = query.getlist(key) if hasattr(query, "getlist") else query.get(key)
    if found is None:
        return []
    values = [str(value) for value in (found if isinstance(found, list | tuple) else [found])]
    for value in values:
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise Invalid(
                f"The filter's {key} is too long or holds characters that are not text; "
                "choose it again."
            )
    return [value for value in values if value]


def codes(query: Mapping[str, Any], key: str) -> list[str]:
    """Return every code under a key, repeated or with commas between them: no code holds one."""
    return [code for text in texts(query, key) for code in text.split(",") if code]


def known_codes(
    asked: list[str], known: Iterable[str] | Callable[[], Iterable[str]], what: str
) -> tuple[str, ...]:
    """Return what is asked in the order in which it is known, each once."""
    if not asked:
        return ()
    in_order = list(known() if callable(known) else known)
    unknown = sorted(set(asked) - set(in_order))
    if unknown:
        raise Invalid(f"There is no {what} “{unknown[0]}”; choose another one.")
    wanted = set(asked)
    return tuple(code for code in in_order if code in wanted)


def read_id(query: Mapping[str, Any], key: str) -> int | None:
    return _whole(query, key, f"The {key} in the address is no number.", highest=HIGHEST_ID)


def read_ids(query: Mapping[str, Any], key: str) -> tuple[int, ...]:
    """Return every id under a key, repeated or with commas between them, each once, rising."""
    found = codes(query, key)
    if any(not _is_id(text) for text in found):
        raise Invalid(f"The {key} in the address is no number.")
    return tuple(sorted({int(text) for text in found}))


def _is_id(text: str) -> bool:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID))
    return is_number and 1 <= int(text) <= HIGHEST_ID


def read_count(query: Mapping[str, Any], key: str, most: int) -> int | None:
    sentence = f"Signals per class is a whole number from 1 to {thousands(most)}."
    return _whole(query, key, sentence, highest=most)


def read_version(query: Mapping[str, Any]) -> int | None:
    sentence = "The version in the address is a whole number from 1."
    return _whole(query, "version", sentence, highest=HIGHEST_VERSION)


def read_split(query: Mapping[str, Any]) -> str:
    return _last(query, "split").strip()


def read_range(query: Mapping[str, Any], key: str) -> Range:
    low, high = (_number(query, f"{key}_{end}") for end in ("min", "max"))
    if low is not None and high is not None and low > high:
        raise Invalid(f"The lowest {key} ({low:g}) is above the highest ({high:g}).")
    return Range(low, high)


def read_text(query: Mapping[str, Any], key: str, longest: int) -> str:
    text = _last(query, key).strip()
    if len(text) > longest:
        raise Invalid(f"A label has at most {longest} characters; write less.")
    return text


def read_switch(query: Mapping[str, Any], key: str) -> bool:
    text = _last(query, key).strip()
    if text not in ("", "0", "1"):
        raise Invalid(f"The switch “{key}” in the address is 1 or left out; set it again.")
    return text == "1"


def written(value: float | None) -> str:
    """Write a number so that reading it gives the very same one."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _whole(query: Mapping[str, Any], key: str, sentence: str, *, highest: int) -> int | None:
    text = _last(query, key).strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_ID))
    if not is_number or not 1 <= int(text) <= highest:
        raise Invalid(sentence)
    return int(text)


def _number(query: Mapping[str, Any], key: str) -> float | None:
    text = _last(query, key).strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid(f"“{text}” is no number; write one such as 1500 or 0.25.")
    return value


def _last(query: Mapping[str, Any], key: str) -> str:
    return next(reversed(texts(query, key)), "")
