"""From what the science refuses to what the portal says. The one place where this is done."""

from types import TracebackType
from typing import Any

from django.core.exceptions import ValidationError

from common.errors import Expected, Invalid
from vibration.errors import VibrationError


class told_as:  # noqa: N801  (read as a word: with told_as(Unavailable))
    """Say a refusal of the science in the portal's words.

    `Invalid` and a model's `ValidationError` say it at the parameter that the science names;
    `names` holds what a form or model calls it, where that differs. What the portal itself
    expects passes unchanged.
    """

    def __init__(
        self,
        kind: type[Expected] | type[ValidationError] = Invalid,
        *,
        before: str = "",
        names: dict[str, str] | None = None,
    ) -> None:
        self.kind, self.before, self.names = kind, before, names or {}

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if isinstance(error, VibrationError):
            raise self._translated(error) from error

    def _translated(self, error: VibrationError) -> Exception:
        sentence = f"{self.before}{error}"
        field = self.names.get(error.field, error.field)
        if issubclass(self.kind, Invalid):
            return self.kind(sentence, field_errors={field: [sentence]})
        if issubclass(self.kind, ValidationError):
            told: Any = {field: sentence} if field else sentence
            return self.kind(told)
        return self.kind(sentence)
