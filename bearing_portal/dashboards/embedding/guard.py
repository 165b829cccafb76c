"""The one way into a callback: who asks is passed on, and errors become words."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from dash import no_update, set_props
from dash.exceptions import PreventUpdate
from django.http import HttpRequest

from bearing_portal.frame.errors import Trouble, trouble_of

MESSAGE = "portal-message"


def guarded(
    function: Callable[..., Any] | None = None,
    *,
    instead: Callable[[Any, str, str], Any] | None = None,
) -> Callable[..., Any]:
    """Pass the person as the keyword `user`; say an error in words instead of failing.

    An expected error is said in its own sentence. Any other is logged with its stack under an
    incident id, and the person reads that id only. `instead` makes the answer of a panel from the
    first value, a title and a sentence: what was asked for before must not stay under a new name.
    Without it the answer is a toast; the app's layout holds a store named `MESSAGE` for it.
    """
    if function is None:
        return partial(guarded, instead=instead)

    @wraps(function)
    def call(*values: Any, request: HttpRequest) -> Any:
        try:
            return function(*values, user=request.user)
        except PreventUpdate:
            raise
        except Exception as error:
            trouble = trouble_of(request, error)
            if instead is not None:
                return instead(values[0] if values else None, trouble.title, words_of(trouble))
            said = {"level": "error", "title": trouble.title, "text": words_of(trouble)}
            set_props(MESSAGE, {"data": said})
            return no_update

    call.is_guarded = True  # type: ignore[attr-defined]
    return call


def words_of(trouble: Trouble) -> str:
    """Return the sentence of a trouble, with the incident where there is one to mend."""
    return (
        f"{trouble.sentence} Incident {trouble.incident}." if trouble.incident else trouble.sentence
    )
