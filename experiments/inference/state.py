"""What the address of the page says: the model that is asked, and the signal."""

from dataclasses import dataclass

from common.page_state import Identifier, PageState, key


@dataclass(frozen=True)
class InferenceState(PageState):
    experiment: int | None = key("experiment", Identifier())
    signal: int | None = key("signal", Identifier())
