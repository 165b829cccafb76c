"""Expected errors: each carries the sentence the person reads."""


class Expected(Exception):  # noqa: N818  (an answer to the person, not a fault)
    """Something a person can understand and act on; never logged with a stack."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Expected):
    """It does not exist, or not for this person."""


class NotAllowed(Expected):
    """It exists for this person, who may not do this with it."""


class Unavailable(Expected):
    """A service or the disk cannot do it now."""


class TooMany(Expected):
    """Asked for more than one person or program may have in a time.

    Attributes
    ----------
    retry_after_s : int
        When it may be asked for again.
    """

    def __init__(self, sentence: str, *, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Invalid(Expected):
    """The input is refused.

    Attributes
    ----------
    field_errors : dict of str to list of str
        Sentences by field; "" holds those that concern no single field.
    """

    def __init__(self, sentence: str, *, field_errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(sentence)
        self.field_errors = field_errors or {"": [sentence]}
