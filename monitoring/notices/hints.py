"""Hints over Channels: "reread this". Losing one loses nothing."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Literal

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from common.database import after_commit
from common.valkey import ANSWER_S, BREAKER

logger = logging.getLogger(__name__)

HintType = Literal["job", "progress", "dataset", "experiment", "notification"]
SHARED_GROUP = "shared"
SUPERUSERS_GROUP = "superusers"  # who sees what is private too


def user_group(user_id: int | None) -> str:
    return f"user.{user_id}"


def hint_send(*, groups: Iterable[str], type: HintType, id: object) -> bool:
    """Tell open pages to reread one thing; return whether the channel layer took it."""
    message = {"type": "hint", "about": type, "id": str(id)}
    return group_message_send(groups=groups, message=message)


def group_message_send(*, groups: Iterable[str], message: dict[str, str]) -> bool:
    """Send one message to groups of sockets; return whether the channel layer took it."""
    layer = get_channel_layer()
    if layer is None or BREAKER.is_open:
        return False
    try:
        async_to_sync(_send_all)(layer, tuple(groups), message)
    except TimeoutError:
        BREAKER.silent()
        logger.warning("No message of %s: Valkey does not answer", message["type"])
        return False
    except (RedisError, OSError) as error:
        logger.warning("No message of %s: %s", message["type"], error)
        return False
    return True


def hint_send_on_commit(*, groups: Iterable[str], type: HintType, id: object) -> None:
    """Send the hint once the row it speaks of can be read."""
    after_commit(hint_send, groups=tuple(groups), type=type, id=id)


async def _send_all(layer: object, groups: tuple[str, ...], message: dict[str, str]) -> None:
    async with asyncio.timeout(ANSWER_S):
        for group in groups:
            await layer.group_send(group, message)  # type: ignore[attr-defined]
