from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http.request import split_domain_port, validate_host

from bearing_portal.admission import Admission
from monitoring.notices.routing import websocket_urlpatterns


class OwnOriginOnly:
    """Lets in sockets of the portal's own pages: scheme, host and port are those of the request.

    Another port or scheme of the same host is another site. `CSRF_TRUSTED_ORIGINS` are trusted here
    as they are with forms.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        application = self.application if is_own_origin(scope) else WebsocketDenier()
        return await application(scope, receive, send)


def is_own_origin(scope: Any) -> bool:
    """Tell whether the page that opens a socket is one of the portal's."""
    headers = {name: value.decode("latin-1") for name, value in scope.get("headers", [])}
    origin, host = headers.get(b"origin", "").lower(), headers.get(b"host", "").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    scheme = "https" if scope.get("scheme") == "wss" else "http"
    if settings.TRUST_PROXY_HEADERS and b"x-forwarded-proto" in headers:
        scheme = headers[b"x-forwarded-proto"].strip()
    return bool(origin == f"{scheme}://{host}")


def build_application(pages: ASGIHandler) -> ProtocolTypeRouter:
    sockets = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
    return ProtocolTypeRouter(
        {
            "http": Admission(pages, at_once=settings.WEB_REQUESTS),
            "websocket": OwnOriginOnly(sockets),
        }
    )
