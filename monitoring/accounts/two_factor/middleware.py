from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from monitoring.accounts.two_factor.log_in import is_half


class TwoFactorMiddleware:
    """Log out who got in with one step, before two were asked: the log-in asks for the second."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_half(request.user, request.session):
            logout(request)
        return self.get_response(request)
