"""How a request reaches the views: through one thread, once.

All middleware and views of the portal are synchronous. Django would take a request into a thread
for the middleware, back to the event loop inside of it, and into the thread again for the view:
the changes cost more than all middleware does. It would also begin a thread for each request, which
has to make anew what it knows of the database.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PortalHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._idle: list[ThreadPoolExecutor] = []  # a thread each, as many as were busy at a time

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            # What was given up is not ended: its thread is still at work.
            thread.submit(lambda: None).add_done_callback(lambda _: self._idle.append(thread))

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
