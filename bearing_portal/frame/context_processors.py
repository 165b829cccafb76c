from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from bearing_portal import __version__
from bearing_portal.frame.errors import wants_fragment
from monitoring.accounts.time_zone import zone_of
from monitoring.health.page import known_summary
from monitoring.selectors import notifications_for, settings_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the frame shows on every page; a part of a page has no frame and asks for nothing."""
    if wants_fragment(request):
        return {"portal": SimpleLazyObject(lambda: _frame(request))}
    return {"portal": _frame(request)}


def _frame(request: HttpRequest) -> dict[str, Any]:
    frame: dict[str, Any] = {"version": __version__, "unread": 0, "latest_notice": 0, "theme": ""}
    frame["single_sign_on"] = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        own = settings_of(user)
        # Without a row nothing was chosen for all devices: this browser's own choice counts.
        frame["theme"] = "" if own._state.adding else own.theme
        if zone := zone_of(own.time_zone):
            frame["time_zone"] = own.time_zone
            timezone.activate(zone)  # the first page on a new device, whose cookie knows no choice
        frame["health"] = known_summary()
        notices = notifications_for(user).aggregate(
            newest=Max("pk"), unread=Count("pk", filter=Q(read_at__isnull=True))
        )
        frame["latest_notice"], frame["unread"] = notices["newest"] or 0, notices["unread"] or 0
    return frame
