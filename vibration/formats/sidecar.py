"""Side-cars: a small JSON file beside a recording that says what the recording does not."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vibration.formats.facts import number_and_unit, rate_of, speed_of, stated
from vibration.formats.files import SourceFile
from vibration.formats.recording import Source, Statement
from vibration.formats.words import is_speed_name, words_of
from vibration.quantities import find_unit

_ENDINGS: Final = ("_metadata.json", ".json", "_meta.json", "-metadata.json", "_info.json")
_MOST_BYTES: Final = 1 << 20
_BEARING_LINES: Final = ("bpfi", "bpfo", "bsf", "ftf")
_ORDERS: Final = (0.2, 25.0)  # what the line of a bearing may be, in turns of its shaft

_SCALES: Final = frozenset(["scale", "scaling", "gain", "lsb"])


@dataclass(frozen=True)
class SideCar:
    """What a side-car states; `has_scale` where whole numbers wait to be multiplied by one."""

    rates: tuple[Statement, ...] = ()
    speeds: tuple[Statement, ...] = ()
    unit: str | None = None
    unit_words: str = ""
    has_scale: bool = False


def sidecar_of(file: SourceFile) -> SideCar:
    """Return what the side-car beside a file says; nothing where there is none to be read.

    Parameters
    ----------
    file : SourceFile
        The file, what it is called, and how much of it may be kept.

    Returns
    -------
    SideCar

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.npy"
    ...     _ = path.with_name("a.json").write_text('{"sampling_rate": 12000}')
    ...     side = sidecar_of(SourceFile(path, "a.npy", has_neighbours=True))
    >>> [each.value for each in side.rates]
    [12000.0]
    """
    if not file.has_neighbours:
        return SideCar()
    for ending in _ENDINGS:
        path = file.path.with_name(file.stem + ending)
        if path != file.path and path.is_file() and path.stat().st_size <= _MOST_BYTES:
            return _read(path)
    return SideCar()


def _read(path: Path) -> SideCar:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return SideCar()
    if not isinstance(content, dict):
        return SideCar()
    rates, speeds, unit = [], [], None
    for key, value in content.items():
        number = _number(value)
        if number is not None:
            fs_hz = rate_of(key, *number)
            rpm = speed_of(key, *number) or _speed_by_lines(key, number[0], content)
            where = f"{path.name}: {key} {value}"
            rates += [] if fs_hz is None else [stated(fs_hz, where, Source.SIDE_CAR)]
            speeds += [] if rpm is None else [stated(rpm, where, Source.SIDE_CAR)]
        elif isinstance(value, str) and words_of(key)[-1:] in (("unit",), ("units",)):
            unit = value if find_unit(value) else unit
    has_scale = any(_SCALES & {*words_of(key)} for key in content)
    return SideCar(tuple(rates), tuple(speeds), unit, f"{path.name}", has_scale)


def _number(value: Any) -> tuple[float, str] | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return (float(value), "") if abs(value) < 1e300 else None
    return number_and_unit(value) if isinstance(value, str) else None


def _speed_by_lines(key: str, value: float, content: dict[str, Any]) -> float | None:
    """Return a speed without a unit in rpm where the bearing's lines beside it say it is in Hz."""
    if not is_speed_name(key) or value <= 0:
        return None
    lines = [_number(content[k]) for k in content if k.lower() in _BEARING_LINES]
    orders = [line[0] / value for line in lines if line is not None]
    lowest, highest = _ORDERS
    if orders and all(lowest <= order <= highest for order in orders):
        return 60.0 * value
    return None
