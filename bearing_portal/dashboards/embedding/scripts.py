"""The scripts of Dash and its components: one file for what every app needs, one for the rest.

Dash names a dozen scripts for a page, and fetches more when the first figure appears. They come in
few files instead, under names that carry their hash, to be kept for ever. Left out are Plotly's
bundle, for which the page has a smaller one, the table that no app uses, and the polyfills of old
browsers, of which Dash's own code needs one function.
"""

import gzip
import hashlib
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import brotli
from dash.fingerprint import check_fingerprint
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

FOR_EVER = "public, max-age=31536000, immutable"
LEFT_OUT = re.compile(r"^(dash/deps/polyfill|dash/dash_table/|plotly/)")
# What a component would fetch by itself, one after the other, once it is drawn.
FETCHED_LATER = ("dash/dcc/async-graph.js", "dash/dcc/async-slider.js")
COROUTINES = settings.BASE_DIR / "static" / "vendor" / "regenerator-runtime" / "runtime.js"
SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*$", re.MULTILINE)


@dataclass(frozen=True)
class Bundle:
    """Scripts that travel as one: paths below their packages, in the order in which they run."""

    name: str
    paths: tuple[str, ...]

    @cached_property
    def content(self) -> bytes:
        parts = [_script(path) for path in self.paths]
        if self.name == "dash":
            parts.insert(0, COROUTINES.read_bytes())
        return b"\n;\n".join(SOURCE_MAP.sub(b"", part) for part in parts)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]

    @property
    def url(self) -> str:
        return reverse("the_django_plotly_dash:scripts", args=[self.name, self.digest])


def bundles_of(sources: Iterable[str], eager: Iterable[str]) -> tuple[Bundle, ...]:
    """Return the bundles that stand for the scripts Dash names: Dash's own, then the libraries'."""
    named = [
        check_fingerprint(source.partition("_dash-component-suites/")[2])[0] for source in sources
    ]
    kept = [path for path in named if not LEFT_OUT.match(path)]
    own = tuple(path for path in kept if path.startswith("dash/"))
    libraries = tuple(path for path in kept if path not in own) + tuple(eager)
    bundles = (Bundle("dash", own + FETCHED_LATER),)
    return (*bundles, Bundle("libraries", libraries)) if libraries else bundles


def bundle_response(request: HttpRequest, bundles: Iterable[Bundle], digest: str) -> HttpResponse:
    bundle = next((each for each in bundles if each.digest == digest), None)
    if bundle is None:
        raise Http404
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = next((name for name in ("br", "gzip") if name in accepted), "")
    response = HttpResponse(compressed(bundle, encoding), content_type="text/javascript")
    response["Cache-Control"] = FOR_EVER
    response["Vary"] = "Accept-Encoding"
    if encoding:
        response["Content-Encoding"] = encoding
    return response


@lru_cache(maxsize=16)
def compressed(bundle: Bundle, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(bundle.content, quality=5))  # 11 would take ten seconds
    return gzip.compress(bundle.content, 6) if encoding == "gzip" else bundle.content


def _script(path: str) -> bytes:
    package, _, resource = path.partition("/")
    content = pkgutil.get_data(package, resource)
    if content is None:
        raise FileNotFoundError(f"{package} holds no {resource}.")
    return content
