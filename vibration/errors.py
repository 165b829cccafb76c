"""The exceptions of the science: bad input, said in one sentence."""


class VibrationError(ValueError):
    """Input that cannot be used; the message names the offending value and the way out."""


class FormatError(VibrationError):
    """A file that cannot be read as vibration data; the message says why, and what to do."""
