"""The expected spectrum of a class in a store, kept in files beside the waveforms.

``references/<store id>.<store version>/<class id>[.<segment>.<window>.<averaging>].npz``, the short
name for the choices at first: a relabel gives the store another version,
so that a file is never out of date. Missing files are made by whoever asks first; two who ask at
once make the same file twice, and the later rename wins. Nothing here is truth: everything can be
removed and made again.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.models import Count, F, QuerySet, Value

from common.errors import NotFound, Unavailable
from common.storage import Stored, stored
from common.text import counted
from signals.errors import told_as
from signals.models import Signal, SignalStore
from signals.selectors import signal_file, store_visible
from vibration.errors import VibrationError
from vibration.quantities import convert, unit_of
from vibration.spectra.windows import welch_segment
from vibration.statistics.references import (
    SHORTEST,
    ClassReference,
    class_reference,
    load_reference,
    save_reference,
)
from vibration.store import StoreReader

logger = logging.getLogger(__name__)

REFERENCES: Final = "references"
MOST_RECORDS: Final = 32
FEWEST_RECORDS: Final = 3
_KEPT_SEGMENTS: Final = tuple(2**k for k in range(10, 17))
_FOLDER = re.compile(r"(?P<store>\d+)\.(?P<version>\d+)")


@dataclass(frozen=True)
class Choice:
    """How the spectra of a reference are made; without a segment Welch chooses it."""

    segment: int | None = None
    window: str = "hann"
    averaging: str = "power"

    @property
    def suffix(self) -> str:
        return "" if self == Choice() else f".{self.segment}.{self.window}.{self.averaging}"

    @property
    def is_kept(self) -> bool:
        """Segments of any length would fill the disk with a file for each zoom."""
        return self.segment is None or self.segment in _KEPT_SEGMENTS


AT_FIRST: Final = Choice()


def reference_get(user: Any, signal: Signal, choice: Choice = AT_FIRST) -> ClassReference | None:
    """Return the expected spectrum of a signal's class in its store, which `user` may see.

    None where the signal has no class, or its class fewer than 3 original records here.
    """
    # Not the signal's own: labels are at least as new as the version read before them, so no file
    # of a version ever holds older ones.
    store = store_visible(user, signal.store_id)
    if store is None:
        raise NotFound("There is no such signal.")
    if signal.fault_class_id is None:
        return None
    like = signal if store.n_shards else None
    try:
        with _file(store, signal.fault_class_id, choice, like).open() as file:
            return load_reference(file)
    except (OSError, VibrationError):
        return reference_build(
            store=store, fault_class_id=signal.fault_class_id, choice=choice, like=like
        )


def reference_build(
    *,
    store: SignalStore,
    fault_class_id: int,
    choice: Choice = AT_FIRST,
    like: Signal | None = None,
) -> ClassReference | None:
    """Compute one reference and keep it; None where there are too few records.

    `like` says for which rate, length and unit it is, where a store holds several: records of the
    same quantity come to its grid.
    """
    found = _records(store, fault_class_id, choice, like)
    if len(found) < FEWEST_RECORDS:
        return None
    shown = like or found[0]
    with told_as(Unavailable):
        reference = class_reference(
            _samples(found, shown.unit),
            shown.fs_hz,
            rates_hz=[record.fs_hz for record in found],
            n_samples=shown.n_samples,
            fewest=FEWEST_RECORDS,
            shafts_hz=[record.rpm / 60 if record.rpm else None for record in found],
            segment=choice.segment,
            window=choice.window,
            averaging=choice.averaging,
        )
    if choice.is_kept:
        _keep(store, _file(store, fault_class_id, choice, like), reference)
    return reference


def reference_why_not(user: Any, signal: Signal, choice: Choice = AT_FIRST) -> str:
    """Say why a signal with a class has no expected spectrum in its store, which `user` may see."""
    store = store_visible(user, signal.store_id)
    if store is None or signal.fault_class_id is None:
        return ""
    n_all = _originals(store, signal.fault_class_id).count()
    if n_all < FEWEST_RECORDS or not store.n_shards:
        return (
            f"its class has {counted(n_all, 'original record')} here, {FEWEST_RECORDS} are needed"
        )
    n = len(_records(store, signal.fault_class_id, choice, signal))
    duration_s = _segment(signal, choice) / signal.fs_hz
    quantity = unit_of(signal.unit).quantity.name
    return (
        f"of {counted(n_all, 'record')} of its class {n} measure {quantity} "
        f"for {duration_s:.3g} s, as long as a segment; {FEWEST_RECORDS} are needed"
    )


def references_missing(store: SignalStore) -> list[int]:
    """Return the ids of the classes that could have a reference and have none yet.

    Those of a store of several shapes are made when somebody first looks at one.
    """
    if store.n_shards:
        return []
    counted = (
        Signal.objects.filter(store=store, augmented=False, fault_class__isnull=False)
        .order_by()
        .values_list("fault_class_id")
        .annotate(n=Count("pk"))
    )
    kept = set(_folder(store).names())
    enough = sorted(pk for pk, n in counted if pk is not None and n >= FEWEST_RECORDS)
    return [pk for pk in enough if f"{pk}.npz" not in kept]


def references_forget(*, store_id: int, before_version: int | None = None) -> None:
    """Remove what is kept of a store, all of it or what is older than a version."""
    for name in stored(REFERENCES).names():
        match = _FOLDER.fullmatch(name)
        if not match or int(match["store"]) != store_id:
            continue
        if before_version is None or int(match["version"]) < before_version:
            stored(REFERENCES, name).discard()


def references_sweep() -> None:
    """Remove what belongs to no store's present version."""
    # Listed first: what appears afterwards may belong to a version that is yet to be read.
    folders = stored(REFERENCES).names()
    named = {name: match for name in folders if (match := _FOLDER.fullmatch(name))}
    ids = {int(match["store"]) for match in named.values()}
    present = {
        f"{pk}.{version}"
        for pk, version in SignalStore.objects.filter(pk__in=ids).values_list("pk", "version")
    }
    for name in named.keys() - present:
        stored(REFERENCES, name).discard()


def _originals(store: SignalStore, fault_class_id: int) -> QuerySet[Signal]:
    return Signal.objects.filter(store=store, fault_class=fault_class_id, augmented=False)


def _records(
    store: SignalStore, fault_class_id: int, choice: Choice, like: Signal | None
) -> list[Signal]:
    """Return a fair sample of the class, without copies, in the order of the file; of a store of
    several shapes, those that can be compared with a signal.
    """
    originals = _originals(store, fault_class_id)
    if like is not None:
        duration_s = _segment(like, choice) / like.fs_hz
        units = originals.order_by().values_list("unit", flat=True).distinct()
        originals = originals.filter(
            unit__in=[unit for unit in units if _is_comparable(unit, like.unit)],
            n_samples__gte=F("fs_hz") * Value(SHORTEST * duration_s),
        )
    sample = originals.order_by("rank_in_class").only(
        "row", "rpm", "fs_hz", "n_samples", "unit", "store"
    )
    found = sorted(sample[:MOST_RECORDS], key=lambda record: record.row)
    for record in found:
        record.store = store
    return found


def _is_comparable(unit: str, other: str) -> bool:
    if unit == other:
        return True
    given, wanted = unit_of(unit), unit_of(other)
    return given.is_known and wanted.is_known and given.quantity == wanted.quantity


def _segment(like: Signal, choice: Choice) -> int:
    """Return the samples of a segment of a signal."""
    wanted = choice.segment or welch_segment(like.n_samples, like.fs_hz)
    return min(wanted, like.n_samples)


def _samples(records: list[Signal], unit: str) -> Iterator[npt.NDArray[np.float32]]:
    with ExitStack() as stack:
        readers: dict[Stored, StoreReader] = {}
        for record in records:
            file, row = signal_file(record)
            if file not in readers:
                readers[file] = stack.enter_context(StoreReader(file))
            samples = readers[file].read(row)
            yield samples if record.unit == unit else convert(samples, record.unit, unit)


def _keep(store: SignalStore, file: Stored, reference: ClassReference) -> None:
    try:
        with file.made() as path:
            save_reference(reference, path)
    except (VibrationError, OSError) as error:  # it is drawn all the same, and made again
        logger.warning("The reference %s could not be kept: %s", file, error)
        return
    references_forget(store_id=store.pk, before_version=store.version)


def _file(
    store: SignalStore,
    fault_class_id: int,
    choice: Choice = AT_FIRST,
    like: Signal | None = None,
) -> Stored:
    shape = f".{_digest(like, choice)}" if like else ""
    return _folder(store) / f"{fault_class_id}{shape}{choice.suffix}.npz"


def _folder(store: SignalStore) -> Stored:
    return stored(REFERENCES, f"{store.pk}.{store.version}")


def _digest(like: Signal, choice: Choice) -> str:
    shape = f"{like.fs_hz!r} {_segment(like, choice)} {like.unit}"
    return hashlib.sha256(shape.encode()).hexdigest()[:12]
