"""Recordings that people bring in: read, kept as private signals for a while, deleted.

``uploads/<user>/<upload>/<group>`` holds the channels of one rate, length and unit. The files are
whole before the rows that speak of them are committed; the file that was sent is not kept.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from common.database import after_commit, person_lock
from common.errors import Invalid, NotAllowed, Unavailable
from common.refused import what_helps
from common.roles import may_manage
from common.storage import Stored, stored, trash_sweep
from common.text import counted
from monitoring.events import event_record
from monitoring.models import SystemEvent
from signals.errors import told_as
from signals.models import Signal, SignalStore, Upload
from signals.services.records import cached_results_forget, signals_delete
from signals.uploads.channels import Kept, channels_keep, groups_of
from signals.uploads.questions import Answers, questions_answer
from signals.uploads.receiving import Received, recording_receive
from vibration.features import FEATURE_NAMES
from vibration.store import INDEX_KINDS, SIGNALS_FILE, Kind, create_store, read_metadata
from vibration.store.layout import TEXT_BYTES

logger = logging.getLogger(__name__)

UPLOADS: Final = "uploads"
KEPT: Final = timedelta(days=30)
MOST_UPLOADS: Final = 50
_AT_ONCE: Final = 200
# An upload's rows are committed seconds after its folder appeared.
_ORPHAN_AFTER_S: Final = 3600.0
_KINDS: Final[dict[str, Kind]] = {**INDEX_KINDS, "channel": "text"}


def upload_create(
    *,
    owner: Any,
    file: "File[bytes]",
    file_name: str,
    fs_hz: float | None = None,
    rpm: float | str | None = None,
    unit: str | None = None,
    mains_hz: int | None = None,
) -> Upload:
    """Keep a recording as private signals of `owner`, one for each channel.

    Parameters
    ----------
    fs_hz, rpm, unit
        What the file does not say, as its owner answered; `rpm` and `unit` may be ``"unknown"``.
    mains_hz : int or None
        Mains frequency where it was recorded; None where that is not stated.

    Raises
    ------
    Questions
        Where something must be asked first, or an answer contradicts the file; by field.
    Invalid
        Where the file is too large or cannot be read, or `owner` has as many as one may.
    Unavailable
        Where the storage fails.
    """
    if not owner.is_active:
        raise NotAllowed("Your account may not upload; ask an administrator.")
    _quota_prove(owner)
    received = recording_receive(file=file, file_name=file_name)
    answers = Answers(fs_hz=fs_hz, rpm=rpm, unit=unit)
    return upload_keep(owner=owner, received=received, answers=answers, mains_hz=mains_hz)


def upload_keep(
    *, owner: Any, received: Received, answers: Answers, mains_hz: int | None = None
) -> Upload:
    """Write what was read: files first, then all rows in one transaction."""
    answered = questions_answer(received.recording, answers)
    channels = channels_keep(answered, file_name=received.file_name)
    try:
        with told_as(Unavailable), transaction.atomic():
            # Of two uploads at once the second counts the first.
            person_lock(owner.pk)
            _quota_prove(owner)
            upload = _write_upload(owner, received)
            with _whole_or_nothing(upload_folder(upload)):
                _write_channels(upload, channels, mains_hz)
            n = len(channels)
            event_record(
                kind=SystemEvent.Kind.CREATED,
                actor=owner,
                subject=upload.file_name,
                detail=f"upload of {counted(n, 'channel')}",
            )
    except OSError as error:
        raise Unavailable(
            f"The storage failed while the upload was written ({error.strerror}); "
            f"nothing was kept. {what_helps(error)}"
        ) from error
    return upload


def upload_delete(*, user: Any, upload: Upload) -> None:
    """Remove an upload with its signals, files and cached results."""
    if not may_manage(user, upload.owner_id):
        raise NotAllowed("Only its owner may delete this upload.")
    _remove(upload, actor=user)


def uploads_prune(*, now: datetime) -> int:
    """Remove the uploads whose time is over, the oldest first; return how many they were."""
    expired = Upload.objects.filter(expires_at__lte=now).order_by("expires_at")[:_AT_ONCE]
    return sum(_remove(upload, actor=None, detail="expired") for upload in expired)


def uploads_sweep() -> None:
    """Remove what killed processes left: trash, and folders of no upload."""
    trash_sweep("*/*", UPLOADS)
    people = (stored(UPLOADS, owner) for owner in stored(UPLOADS).names())
    found = {int(name): each / name for each in people for name in each.names() if name.isdecimal()}
    known = set(Upload.objects.filter(pk__in=found).values_list("pk", flat=True))
    for pk, folder in found.items():
        if pk not in known and folder.age_s() > _ORPHAN_AFTER_S:
            logger.info("Removed the orphaned folder %s", folder)
            folder.discard()


def upload_folder(upload: Upload) -> Stored:
    """Return where the files of an upload lie."""
    return stored(UPLOADS, upload.owner_id, upload.pk)


def _quota_prove(owner: Any) -> None:
    if Upload.objects.filter(owner=owner).count() >= MOST_UPLOADS:
        sentence = (
            f"You have {MOST_UPLOADS} uploads, as many as one person may keep. "
            "Delete one in Your uploads, then try again."
        )
        raise Invalid(sentence, field_errors={"": [sentence]})


@contextmanager
def _whole_or_nothing(folder: Stored) -> Iterator[None]:
    try:
        yield
    except BaseException:
        folder.discard()
        raise


def _write_upload(owner: Any, received: Received) -> Upload:
    now = timezone.now()
    upload = Upload(
        owner=owner,
        file_name=received.file_name,
        format=received.recording.format,
        size_bytes=received.size_bytes,
        sha256=received.sha256,
        created_at=now,
        expires_at=now + KEPT,
    )
    upload.full_clean()
    upload.save()
    return upload


def _write_channels(upload: Upload, channels: list[Kept], mains_hz: int | None) -> None:
    rows: dict[Kept, Signal] = {}
    for number, group in enumerate(groups_of(channels), start=1):
        store = _write_store(upload, number, group, mains_hz)
        rows |= {channel: _row(store, row, channel) for row, channel in enumerate(group)}
    # In the file's order, in which their ids then ascend.
    Signal.objects.bulk_create([rows[channel] for channel in channels])


def _write_store(
    upload: Upload, number: int, group: list[Kept], mains_hz: int | None
) -> SignalStore:
    folder = upload_folder(upload) / number
    with folder.made() as path:
        _write_file(path, upload, group)
        facts = read_metadata(path)["files"][SIGNALS_FILE]
    store = SignalStore(
        owner=upload.owner,
        upload=upload,
        folder=str(folder),
        version=1,
        n_signals=len(group),
        size_bytes=facts["bytes"],
        sha256=facts["sha256"],
        mains_hz=mains_hz,
    )
    store.full_clean()
    store.save()
    return store


def _write_file(folder: Path, upload: Upload, group: list[Kept]) -> None:
    fs_hz, n_samples, unit = group[0].shape
    source = {"file_name": upload.file_name, "format": upload.format, "sha256": upload.sha256}
    with create_store(
        folder,
        n=len(group),
        n_samples=n_samples,
        fs_hz=fs_hz,
        unit=unit,
        feature_names=FEATURE_NAMES,
        kinds=_KINDS,
        recipe={"upload": source},
    ) as writer:
        for row, channel in enumerate(group):
            name = channel.name.encode()[:TEXT_BYTES].decode(errors="ignore")
            cells = {"channel": name, "rpm": channel.rpm}
            writer.write(row, channel.samples, channel.features, dict.fromkeys(_KINDS) | cells)


def _row(store: SignalStore, row: int, channel: Kept) -> Signal:
    with np.errstate(over="ignore"):  # beyond single precision it is as undefined as NaN
        kept = np.asarray(channel.features, dtype=np.float32).tolist()
    features = {
        name: value if np.isfinite(value) else None
        for name, value in zip(FEATURE_NAMES, kept, strict=True)
    }
    signal = Signal(
        store=store,
        row=row,
        label=channel.label,
        channel=channel.name,
        fs_hz=channel.fs_hz,
        n_samples=channel.samples.size,
        unit=channel.unit,
        rpm=channel.rpm,
        **features,
    )
    signal.full_clean(exclude=["store"], validate_unique=False, validate_constraints=False)
    return signal


@transaction.atomic
def _remove(upload: Upload, *, actor: Any, detail: str = "upload") -> int:
    locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if locked is None:
        return 0  # somebody else was first
    stores = list(locked.stores.all())
    for store in stores:
        signals_delete(store=store)
    locked.stores.all().delete()
    locked.delete()
    event_record(
        kind=SystemEvent.Kind.DELETED, actor=actor, subject=upload.file_name, detail=detail
    )
    after_commit(_after_delete, upload_folder(upload), [store.pk for store in stores])
    return 1


def _after_delete(folder: Stored, store_ids: list[int]) -> None:
    folder.discard()
    for store_id in store_ids:
        cached_results_forget(store_id=store_id)
