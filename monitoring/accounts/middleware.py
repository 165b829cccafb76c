import time
from collections import OrderedDict
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from monitoring.accounts.client import client_address
from monitoring.accounts.sessions import session_seen

SEEN_EVERY_S = 60.0
REMEMBERED = 10_000


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
