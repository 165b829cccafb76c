"""The one way into a callback: who asks is passed on, and errors become words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from dash import no_update, set_props
from dash.exceptions import PreventUpdate
from django.http import HttpRequest

from bearing_portal.frame.errors import trouble_of

MESSAGE = "portal-message"


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the person as the keyword `user`; show an error as a toast instead of failing.

    An expected error is said in its own sentence. Any other is logged with its stack under an
    incident id, and the person reads that id only. The app's layout holds a store named `MESSAGE`.
    """

    @wraps(function)
    def call(*values: Any, request: HttpRequest) -> Any:
        try:
            return function(*values, user=request.user)
        except PreventUpdate:
            raise
        except Exception as error:
            say(request, error)
            return no_update

    call.is_guarded = True  # type: ignore[attr-defined]
    return call


def say(request: HttpRequest, error: Exception) -> None:
    trouble = trouble_of(request, error)
    text = trouble.sentence
    if trouble.incident:
        text = f"{text} Incident {trouble.incident}."
    set_props(MESSAGE, {"data": {"level": "error", "title": trouble.title, "text": text}})
