"""Times as the person reads them: in the zone chosen in the settings, else the browser's.

The browser says its zone in a cookie, which the page's first script writes; what a page of a person
with a chosen zone says there is that one. Nothing is asked of the database for it.
"""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "portal-zone"
_LONGEST_NAME = 64
_ELSEWHERE = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the zones that are offered: those named after places, and UTC."""
    places = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(_ELSEWHERE)))


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo | None:
    """Return a zone by its name; None where there is none of it."""
    if not name or len(name) > _LONGEST_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is an OSError
        return None


class TimeZoneMiddleware:
    """Show the times of one answer in the asker's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(unquote(request.COOKIES.get(COOKIE, "")))):
            return self.get_response(request)
