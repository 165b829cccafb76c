"""The scripts of Dash and its components, from the packages they come in.

The name dash gives a script holds its version and time of installation, so it may be kept for ever;
django-plotly-dash redirects each to a name without them, which may be kept for a minute.
"""

import gzip
import mimetypes
import pkgutil
from functools import lru_cache

import brotli
from dash.fingerprint import check_fingerprint
from django.http import Http404, HttpRequest, HttpResponse
from django_plotly_dash.dash_wrapper import WrappedDash

FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"


def suite_response(
    request: HttpRequest, app: WrappedDash, package: str, resource: str
) -> HttpResponse:
    path, is_fingerprinted = check_fingerprint(resource)
    if path not in app.registered_paths.get(package, ()):
        raise Http404
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = next((name for name in ("br", "gzip") if name in accepted), "")
    content = suite_content(package, path, encoding)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = FOR_EVER if is_fingerprinted else BRIEFLY
    response["Vary"] = "Accept-Encoding"
    if encoding:
        response["Content-Encoding"] = encoding
    return response


@lru_cache(maxsize=128)
def suite_content(package: str, path: str, encoding: str) -> bytes:
    content = pkgutil.get_data(package, path)
    if content is None:
        raise Http404
    if encoding == "br":
        return bytes(brotli.compress(content, quality=5))  # 0.1 s for plotly.js, 11 would take 8 s
    return gzip.compress(content, 6) if encoding == "gzip" else content
