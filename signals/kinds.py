"""The kinds of job of this room, by the code of their rows."""

from typing import Final

MEASURE: Final = "measure-features"
PROJECT: Final = "project-features"
REMOVE: Final = "remove-signals"
