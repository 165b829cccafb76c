"""The portal's one socket: hints that something should be read again."""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from redis.exceptions import RedisError

from monitoring.accounts.two_factor.log_in import is_half
from monitoring.notices.hints import SHARED_GROUP, SUPERUSERS_GROUP, user_group
from monitoring.selectors import session_is_of

logger = logging.getLogger(__name__)

CLOSE_ANONYMOUS = 4401
CLOSE_NOT_FOUND = 4404
CLOSE_TRY_LATER = 4503  # a server may choose from 3000 to 4999 only; 1013 is refused by daphne
HEARTBEAT_S = 25.0
JOIN_S = 2.0  # longest wait for Valkey to take a socket into its groups


class EventsConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Passes hints to one person's page. It carries no data: the page rereads it all."""

    heartbeat_s = HEARTBEAT_S

    joined: tuple[str, ...] = ()
    beat: asyncio.Task[None] | None = None
    accepted = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one page; without Valkey it is asked to come back, and polls meanwhile."""
        try:
            await super().__call__(scope, receive, send)
        except (RedisError, OSError) as error:
            logger.warning("A socket was closed, Valkey is away: %s", error)
            if not self.accepted:
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": CLOSE_TRY_LATER})

    async def accept(self, *args: Any, **kwargs: Any) -> None:
        await super().accept(*args, **kwargs)
        self.accepted = True

    async def connect(self) -> None:
        user = self.scope.get("user")
        is_known = user is not None and user.is_authenticated and user.is_active
        if not is_known or is_half(user, self.scope.get("session", {})):
            await self.accept()  # a close code reaches the page only after the handshake
            await self.close(code=CLOSE_ANONYMOUS)
            return
        groups = (user_group(user.pk), SHARED_GROUP)
        async with asyncio.timeout(JOIN_S):
            for group in (*groups, SUPERUSERS_GROUP) if user.is_superuser else groups:
                await self.channel_layer.group_add(group, self.channel_name)
                self.joined += (group,)
        await self.accept()
        self.beat = asyncio.create_task(self._beat())

    async def disconnect(self, code: int) -> None:
        del code
        if self.beat is not None:
            self.beat.cancel()
            with suppress(asyncio.CancelledError):
                await self.beat
        with suppress(RedisError, OSError):  # of which a time-out is one
            async with asyncio.timeout(JOIN_S):
                for group in self.joined:
                    await self.channel_layer.group_discard(group, self.channel_name)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """Read what a page sent; what is no JSON, or nested beyond measure, is nothing."""
        try:
            return json.loads(text_data)
        except (ValueError, RecursionError):
            return None

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Read text; a page of the portal sends nothing else, so other frames mean nothing."""
        if text_data:
            await super().receive(text_data=text_data, **kwargs)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Answer a page's ping; anything else is ignored."""
        del kwargs
        if isinstance(content, dict) and content.get("type") == "ping":
            await self.send_json({"type": "pong"})

    async def hint(self, event: dict[str, str]) -> None:
        """Pass a hint on."""
        await self.send_json({"type": event["about"], "id": event["id"]})

    async def session_check(self, event: dict[str, str]) -> None:
        """Close where the session behind this socket has been ended."""
        del event
        session = self.scope.get("session")
        key = session.session_key if session is not None else None
        if key is None or not await database_sync_to_async(session_is_of)(self.scope["user"], key):
            await self.close(code=CLOSE_ANONYMOUS)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self.heartbeat_s)
            await self.send_json({"type": "heartbeat"})


class NoSuchSocket(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Refuses a socket at any other address, instead of failing with a stack."""

    async def connect(self) -> None:
        await self.close(code=CLOSE_NOT_FOUND)
