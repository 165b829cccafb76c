"""The samples of one signal for one person: whole or in part, however long the record is.

A short record is read once. A long one is never held whole: parts are read, and the pyramid beside
its file gives the extremes of what is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self
from weakref import finalize

import numpy as np
import numpy.typing as npt
from django.core.cache import cache

from common.errors import Invalid, NotFound, Unavailable
from common.storage import Stored
from signals.errors import told_as
from signals.models import Signal
from signals.selectors import cache_key, signal_file, store_visible
from vibration.decimation import min_max
from vibration.errors import VibrationError
from vibration.simulation import Recipe, adc, part_title, record_turns, simulate_parts
from vibration.store import DamagedStoreError, Pyramid, StoreReader, build_pyramid

LONG_SAMPLES = 1 << 22
ADC = "noise:quantization"
ADC_TITLE = "ADC resolution"
TIMEOUT_S = 3600

Samples = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Source:
    """What is analysed: the stored record, or the sum of those of its parts that are switched on.

    Attributes
    ----------
    signal : Signal
        Its row, already found to be visible.
    file : Stored
        Its waveforms, and those of its neighbours.
    off : tuple of str
        Parts of a simulated record that are left out.
    file_row : int or None
        Row in that file; None where the store has no other.
    """

    signal: Signal
    file: Stored
    off: tuple[str, ...] = ()
    file_row: int | None = None

    @property
    def row(self) -> int:
        return self.signal.row if self.file_row is None else self.file_row

    @property
    def n_samples(self) -> int:
        return int(self.signal.n_samples)

    @property
    def fs_hz(self) -> float:
        return float(self.signal.fs_hz)

    @property
    def is_long(self) -> bool:
        return self.n_samples > LONG_SAMPLES

    @cached_property
    def whole(self) -> Samples:
        """All samples; refused for a record that is too long to hold."""
        if self.is_long:
            limit_s = LONG_SAMPLES / self.fs_hz
            raise Invalid(f"This record is long: zoom to at most {limit_s:.4g} s of it first.")
        if self.off and self.parts:
            return _without(self.parts, self.off)
        return _read(self.file, self.row, 0, self.n_samples)

    @cached_property
    def parts(self) -> dict[str, Samples]:
        """The parts of a simulated record by name; empty where it has none to show."""
        return _parts(self.recipe, self.row) if self.recipe else {}

    def read(self, first: int, last: int) -> Samples:
        """Return the samples from `first` up to, not including, `last`."""
        if not self.is_long:
            return self.whole[first:last]
        if self.off:
            raise Invalid("This record is too long to be taken apart; switch all its parts on.")
        with told_as(Unavailable):
            return self._reader.read_span(self.row, first, last)

    @cached_property
    def _reader(self) -> StoreReader:
        """A long record is read many times over for one answer: its file is opened once, and
        closed at the latest when nobody has this source any more."""
        reader = StoreReader(self.file)
        finalize(self, reader.close)
        return reader

    def close(self) -> None:
        """Close the file of a long record; a later read opens it again."""
        reader = self.__dict__.pop("_reader", None)
        if reader is not None:
            reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *trouble: object) -> None:
        self.close()

    def reader_of(self, start: int) -> Callable[[int, int], Samples]:
        """Return a reader of the record from `start` on, which counts from there."""
        return lambda first, last: self.read(start + first, start + last)

    def excerpt(self, first: int, last: int) -> Samples:
        """Return a span to compute with; refused where it is too long to hold."""
        if last - first > LONG_SAMPLES:
            limit_s = LONG_SAMPLES / self.fs_hz
            raise Invalid(f"Zoom to at most {limit_s:.4g} s of this record to see this.")
        return self.read(first, last)

    def extremes(self, first: int, last: int, n_buckets: int) -> tuple[Positions, Samples]:
        """Return positions and values of the extremes of each of at most `n_buckets` runs."""
        if self.is_long:
            return _of_pyramid(pyramid_ensure(self), self.read, (first, last), n_buckets)
        positions, values = min_max(self.read(first, last), n_buckets)
        return positions + first, values

    @cached_property
    def mains_hz(self) -> float | None:
        """The mains frequency a simulated record was made with."""
        return self.recipe.mains_hz if self.recipe else None

    @cached_property
    def recipe(self) -> Recipe | None:
        """What a simulated record was made from."""
        recipe = _recipe(self.file)
        return recipe if recipe is not None and self.row < recipe.n_records else None

    @cached_property
    def turns(self) -> npt.NDArray[np.float64] | None:
        """The shaft's angle in turns at each sample, where the recipe knows it."""
        if self.recipe is None or self.is_long:
            return None
        return record_turns(self.recipe, self.row)


def pyramid_file(file: Stored, row: int) -> Stored:
    """Return where the pyramid of a long record is kept, beside its waveforms."""
    return file.parent / f"pyramid-{row}.h5"


def pyramid_ensure(source: Source) -> Stored:
    """Return the pyramid of a long record; make it where there is none that fits.

    Two who need it at once make the same file twice, and the later rename wins.
    """
    file = pyramid_file(source.file, source.row)
    try:
        with Pyramid(file) as pyramid:
            if pyramid.n_samples == source.n_samples:
                return file
    except DamagedStoreError:
        pass  # there is none, or none that can be read: it holds nothing but what is made below
    with told_as(Unavailable), file.made() as path:
        build_pyramid(source.read, source.n_samples, path)
    return file


def source_of(user: Any, signal: Signal, *, off: tuple[str, ...] = ()) -> Source:
    """Return the samples of a signal that `user` may read."""
    if store_visible(user, signal.store_id) is None:
        raise NotFound("There is no such signal.")
    return source_at(signal, off)


def source_at(signal: Signal, off: tuple[str, ...] = ()) -> Source:
    """Return the samples of a signal that was already found to be visible."""
    file, row = signal_file(signal)
    return Source(signal, file, off, row)


def part_titles(source: Source) -> dict[str, str]:
    """Return the words for the parts of a simulated record; empty where it cannot be taken apart.

    A record made by another version of the simulator would not be the sum of what this one makes.
    """
    key = cache_key("parts", source.signal.store, str(source.signal.pk))
    known = cache.get(key)
    if isinstance(known, list):
        names = known
    else:
        names = _names_of(source)
        cache.set(key, names, TIMEOUT_S)
    return {name: ADC_TITLE if name == ADC else part_title(name) for name in names}


def _names_of(source: Source) -> list[str]:
    parts = source.parts
    if not parts:
        return []
    stored = _read(source.file, source.row, 0, source.n_samples)
    return [*parts] if np.array_equal(_without(parts, ()), stored) else []


def _parts(recipe: Recipe, row: int) -> dict[str, Samples]:
    parts = simulate_parts(recipe, row)
    if "quantization" in recipe.noises:  # it is no addend: its place says that it is applied
        parts[ADC] = np.zeros(0, dtype=np.float32)
    return parts


def _without(parts: dict[str, Samples], off: tuple[str, ...]) -> Samples:
    addends = [part for name, part in parts.items() if name not in off and part.size]
    n_samples = next(part.size for part in parts.values() if part.size)
    total = np.zeros(n_samples, dtype=np.float32)
    for part in addends:
        total += part
    return adc(total) if ADC in parts and ADC not in off else total


def _recipe(file: Stored) -> Recipe | None:
    try:
        return _recipe_in(file, file.version or file.changed_s())
    except OSError:
        return None


@lru_cache(maxsize=64)
def _recipe_in(file: Stored, _version: str | float) -> Recipe | None:
    try:
        with StoreReader(file) as reader:
            return Recipe.from_dict(reader.recipe) if reader.recipe else None
    except VibrationError:
        return None


def _read(file: Stored, row: int, first: int, last: int) -> Samples:
    with told_as(Unavailable), StoreReader(file) as reader:
        return reader.read_span(row, first, last)


def _of_pyramid(
    file: Stored, read: Any, span: tuple[int, int], n_buckets: int
) -> tuple[Positions, Samples]:
    with told_as(Unavailable), Pyramid(file) as pyramid:
        positions, values = pyramid.window(read, *span, n_buckets)
    return positions, values
