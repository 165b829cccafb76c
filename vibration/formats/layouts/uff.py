"""Universal files: dataset 58 (functions) in text and binary, with the units of dataset 164.

Every length is checked against the file. Only even time responses are signals; spectra, response
functions, correlations and geometry are named and left out.

Reference: SDRC, "Universal file datasets", no. 58, 58b and 164; University of Cincinnati, SDRL.
"""

from vibration.errors import FormatError
from vibration.formats.assemble import assemble
from vibration.formats.facts import stated
from vibration.formats.files import SourceFile
from vibration.formats.layouts.universal import EDGE, functions_of
from vibration.formats.recording import LeftOut, Reading
from vibration.formats.series import Stated


def is_uff(head: bytes) -> bool:
    r"""Tell a universal file by the edge of its first dataset and the number after it.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_uff(b"    -1\n    58\n"), is_uff(b"t;x\n")
    (True, False)
    """
    lines = head.lstrip(b"\r\n").split(b"\n")
    number = lines[1][:6].strip() if len(lines) > 1 else b""
    return lines[0].strip() == EDGE and number.isdigit()


def read_uff(file: SourceFile) -> Reading:
    """Read the time responses of a universal file, each as a channel.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    Reading

    Raises
    ------
    FormatError
        For a damaged file, and for one without a signal; it says which.

    Examples
    --------
    >>> from vibration.formats.examples import example_file
    >>> with example_file("universal.uff") as file:
    ...     reading = read_uff(file)
    >>> reading.format, len(reading.channels)
    ('uff58', 1)
    """
    file.prove_kept(file.path.stat().st_size)
    try:
        found, kinds, is_si = functions_of(file)
    except (ValueError, IndexError, OverflowError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            f"{file.name} is a damaged universal file, or was cut short; copy it once more."
        ) from error
    series, left_out, speeds = [], [], []
    names = _unlike([each.name for each in found])
    for name, each in zip(names, found, strict=True):
        reason = each.fault()
        if reason:
            left_out.append(LeftOut(name, reason))
            continue
        series.append(each.series(name, is_si=is_si))
        speeds += [] if each.rpm is None else [stated(each.rpm, "the z-axis of dataset 58")]
    if not found:
        listed = ", ".join(dict.fromkeys(kinds)) or "none"
        raise FormatError(
            f"{file.name} holds no dataset 58, which carries signals; its datasets are {listed}."
        )
    if not series:
        reasons = "; ".join(dict.fromkeys(f"{each.name}: {each.reason}" for each in left_out))
        raise FormatError(f"{file.name} holds no signal over time, only {reasons[:300]}.")
    facts = Stated(
        speeds=tuple(speeds),
        recorded_at=next((e.recorded_at for e in found if e.recorded_at), None),
    )
    return assemble("uff58", series, facts, name=file.name, left_out=left_out)


def _unlike(names: list[str]) -> list[str]:
    """Return names of which none stands twice."""
    if len(set(names)) == len(names):
        return names
    return [f"{name} {number}" for number, name in enumerate(names, 1)]
