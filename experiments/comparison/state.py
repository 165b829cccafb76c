"""What the address of the page says: which experiments, against which, and the class of curves."""

from dataclasses import dataclass
from typing import Final

from common.page_state import Identifier, Identifiers, PageState, Text, key

MOST: Final = 20


@dataclass(frozen=True)
class ComparisonState(PageState):
    ids: tuple[int, ...] = key("ids", Identifiers(MOST + 1))
    baseline: int | None = key("baseline", Identifier())
    fault_class: str = key("class", Text(60))
