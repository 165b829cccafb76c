"""The one exception of the science: bad input, said in one sentence."""


class VibrationError(ValueError):
    """Input that cannot be used; the message names the offending value and the way out."""
