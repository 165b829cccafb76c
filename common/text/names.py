"""Names that people give: what cannot be seen, or passes for something else, is not let in."""

import re
import unicodedata
from typing import Final

from common.errors import Invalid

# Blank or invisible, though Unicode counts them among letters and marks.
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
)
_UNSEEN_KINDS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Compatibility forms with a meaning of their own in a name such as “3 µm/s², ½ load …”.
_MEANT: Final = frozenset("µ…")
_MEANT_FORMS: Final = ("<super>", "<sub>", "<fraction>")
_WORD: Final = re.compile(r"\w+")


def name_clean(text: str, *, what: str, longest: int, field: str = "name") -> str:
    """Return a name as it is kept: single spaces, full-width and styled letters made plain ones.

    Raises
    ------
    Invalid
        At `field`, in a sentence that begins with `what`, such as “A tag”: where the name is empty,
        too long, holds characters that cannot be seen, or mixes letters that look alike.
    """
    name = " ".join(_plain(text).split())
    if unseen := _unseen_of(name):
        raise _refused(
            f"{what} cannot hold the character {unseen}, which nobody sees; type it again without.",
            field,
        )
    if not 1 <= len(name) <= longest:
        raise _refused(f"{what} has 1 to {longest} letters.", field)
    if (word := _mixed_word(name)) is not None:
        raise _refused(
            f"“{word}” mixes Latin and Cyrillic letters, which look alike; use one alphabet.", field
        )
    return name


def text_clean(
    text: str, *, what: str, longest: int, field: str = "text", is_markdown: bool = False
) -> str:
    """Return a text of several lines as it is kept; refused as `name_clean` refuses, may be empty.

    Letters stay as they are: a text is read, it names nothing. Of Markdown spaces stay too, since
    they mean something there.
    """
    lines = [
        line.expandtabs(4).rstrip() if is_markdown else " ".join(line.split())
        for line in unicodedata.normalize("NFC", text).strip().splitlines()
    ]
    if unseen := _unseen_of("".join(lines)):
        raise _refused(
            f"{what} cannot hold the character {unseen}, which nobody sees; type it again without.",
            field,
        )
    kept = "\n".join(lines)
    if len(kept) > longest:
        raise _refused(f"{what} has at most {longest} letters.", field)
    return kept


def name_shown(text: str) -> str:
    """Return a name that came from outside with all that cannot be seen made visible."""
    shown = "".join(
        f"⟨{_code(letter)}⟩" if _is_unseen(letter) else letter for letter in _plain(text)
    )
    return " ".join(shown.split())


def _refused(sentence: str, field: str) -> Invalid:
    return Invalid(sentence, field_errors={field: [sentence]})


def _plain(text: str) -> str:
    return "".join(_plain_letter(letter) for letter in unicodedata.normalize("NFC", text))


def _plain_letter(letter: str) -> str:
    if letter in _MEANT or unicodedata.decomposition(letter).startswith(_MEANT_FORMS):
        return letter
    if _is_unseen(letter):
        return letter
    return unicodedata.normalize("NFKC", letter)


def _unseen_of(text: str) -> str:
    return next((_code(letter) for letter in text if _is_unseen(letter)), "")


def _is_unseen(letter: str) -> bool:
    return letter in _UNSEEN or unicodedata.category(letter) in _UNSEEN_KINDS


def _code(letter: str) -> str:
    return f"U+{ord(letter):04X}"


def _mixed_word(name: str) -> str | None:
    for word in _WORD.findall(name):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
        if {"LATIN", "CYRILLIC"} <= scripts:
            return str(word)
    return None
