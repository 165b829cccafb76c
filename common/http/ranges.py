"""A file over HTTP, whole or a part of it: validators, one range, and what cannot be answered.

RFC 9110: a range is asked for so that a download that broke off goes on where it ended. Several
ranges in one request are answered with the whole file, as the standard allows.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})", re.ASCII)


@dataclass(frozen=True)
class Served:
    """What is known of a file before it is sent.

    Attributes
    ----------
    size_bytes : int
    changed_at : datetime
    sha256 : str
        In hexadecimal; empty where nobody has taken it.
    """

    size_bytes: int
    changed_at: datetime
    sha256: str = ""

    @property
    def etag(self) -> str:
        """A strong validator: the same text means the same bytes."""
        name = self.sha256 or f"{self.changed_at.timestamp():.6f}-{self.size_bytes}"
        return f'"{name}"'

    def headers(self) -> dict[str, str]:
        """Return what each answer about the file says; the checksum as RFC 9530 writes it."""
        found = {
            "ETag": self.etag,
            "Last-Modified": format_datetime(self.changed_at.astimezone(UTC), usegmt=True),
            "Accept-Ranges": "bytes",
        }
        if self.sha256:
            digest = base64.b64encode(bytes.fromhex(self.sha256)).decode()
            found["Repr-Digest"] = f"sha-256=:{digest}:"
        return found


@dataclass(frozen=True)
class Answer:
    """Which part of a file is sent, under which status.

    Attributes
    ----------
    status : int
        200 the whole, 206 a part, 304 nothing for it is known, 416 there is no such part.
    start, stop : int
        The bytes from `start` up to, not including, `stop`.
    """

    status: int
    start: int
    stop: int

    @property
    def n_bytes(self) -> int:
        return self.stop - self.start

    def content_range(self, size_bytes: int) -> str:
        """Return the header of a part, or of the refusal of one; empty for the others."""
        if self.status == 206:
            return f"bytes {self.start}-{self.stop - 1}/{size_bytes}"
        return f"bytes */{size_bytes}" if self.status == 416 else ""


def answer_to(headers: Mapping[str, str], served: Served) -> Answer:
    """Return what a request with these headers is sent of a file."""
    if _is_known(headers.get("If-None-Match", ""), served):
        return Answer(304, 0, 0)
    whole = Answer(200, 0, served.size_bytes)
    asked = headers.get("Range", "")
    if not asked or not _is_same(headers.get("If-Range", ""), served):
        return whole
    return _part(asked, served.size_bytes) or whole


def _part(asked: str, size_bytes: int) -> Answer | None:
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not (found["first"] or found["last"]):
        return None  # several ranges, another unit, or nonsense: the whole is a right answer
    if not found["first"]:
        n_last = int(found["last"])
        return _within(max(0, size_bytes - n_last), size_bytes, size_bytes)
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else size_bytes - 1
    if last < first and found["last"]:
        return None
    return _within(first, min(last + 1, size_bytes), size_bytes)


def _within(start: int, stop: int, size_bytes: int) -> Answer:
    return Answer(206, start, stop) if start < stop <= size_bytes else Answer(416, 0, 0)


def _is_known(if_none_match: str, served: Served) -> bool:
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return served.etag in known or known == ["*"]


def _is_same(if_range: str, served: Served) -> bool:
    """Tell whether the part that is there is of this very file; a weak tag proves nothing."""
    if not if_range:
        return True
    if if_range.startswith(('"', "W/")):
        return if_range == served.etag
    try:
        known = parsedate_to_datetime(if_range)
    except (TypeError, ValueError):
        return False
    if known.tzinfo is None:
        known = known.replace(tzinfo=UTC)
    return known == served.changed_at.replace(microsecond=0)
