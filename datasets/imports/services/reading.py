"""Read the files of a draft in limited children, and keep what they hold as rows.

Each file is committed by itself: a killed run goes on with those that it had not read.
"""

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.db import transaction

from common.database import retried
from common.errors import Invalid, Unavailable
from common.storage import Stored, folder_make
from common.text import counted
from datasets.imports.paths import (
    PICTURE,
    draft_folder,
    draft_sent,
    folders_of,
    is_archive,
    name_of,
    side_car_paths,
)
from datasets.imports.pictures import MOST_PICTURES, picture_of, pictures_write
from datasets.imports.selectors import Stage, draft_get, stage_of
from datasets.imports.services.drafts import draft_lock
from datasets.imports.services.unpacking import (
    UNPACKING,
    archive_unpack,
    file_refuse,
    words_cut,
    zip_is_there,
)
from datasets.kinds import READ
from datasets.models import ImportChannel, ImportDraft, ImportFile, ImportRate, ImportRemark
from datasets.models.imports import LONGEST_REASON, LONGEST_WORD
from monitoring.jobs.lifecycle import JobLost, job_complete, job_create, job_enqueue
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from monitoring.notices.services import notification_send
from signals.models import Recording
from vibration.errors import VibrationError
from vibration.formats import Channel, Reading, sandbox
from vibration.formats.answers import waits_with
from vibration.importing.planning import RUN, RUN_LAYOUTS

logger = logging.getLogger(__name__)

_STATUS: Final = ImportFile.Status
_AT_ONCE: Final = 2
_HASH_BYTES: Final = 1 << 20
_MOST_REMARKS: Final = 50
_BESIDE: Final = "beside-"


@dataclass(frozen=True, kw_only=True)
class Read:
    """What came of reading one file: rows to be written, or the reason why there are none."""

    sha256: str
    reason: str = ""
    format: str = ""
    label: str = ""
    load: str = ""
    recorded_at: datetime | None = None
    channels: Sequence[ImportChannel] = ()
    rates: Sequence[ImportRate] = ()
    remarks: Sequence[ImportRemark] = ()


def reading_start(*, user: Any, draft: ImportDraft, url: str = "") -> Job:
    """Have the files that have come whole read by a job.

    Raises
    ------
    Invalid
        Where there are none, or they are being read already.
    """
    with transaction.atomic():
        locked = draft_lock(draft)
        seen = draft_get(user, locked.pk)
        stage = stage_of(seen)
        if stage == Stage.READING:
            raise Invalid("The files are being read already.")
        if stage in (Stage.IMPORTING, Stage.IMPORTED):
            raise Invalid("This import has become a dataset.")
        n_files = locked.files.filter(status=_STATUS.RECEIVED).count()
        if not n_files:
            raise Invalid("There is no new file to read. Send some first.")
        job = job_create(
            owner=user,
            kind=READ,
            title=f"Read {counted(n_files, 'file')} of an import",
            url=url,
            total=n_files,
        )
        locked.job = job
        locked.save(update_fields=["job"])
        job_enqueue(job)
    return job


def reading_run(*, run: JobRun) -> None:
    """Read the files of the run's draft: archives are unpacked first."""
    draft = retried(partial(_draft_of, run))
    folder = draft_folder(draft.owner_id, draft.pk)
    folder_make(folder)
    _sweep(draft, folder)
    for archive in _received(draft):
        run.check()
        if is_archive(archive.path) and zip_is_there(folder / archive.stored):
            archive_unpack(draft, archive, folder)
    files = _received(draft)
    paths = set(ImportFile.objects.filter(draft=draft).values_list("path", flat=True))
    side_cars = {each: path for path in paths for each in side_car_paths(path) if each in paths}
    stored = dict(ImportFile.objects.filter(draft=draft).values_list("path", "stored"))
    run.progress(0, len(files))
    done = 0
    recordings = []
    for file in files:
        if file.path in side_cars:
            retried(partial(_set_beside, file, side_cars[file.path]))
            done += 1
        else:
            recordings.append(file)
    work = partial(_read, folder=folder, stored=stored)
    for file, read in _in_turn(work, recordings):
        run.check()
        retried(partial(_keep, draft, file, read))
        done += 1
        run.progress(done, len(files))
    retried(partial(_finish, run, draft))


def _draft_of(run: JobRun) -> ImportDraft:
    draft = ImportDraft.objects.filter(job=run.job).first()
    if draft is None:
        raise JobLost
    return draft


def _received(draft: ImportDraft) -> list[ImportFile]:
    return list(draft.files.filter(status=_STATUS.RECEIVED))


def _sweep(draft: ImportDraft, folder: Path) -> None:
    """Remove what an attempt left that was killed while it unpacked."""
    shutil.rmtree(folder / UNPACKING, ignore_errors=True)
    for pattern in (f"{_BESIDE}*", f"{sandbox.ROOM_PREFIX}*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    known = set(ImportFile.objects.filter(draft=draft).values_list("stored", flat=True))
    for path in folder.iterdir():
        if path.is_file() and path.name.removesuffix(".partial").removesuffix(PICTURE) not in known:
            path.unlink(missing_ok=True)


def _in_turn(work: Any, files: Sequence[ImportFile]) -> Iterator[tuple[ImportFile, Read]]:
    """Read some files at once, and give them in order: what waits holds no samples."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: list[tuple[ImportFile, Future[Read]]] = []
        left = iter(files)
        try:
            while True:
                batch = list(islice(left, 2 * _AT_ONCE - len(waiting)))
                waiting += [(file, pool.submit(work, file)) for file in batch]
                if not waiting:
                    return
                file, future = waiting.pop(0)
                yield file, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _read(file: ImportFile, *, folder: Path, stored: dict[str, str]) -> Read:
    path = folder / file.stored
    name = name_of(file.path)
    if not file.size_bytes:
        return Read(sha256=hashlib.sha256().hexdigest(), reason=f"{name} is empty.")
    try:
        digest = _sha256(path)
        with _beside_its_side_cars(file, path, folder, stored) as (place, has_neighbours):
            reading = (
                sandbox.read(place, room=folder)
                if has_neighbours
                else sandbox.read(place, name=name, folders=folders_of(file.path), room=folder)
            )
        channels = reading.channels[:MOST_PICTURES]
        pictures = [picture_of(channel.samples) for channel in channels]
        pictures_write(folder / f"{file.stored}{PICTURE}", pictures)
        _send_on(path, draft_sent(file.draft.owner_id, file.draft_id) / file.stored)
    except VibrationError as error:
        return Read(sha256=digest, reason=str(error))
    except FileNotFoundError:
        return Read(sha256="", reason=f"{name} is missing from the storage; send it again.")
    except OSError as error:
        raise Unavailable(
            f"The storage failed while {name} was read ({error.strerror}). Try again."
        ) from error
    return _described(file, digest, reading)


@contextmanager
def _beside_its_side_cars(
    file: ImportFile, path: Path, folder: Path, stored: dict[str, str]
) -> Iterator[tuple[Path, bool]]:
    """Give the file's path; where it has side-cars, one under its own name beside them."""
    side_cars = [each for each in side_car_paths(file.path) if each in stored]
    if not side_cars:
        yield path, False
        return
    with tempfile.TemporaryDirectory(prefix=_BESIDE, dir=folder) as temporary:
        place = Path(temporary).joinpath(*PurePosixPath(file.path).parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, place)
        for each in side_cars:
            beside = folder / stored[each]
            if beside.is_file():
                os.link(beside, place.with_name(name_of(each)))
        yield place, True


def _send_on(path: Path, sent: Stored) -> None:
    """Put a file where workers of other machines find it, where this one is not theirs too."""
    if sent.path is None:
        with sent.made() as here:
            os.link(path, here)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(_HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


@transaction.atomic
def _keep(draft: ImportDraft, file: ImportFile, read: Read) -> None:
    row = ImportFile.objects.select_for_update(of=["self"]).filter(pk=file.pk).first()
    if row is None or row.status != _STATUS.RECEIVED:
        return
    row.sha256 = read.sha256
    first = _first_alike(draft, row)
    if first is not None:
        file_refuse(row, f"It has the same content as {first.path}; it is imported once.")
        return
    there = _in_dataset(draft, row)
    if there is not None:
        file_refuse(row, f"It is in the dataset already, as {there.name}.")
        return
    if read.reason:
        file_refuse(row, read.reason)
        return
    row.status = _STATUS.READ
    row.reason = ""
    row.format, row.label, row.recorded_at = read.format, read.label, read.recorded_at
    row.load = read.load
    folder = folders_of(row.path)[-1:]
    if row.format in RUN_LAYOUTS and folder and not row.specimen:
        # A folder of such a data set is one run of one specimen.
        row.specimen, row.run = words_cut(folder[0], LONGEST_WORD), RUN
    row.full_clean(exclude=["draft"], validate_unique=False, validate_constraints=False)
    row.save()
    row.channels.all().delete()
    row.remarks.all().delete()
    ImportChannel.objects.bulk_create(read.channels)
    ImportRate.objects.bulk_create(read.rates)
    ImportRemark.objects.bulk_create(read.remarks)


def _first_alike(draft: ImportDraft, row: ImportFile) -> ImportFile | None:
    alike = draft.files.filter(sha256=row.sha256, status=_STATUS.READ).exclude(sha256="")
    return alike.exclude(pk=row.pk).first()


def _in_dataset(draft: ImportDraft, row: ImportFile) -> Recording | None:
    if draft.dataset_id is None or not row.sha256:
        return None
    found = Recording.objects.filter(store__dataset=draft.dataset_id, sha256=row.sha256)
    return found.first()


def _set_beside(file: ImportFile, path: str) -> None:
    file.status = _STATUS.BESIDE
    file.reason = words_cut(f"It says more about {path}.", LONGEST_REASON)
    file.save(update_fields=["status", "reason"])


def _described(file: ImportFile, sha256: str, reading: Reading) -> Read:
    """Return what is kept of a reading, without its samples."""
    has_vibration = any(channel.is_vibration for channel in reading.channels)
    channels: list[ImportChannel] = []
    rates: list[ImportRate] = []
    for number, recording in enumerate(reading.recordings):
        for position, channel in enumerate(recording.channels):
            row = _channel_row(channel, reading, has_vibration)
            row.file, row.recording, row.position = file, number, position
            row.recording_name = words_cut(recording.name, LONGEST_WORD)
            row.name = row.name or f"channel {position + 1}"
            channels.append(row)
            rates += [
                ImportRate(
                    channel=row,
                    fs_hz=each.value,
                    source=each.origin.source.value,
                    words=words_cut(each.origin.words, 200),
                )
                for each in channel.rates
            ]
    first = reading.recordings[0]
    return Read(
        sha256=sha256,
        format=reading.format[:40],
        label=words_cut(first.label or "", LONGEST_WORD),
        load=words_cut(str(first.facts.get("load", "")), 60),
        recorded_at=_with_zone(first.recorded_at),
        channels=channels,
        rates=rates,
        remarks=list(_remarks(file, reading)),
    )


def _channel_row(channel: Channel, reading: Reading, has_vibration: bool) -> ImportChannel:
    is_tacho = channel.quantity == "tacho"
    is_wanted = channel.is_vibration if has_vibration else channel.is_measurable
    waits = waits_with(channel, reading)
    return ImportChannel(
        name=words_cut(channel.name, LONGEST_WORD),
        n_samples=channel.samples.size,
        fs_hz=channel.fs_hz,
        fs_source=channel.source_of("fs_hz") or "",
        rpm=channel.rpm,
        rpm_source=channel.source_of("rpm") or "",
        unit=words_cut(channel.unit or "", 20),
        unit_source=channel.source_of("unit") or "",
        quantity=words_cut(channel.quantity, 40),
        is_vibration=channel.is_vibration,
        is_measurable=channel.is_measurable,
        is_tacho=is_tacho,
        waits_for_rate=waits,
        is_kept=(is_tacho or is_wanted) and (waits or channel.fs_hz is not None),
    )


def _remarks(file: ImportFile, reading: Reading) -> Iterable[ImportRemark]:
    for question in reading.questions[:_MOST_REMARKS]:
        proposal = question.proposal
        yield ImportRemark(
            file=file,
            kind=ImportRemark.Kind.QUESTION,
            about=words_cut(question.about, 200),
            sentence=words_cut(question.sentence, LONGEST_REASON),
            proposal_hz=float(proposal) if isinstance(proposal, int | float) else None,
        )
    for each in reading.left_out[:_MOST_REMARKS]:
        yield ImportRemark(
            file=file,
            kind=ImportRemark.Kind.LEFT_OUT,
            about=words_cut(each.name, 200),
            sentence=words_cut(each.reason, LONGEST_REASON),
        )


@transaction.atomic
def _finish(run: JobRun, draft: ImportDraft) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    n_read = draft.files.filter(status=_STATUS.READ).count()
    n_refused = draft.files.filter(status=_STATUS.REFUSED).count()
    refused = f", {n_refused} refused" if n_refused else ""
    notification_send(
        user=run.job.owner,
        title="Files read",
        text=f"{counted(n_read, 'file')} of your import can be looked at{refused}.",
        url=run.job.url,
        level="success" if n_read else "warning",
    )


def _with_zone(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
