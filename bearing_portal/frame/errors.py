"""From an exception to what the person reads. The one place where the site does this."""

import logging
from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from psycopg.errors import LockNotAvailable, QueryCanceled
from psycopg_pool import PoolTimeout, TooManyRequests

from common.errors import Expected, Invalid, NotAllowed, NotFound, TooMany, Unavailable
from common.refused import disk_sentence

logger = logging.getLogger(__name__)

EXPECTED: dict[type[Expected], tuple[int, str]] = {
    NotFound: (404, "Not found"),
    NotAllowed: (403, "Not allowed"),
    Invalid: (400, "That cannot be done"),
    TooMany: (429, "Too many requests"),
    Unavailable: (503, "Not available right now"),
}
DATABASE_DOWN = (
    "The database does not answer. Nothing is lost; the portal goes on by itself when it is back."
)
DATABASE_BUSY = (
    "Somebody else's work holds what this needs, or it takes too long. Nothing was changed; try "
    "again in a moment."
)
UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError)
_WAITED = (LockNotAvailable, QueryCanceled, PoolTimeout, TooManyRequests)
RETRY_AFTER_S = 10
UNUSABLE = (
    "What was sent holds a character or a number that cannot be used. Correct it and try again."
)
MISTAKE = (
    "The portal made a mistake and has written it down. Try again; if it stays, tell an "
    "administrator the incident id."
)
SENTENCES = {
    400: ("That cannot be done", "The browser sent something the portal cannot read."),
    403: ("Not allowed", "You may not do this. Ask an administrator if you need to."),
    404: ("Not found", "There is nothing at this address, or not for you."),
}


@dataclass(frozen=True)
class Trouble:
    """What is shown: a title, a sentence, and an incident id where we have something to mend."""

    status: int
    title: str
    sentence: str
    incident: str = ""
    retry_after_s: int | None = None


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether a script asks, not a person going to a page."""
    headers = request.headers
    return "HX-Request" in headers or headers.get("Sec-Fetch-Dest") == "empty"


def error_response(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Answer an error; None for those Django answers through its own handlers."""
    if isinstance(error, (Http404, PermissionDenied, *UNREADABLE)):
        return None
    return respond(request, trouble_of(request, error))


def trouble_of(request: HttpRequest, error: BaseException | None) -> Trouble:
    """Find the words for an error; one that nobody expected is logged with its stack."""
    if isinstance(error, Expected):
        status, title = next(words for kind, words in EXPECTED.items() if isinstance(error, kind))
        after_s = error.retry_after_s if isinstance(error, TooMany) else None
        return Trouble(status, title, error.sentence, retry_after_s=after_s)
    if isinstance(error, UNREADABLE):
        return Trouble(400, *SENTENCES[400])
    if _is_unusable(error):
        # With its stack where it may be ours after all: a name on the disk may hold half a letter.
        stack = None if isinstance(error, DataError) else error
        logger.warning("Cannot be kept: %s", error, exc_info=stack, extra={"request": request})
        return Trouble(400, SENTENCES[400][0], UNUSABLE)
    if error is not None and (refused := disk_sentence(error)):
        logger.error("Disk: %s", error, extra={"request": request})
        return Trouble(503, "Not available right now", refused)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("Database: %s", error, extra={"request": request})
        sentence = DATABASE_BUSY if isinstance(error.__cause__, _WAITED) else DATABASE_DOWN
        return Trouble(503, "Not available right now", sentence)
    incident = uuid4().hex[:12]
    logger.error("Incident %s at %s", incident, request.path, exc_info=error)
    return Trouble(500, "Something went wrong", MISTAKE, incident)


def _is_unusable(error: BaseException | None) -> bool:
    """Tell whether input cannot be kept: NUL in a text, a number beyond its column, half a letter.

    JSON can write half a letter, a lone surrogate; psycopg cannot, and says so in Python's words.
    """
    if isinstance(error, UnicodeEncodeError):
        return error.reason == "surrogates not allowed"
    return isinstance(error, DataError)


def respond(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Answer a script with JSON, a person with a page."""
    return say_when(_response(request, trouble), trouble)


def say_when(response: HttpResponse, trouble: Trouble) -> HttpResponse:
    """Add to an answer when to ask again, where that helps."""
    after_s = RETRY_AFTER_S if trouble.status == 503 else trouble.retry_after_s
    if after_s:
        response["Retry-After"] = str(after_s)
    return response


def _response(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    if wants_fragment(request):
        content = {"title": trouble.title, "sentence": trouble.sentence}
        if trouble.incident:
            content["incident"] = trouble.incident
        return JsonResponse(content, status=trouble.status)
    if trouble.status >= 500:  # the frame reads the database, which may be what is missing
        page = render_to_string("errors/bare.html", {"trouble": trouble})
        return HttpResponse(page, status=trouble.status)
    return render(request, "errors/page.html", {"trouble": trouble}, status=trouble.status)
