"""How the views of datasets answer what a page sends."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

CHANGED = "datasets:changed"


def done(*, toast: dict[str, Any] | None = None) -> HttpResponse:
    """Close the dialog; every live part of the page reads its rows again.

    Parameters
    ----------
    toast : dict, optional
        What `toast` of `static/js/toasts.js` takes; `undo` is the address that takes it back.
    """
    events: dict[str, Any] = {CHANGED: None}
    if toast is not None:
        events["portal:toast"] = {"level": "success", **toast}
    events["dialog:close"] = None  # last: what sent the form goes with the dialog
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})


def is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
