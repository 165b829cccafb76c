import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from monitoring.accounts.client import client_address
from monitoring.accounts.sessions import session_seen

SEEN_EVERY_S = 60.0
REMEMBERED = 10_000


class PersonMiddleware(AuthenticationMiddleware):
    """Django's, for which nobody is looked up who was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _read_along(request.session) or get_user(request))


def _read_along(session: Any) -> Any:
    """Return the person who was read with a session where it logs in this very one, as Django
    proves it. None leaves it to Django: it knows of log-outs, earlier secrets and nobody at all.
    """
    pk, way_in = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    person = session.person  # read by the line above
    if person is None or str(person.pk) != pk or not person.is_active:
        return None
    proof = session.get(HASH_SESSION_KEY) or ""
    is_proven = constant_time_compare(proof, person.get_session_auth_hash())
    return person if is_proven and way_in in settings.AUTHENTICATION_BACKENDS else None


class SeenMiddleware:
    """Note where a person is logged in, at most once a minute for each browser and process.

    The log-in itself has noted a browser that is seen for the first time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._seen_at_s: OrderedDict[str, float] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = request.session.session_key
        # Who has not touched the session (a static page) is not looked up for this.
        if key and request.session.accessed and response.status_code < 500 and self._is_due(key):
            self._note(request, key)
        return response

    def _is_due(self, key: str) -> bool:
        now_s = time.monotonic()
        is_due = now_s - self._seen_at_s.setdefault(key, now_s) >= SEEN_EVERY_S
        while len(self._seen_at_s) > REMEMBERED:
            self._seen_at_s.popitem(last=False)
        return is_due

    def _note(self, request: HttpRequest, key: str) -> None:
        if not request.user.is_authenticated or not request.session.exists(key):
            return
        session_seen(
            user=request.user,
            session_key=key,
            user_agent=request.headers.get("User-Agent", ""),
            address=client_address(request),
        )
        self._seen_at_s[key] = time.monotonic()
