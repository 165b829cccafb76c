"""What stands between the network and a Dash app."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

EXPIRED = {"title": "Your session has ended", "sentence": "Log in again; the address is kept."}
ELSEWHERE = {"title": "Not allowed", "sentence": "The request came from another site."}

View = Callable[..., HttpResponse]


def members_only(view: View) -> View:
    """Answer 401 to a script whose person is not logged in; the page says it and keeps its URL."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse(EXPIRED, status=401)
        return view(request, *args, **kwargs)

    return check


def same_origin(view: View) -> View:
    """Refuse what another site's page sends. Django's CSRF check of token and Origin stands too."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return JsonResponse(ELSEWHERE, status=403)
        return view(request, *args, **kwargs)

    return check
