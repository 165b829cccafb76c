"""The queues' own pages, which can empty a queue: for superusers, and not there for others.

Their one inline script is allowed by its hash.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.loader import get_template
from django_rq.urls import get_admin_urlpatterns, get_api_urlpatterns
from redis.exceptions import RedisError
from rq.exceptions import NoSuchJobError

from common.errors import Unavailable
from common.valkey import valkey

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)

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
        response._csp_update = {"script-src": _own_scripts()}  # type: ignore[attr-defined]
        return response

    return guarded


@cache
def _own_scripts() -> list[str]:
    """Return the hashes of what the package's templates hold, not of what a page came to hold."""
    source = get_template("django_rq/jobs.html").template.source
    inline = [body for attributes, body in SCRIPT.findall(source) if "src=" not in attributes]
    digests = [hashlib.sha256(body.encode()).digest() for body in inline]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


app_name = "django_rq"
urlpatterns = [*get_api_urlpatterns(), *get_admin_urlpatterns()]
for pattern in urlpatterns:
    pattern.callback = superusers_only(pattern.callback)
