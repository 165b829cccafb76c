"""How much one person or program may ask for in a time; all processes count in Valkey together.

Without Valkey nobody is refused: the limits keep one from taking everybody's share, they guard no
secret.
"""

import logging
import math
from dataclasses import dataclass
from time import time as clock_s

from django.conf import settings
from redis.exceptions import RedisError

from common.errors import TooMany
from common.valkey import valkey

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Budget:
    """What may be spent in each span of time.

    Attributes
    ----------
    name : str
        Part of the counters' keys.
    setting : str
        Name of the setting that holds the most; 0 there is no limit.
    span_s : int
        The span, in seconds of the clock.
    sentence : str
        What is said to whoever has spent all.
    per : int
        How much of what is counted makes one of the setting's.
    """

    name: str
    setting: str
    span_s: int
    sentence: str
    per: int = 1


def spend(budget: Budget, who: str, amount: int = 1) -> None:
    """Count what `who` asks for; the last that finds something left is let through, however large.

    Raises
    ------
    TooMany
    """
    most = budget.per * int(getattr(settings, budget.setting))
    if not most or amount <= 0:
        return
    window, passed_s = divmod(clock_s(), budget.span_s)
    key = f"portal:rate:{budget.name}:{who}:{window:.0f}"
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.incrby(key, amount)
            pipe.expire(key, budget.span_s)
            spent = int(pipe.execute()[0])
    except (RedisError, OSError) as error:
        logger.debug("Nobody is counted: %s", error)
        return
    if spent - amount < most:
        return
    if spent - 2 * amount < most:  # once in each span
        logger.warning("%s has reached %s (%d)", who, budget.setting, most)
    raise TooMany(budget.sentence, retry_after_s=max(1, math.ceil(budget.span_s - passed_s)))
