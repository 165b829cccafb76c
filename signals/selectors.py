"""Reads of signals. A signal's rights are those of its store."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db.models import Q, QuerySet

from monitoring.errors import NotFound, Unavailable
from signals.models import Signal, SignalStore
from vibration.errors import VibrationError
from vibration.store import SIGNALS_FILE, StoreReader


def stores_visible(user: Any) -> QuerySet[SignalStore]:
    """Return the stores `user` may read: his own and shared ones; a superuser all."""
    if not user.is_authenticated:
        return SignalStore.objects.none()
    if user.is_superuser:
        return SignalStore.objects.all()
    shared = SignalStore.Visibility.SHARED
    return SignalStore.objects.filter(Q(owner=user) | Q(visibility=shared))


def signals_visible(user: Any) -> QuerySet[Signal]:
    """Return the signals `user` may read, with their store, class and severity."""
    signals = Signal.objects.select_related("store", "fault_class", "severity")
    if not user.is_authenticated:
        return signals.none()
    if user.is_superuser:
        return signals
    shared = SignalStore.Visibility.SHARED
    return signals.filter(Q(store__owner=user) | Q(store__visibility=shared))


def signal_get(user: Any, pk: int) -> Signal:
    """Return one signal that `user` may read."""
    signal = signals_visible(user).filter(pk=pk).first()
    if signal is None:
        raise NotFound("There is no such signal.")
    return signal


def signal_samples(user: Any, signal: Signal) -> npt.NDArray[np.float32]:
    """Return the samples of a signal that `user` may read, float32 (N,)."""
    if not stores_visible(user).filter(pk=signal.store_id).exists():
        raise NotFound("There is no such signal.")
    try:
        with StoreReader(store_path(signal.store)) as reader:
            return reader.read(signal.row)
    except VibrationError as error:
        raise Unavailable(str(error)) from error


def store_folder(store: SignalStore) -> Path:
    """Return the folder of a store's files."""
    if not store.folder:
        raise NotFound("This dataset has no signals yet.")
    return Path(settings.STORAGE_DIR) / store.folder


def store_path(store: SignalStore) -> Path:
    """Return the path of a store's waveforms."""
    return store_folder(store) / SIGNALS_FILE


def cache_key(operation: str, store: SignalStore, inputs: str = "") -> str:
    """Return the key of a result computed from a store: a new version makes it unreachable.

    `inputs` is whatever else decides the result, already hashed.
    """
    return f"{operation}:{store.pk}.{store.version}:{inputs}"
