"""The sockets."""

from django.urls import path, re_path

from monitoring.notices.consumers import EventsConsumer, NoSuchSocket

websocket_urlpatterns = [
    path("ws/events/", EventsConsumer.as_asgi()),
    re_path(r"", NoSuchSocket.as_asgi()),
]
