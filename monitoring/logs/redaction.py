"""Take out of a text what a log may not keep, and what a page may not show."""

import re
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

REDACTED = "[redacted]"
SHORTEST_SECRET = 6  # shorter texts occur everywhere; the settings refuse such a key

_KEYWORDS = (
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|"
    r"credential|session[_-]?(?:id|key|hash)|csrf)[\w-]*"
)
_VALUE = (
    r"(?:b?\"(?:[^\"\\]|\\.)*\"?|b?'(?:[^'\\]|\\.)*'?|\[[^\]]*\]?|(?:bearer|basic|token)\s+\S+|"
    r"[^\s,;&'\"]+)"
)
_URL_LOGIN = re.compile(r"\b([a-z][a-z0-9+.-]{0,30}://)[^\s\"'<>]*@", re.IGNORECASE)
_HEADER = re.compile(
    r"(\b(?:set-)?cookie|\b(?:proxy-)?authorization)([\"']?\s*[:=]\s*)[^\r\n]+", re.IGNORECASE
)
# What stands before it in the name stays as it is, and need not be read from each of its letters.
_ASSIGNMENT = re.compile(rf"({_KEYWORDS})([\"']?\s*(?::|=>|=)\s*){_VALUE}", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_SECRET_NAME = re.compile(
    rf"[\w-]*{_KEYWORDS}|(?:set-)?cookies?|(?:proxy-)?authorization", re.IGNORECASE
)

_E_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_IP_V4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IP_V6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_ROOTS = (
    *("app", "data", "dev", "etc", "home", "lib", "media", "mnt", "nix", "opt", "private", "proc"),
    *("root", "run", "srv", "sys", "tmp", "usr", "Users", "var", "Volumes"),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace passwords, tokens, cookies, log-ins within URLs, and the `secrets` themselves."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, REDACTED)
    text = _URL_LOGIN.sub(rf"\1{REDACTED}@", text)
    text = _HEADER.sub(rf"\1\2{REDACTED}", text)
    text = _ASSIGNMENT.sub(rf"\1\2{REDACTED}", text)
    return _BEARER.sub(rf"\1 {REDACTED}", text)


def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name holds a secret."""
    return _SECRET_NAME.fullmatch(name) is not None


def for_display(text: str, folders: Iterable[str] = ()) -> str:
    """Shorten paths of the machine to their last part and take out addresses of people."""
    text = _paths(tuple(folders)).sub(_last_part, text)
    text = _E_MAIL.sub("[e-mail]", text)
    return _IP_V6.sub("[address]", _IP_V4.sub("[address]", text))


@cache
def _paths(folders: tuple[str, ...]) -> re.Pattern[str]:
    # Addresses of pages begin with a slash too: only folders that are the machine's are paths.
    known = {tempfile.gettempdir(), sys.prefix, str(Path.home()), *folders} - {"/", ""}
    starts = [re.escape(folder) for folder in sorted(known, key=len, reverse=True)]
    starts += [f"/{root}(?=/)" for root in _ROOTS]
    return re.compile(rf"(?<![\w.])(?:{'|'.join(starts)})(?![\w-])[^\s\"'<>:;,()\[\]{{}}]*")


def _last_part(found: re.Match[str]) -> str:
    return f"…/{found[0].rstrip('/').rpartition('/')[2]}"
