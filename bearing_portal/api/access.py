"""Who asks: a program with a token, or a person's browser with its session."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.security import APIKeyCookie, HttpBearer

from bearing_portal.rates import OF_THE_INTERFACE, spend_request
from common.errors import NotAllowed
from common.http.rates import spend
from monitoring.accounts.tokens import token_use

SCOPES = ("read", "write", "train")


class Who(Schema):
    user: str
    scopes: list[str]


@dataclass(frozen=True)
class InPerson:
    """A browser in which the person is logged in: it may what the person may."""

    scopes: tuple[str, ...] = SCOPES


class Token(HttpBearer):
    """`Authorization: Bearer bp_…`; from here on the request is of the token's person."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = token_use(token)
        if found is not None:
            request.user = found.user
            _count(request, f"token {found.pk}")
        return found


class Session(APIKeyCookie):
    """The cookie of a log-in; what writes needs the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        # A bearer that was refused is not let in by a cookie beside it.
        if "Authorization" in request.headers:
            return None
        if not request.user.is_authenticated:
            return None
        _count(request, f"person {request.user.pk}")
        return InPerson()


def _count(request: HttpRequest, who: str) -> None:
    spend(OF_THE_INTERFACE, who)
    spend_request(request)


def let_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the description of the interface to programs with a token, and to people."""
    for_people = login_required(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        is_known = Token()(request) is not None
        return (view if is_known else for_people)(request, *args, **values)

    return answer


def needs(request: Any, scope: str) -> None:
    """Refuse a token that was not made for this.

    Raises
    ------
    NotAllowed
    """
    if scope not in request.auth.scopes:
        raise NotAllowed(
            f"This token may not {scope}; make one that may on your profile page, or ask its owner."
        )
