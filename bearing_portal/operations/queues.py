"""The queues' own pages, which can empty a queue: for superusers only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_rq.urls import get_admin_urlpatterns, get_api_urlpatterns
from redis.exceptions import RedisError

from common.errors import Unavailable
from common.valkey import valkey

View = Callable[..., HttpResponseBase]


def superusers_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_superuser:
            raise PermissionDenied
        try:
            valkey().ping()  # these pages have connections of their own, which would wait for ever
        except (RedisError, OSError) as error:
            raise Unavailable("Valkey, which holds the queues, does not answer.") from error
        return view(request, *args, **kwargs)

    return guarded


app_name = "django_rq"
urlpatterns = [*get_api_urlpatterns(), *get_admin_urlpatterns()]
for pattern in urlpatterns:
    pattern.callback = superusers_only(pattern.callback)
