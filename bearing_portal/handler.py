"""How a request reaches the views: through one thread, once.

All middleware and views of the portal are synchronous. Django would take a request into a thread
for the middleware, back to the event loop inside of it, and into the thread again for the view:
the changes cost more than all middleware does.
"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PortalHandler(ASGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
