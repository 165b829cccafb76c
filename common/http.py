"""What every room says over HTTP alike."""

import re
from typing import Final

from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

_LONGEST_STEM_BYTES: Final = 150  # file systems take 255 with what a browser adds
_NO_FILE_NAME: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def file_name(stem: str, suffix: str) -> str:
    """Return a name that every system can keep: of a long one the stem is cut, never the suffix."""
    plain = " ".join(_NO_FILE_NAME.sub(" ", stem).split()).strip(". ")
    cut = plain.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore").strip(". ")
    return f"{cut or 'download'}{suffix}"


def name_download(response: HttpResponseBase, stem: str, suffix: str) -> None:
    """Have the browser keep an answer as a file of this name, written as RFC 6266 says."""
    header = content_disposition_header(as_attachment=True, filename=file_name(stem, suffix))
    response.headers["Content-Disposition"] = header or "attachment"
