from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from bearing_portal import __version__
from monitoring.accounts.time_zone import zone_of
from monitoring.health.page import known_summary
from monitoring.selectors import notifications_for, settings_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """What the frame shows on every page."""
    frame: dict[str, Any] = {"version": __version__, "unread": 0, "latest_notice": 0, "theme": ""}
    frame["single_sign_on"] = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        ids = notifications_for(user).values_list("pk", "read_at")
        newest = ids.first()
        own = settings_of(user)
        # Without a row nothing was chosen for all devices: this browser's own choice counts.
        frame["theme"] = "" if own._state.adding else own.theme
        if zone := zone_of(own.time_zone):
            frame["time_zone"] = own.time_zone
            timezone.activate(zone)  # the first page on a new device, whose cookie knows no choice
        frame["health"] = known_summary()
        frame["latest_notice"] = newest[0] if newest else 0
        frame["unread"] = ids.filter(read_at__isnull=True).count()
    return {"portal": frame}
