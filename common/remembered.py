"""What one request looks up more than once is looked up the first time only.

A page of six panels settles the same rights and reads the same signal six times over. Only what
reads alone remembers: a GET, and the callbacks of a page. Elsewhere, in a job, a command or a form,
each look is a new one. Nothing outlives the request, so nobody meets what was meant for another.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: dict[Hashable, Any]) -> Iterator[None]:
    """Keep in `memory`, inside the block, what is looked up; several blocks may share one."""
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)


def is_remembering() -> bool:
    """Tell whether this is a request that only reads."""
    return _memory.get() is not None


def remembered(key: Hashable, look_up: Callable[[], T]) -> T:
    """Return what `look_up` returned for a key in this request.

    What depends on rights has the id of the person in its key. Errors are not remembered.
    """
    memory = _memory.get()
    if memory is None:
        return look_up()
    if key not in memory:
        memory[key] = look_up()
    found: T = memory[key]
    return found
