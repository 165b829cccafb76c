"""The queues' own pages, which can empty a queue: for superusers, and not there for others.

Their one inline script and their style elements are allowed by their hashes.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import django_rq
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponseBase
from django_rq.urls import get_admin_urlpatterns, get_api_urlpatterns
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError

from common.errors import Unavailable
from common.valkey import valkey

TEMPLATES = Path(django_rq.__file__).parent / "templates"
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style\b([^>]*)>(.*?)</style>", re.DOTALL)

View = Callable[..., HttpResponseBase]
_NOT_THERE = (LookupError, ValueError, NoSuchJobError, ImproperlyConfigured)


def superusers_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_superuser:
            raise Http404
        try:
            valkey().ping()  # these pages have connections of their own, which would wait for ever
        except (RedisError, OSError) as error:
            raise Unavailable("Valkey, which holds the queues, does not answer.") from error
        try:
            response = view(request, *args, **kwargs)
        except _NOT_THERE as error:  # none of such a number or name, or a part not installed
            raise Http404 from error
        response._csp_update = {  # type: ignore[attr-defined]
            "script-src": _hashes(SCRIPT),
            "style-src": _hashes(STYLE),
        }
        return response

    return guarded


@cache
def _hashes(element: re.Pattern[str]) -> list[str]:
    """Return the hashes of what the package's templates hold, not of what a page came to hold."""
    sources = [path.read_text("utf-8") for path in sorted(TEMPLATES.rglob("*.html"))]
    inline = {
        body
        for source in sources
        for attributes, body in element.findall(source)
        if "src=" not in attributes
    }
    digests = [hashlib.sha256(body.encode()).digest() for body in sorted(inline)]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


app_name = "django_rq"
urlpatterns = [*get_api_urlpatterns(), *get_admin_urlpatterns()]
for pattern in urlpatterns:
    pattern.callback = superusers_only(pattern.callback)
