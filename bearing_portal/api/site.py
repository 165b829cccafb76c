"""The interface itself: who is let in, how errors are told, where each part hangs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError

from bearing_portal.api import datasets, experiments, features, imports, jobs, signals
from bearing_portal.api.access import Session, Token, Who, let_in
from bearing_portal.api.problems import problem
from bearing_portal.frame.errors import Trouble, trouble_of
from common.errors import Invalid, NotFound

__all__ = ["api", "missing"]

DESCRIPTION = """What the pages show, for programs: the same data under the same rights.

Send a token of yours (Profile, API tokens) with each request: `Authorization: Bearer bp_…`.
Lists are paged by key: ask again with `after` set to the `next` of the answer until that is null.
Errors are problem documents (RFC 9457): `detail` is one sentence that says what to do.
"""
api = NinjaAPI(
    title="Bearing Portal",
    version="1",
    description=DESCRIPTION,
    auth=[Token(), Session()],
    docs=Swagger(settings={"persistAuthorization": False, "displayRequestDuration": True}),
    docs_decorator=let_in,
)
api.add_router("", datasets.router, tags=["datasets"])
api.add_router("", signals.router, tags=["signals"])
api.add_router("", features.router, tags=["features"])
api.add_router("", imports.router, tags=["imports"])
api.add_router("", experiments.router, tags=["experiments"])
api.add_router("", jobs.router, tags=["jobs"])

NOT_LET_IN = (
    "No valid token was sent. Make one on your profile page and send it as "
    "“Authorization: Bearer bp_…”; it may be expired or revoked."
)


@api.get("/me", response=Who, tags=["about"], summary="Whom the token speaks for, what it may")
def me(request: HttpRequest) -> Who:
    return Who(user=request.user.get_username(), scopes=list(request.auth.scopes))  # type: ignore[attr-defined]


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, error: Any) -> HttpResponse:
    del error
    response = problem(request, Trouble(401, "Not logged in", NOT_LET_IN))
    response["WWW-Authenticate"] = 'Bearer realm="Bearing Portal"'
    return response


@api.exception_handler(InputError)
def refused_input(request: HttpRequest, error: InputError) -> HttpResponse:
    """Say which part of the address or body was refused, and why."""
    told = [f"{_place(each['loc'])}: {each['msg']}." for each in error.errors[:5]]
    return problem(request, Trouble(400, "That cannot be done", " ".join(told)))


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, Trouble(error.status_code, "That cannot be done", str(error)))


@api.exception_handler(Http404)
@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell an error as the pages do: expected ones in their words, others with an incident id."""
    known = NotFound("There is nothing at this address.") if isinstance(error, Http404) else error
    by_field = known.field_errors if isinstance(known, Invalid) else None
    return problem(request, trouble_of(request, known), by_field)


def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address of the interface that does not exist."""
    del rest
    sentence = "There is no such address; /api/v1/docs lists those there are."
    return problem(request, Trouble(404, "Not found", sentence))


def _place(location: tuple[Any, ...]) -> str:
    """Return `limit` of `("query", "limit")`, `classes 2` of a body's third class."""
    return " ".join(map(str, location[1:])) or str(location[0])
