"""One file of an import read: in a child of its own, into rows that are not yet written."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from common.errors import Unavailable
from common.refused import what_helps
from common.storage import Stored
from datasets.imports.paths import PICTURE, draft_sent, folders_of, name_of, side_car_paths
from datasets.imports.pictures import MOST_PICTURES, picture_of, pictures_write
from datasets.imports.services.unpacking import words_cut
from datasets.models import ImportChannel, ImportFile, ImportRate, ImportRemark
from datasets.models.imports import LONGEST_REASON, LONGEST_WORD
from vibration.errors import VibrationError
from vibration.formats import Channel, Reading, sandbox
from vibration.formats.answers import waits_with
from vibration.store import file_sha256

_MOST_REMARKS: Final = 50
BESIDE: Final = "beside-"


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


def file_read(file: ImportFile, *, folder: Path, stored: dict[str, str]) -> Read:
    path = folder / file.stored
    name = name_of(file.path)
    if not file.size_bytes:
        return Read(sha256=hashlib.sha256().hexdigest(), reason=f"{name} is empty.")
    try:
        digest = file_sha256(path)
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
            f"The storage failed while {name} was read ({error.strerror}). {what_helps(error)}"
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
    with tempfile.TemporaryDirectory(prefix=BESIDE, dir=folder) as temporary:
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
        recorded_at=with_zone(first.recorded_at),
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


def with_zone(moment: datetime | None) -> datetime | None:
    """Take a moment that no file or table gave a zone for as UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
