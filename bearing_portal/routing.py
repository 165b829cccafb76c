from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from bearing_portal.admission import Admission
from monitoring.notices.routing import websocket_urlpatterns


def build_application(pages: ASGIHandler) -> ProtocolTypeRouter:
    sockets = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
    return ProtocolTypeRouter(
        {
            "http": Admission(pages, at_once=settings.WEB_REQUESTS),
            "websocket": AllowedHostsOriginValidator(sockets),
        }
    )
