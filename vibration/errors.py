"""What the science raises: bad input, said in one sentence; and the answer to a wish to stop."""


class VibrationError(ValueError):
    """Input that cannot be used; the message names the offending value and the way out.

    Parameters
    ----------
    sentence : str
        What was wrong and what to do.
    field : str
        The parameter it is about, as the refusing function calls it; empty where it is about
        several, or about a file.

    Examples
    --------
    >>> try:
    ...     raise VibrationError("A recipe has no speed: state one.", field="shaft_hz")
    ... except VibrationError as error:
    ...     error.field, str(error)
    ('shaft_hz', 'A recipe has no speed: state one.')
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class FormatError(VibrationError):
    """A file that cannot be read as vibration data; the message says why, and what to do."""


class Cancelled(Exception):  # noqa: N818  (an answer to a wish, not an error)
    """The person asked to stop; nothing was kept."""
