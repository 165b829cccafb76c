"""Reads of signals. A signal's rights are those of its store."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.contrib.auth import get_user_model
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IsNull

from common.database import only_row
from common.errors import NotFound, Unavailable
from common.remembered import remembered
from common.roles import is_curator, may_manage, visible_to
from common.storage import Stored, stored
from signals.errors import told_as
from signals.models import (
    FaultClass,
    Recording,
    Severity,
    Signal,
    SignalPast,
    SignalStore,
    SplitSide,
    StoreMember,
    Tag,
    Upload,
    Version,
)
from vibration.store import SIGNALS_FILE, StoreReader


def stores_visible(user: Any) -> QuerySet[SignalStore]:
    """Return the stores `user` may read: own ones, those this person or a group of theirs was let
    into, those shared with all. Who sees what is decided here and nowhere else.
    """
    let_in = Q(pk__in=_memberships(user).values("store"))
    shared = Q(visibility=SignalStore.Visibility.SHARED) | let_in
    return visible_to(user, SignalStore.objects.filter(is_trashed=False), shared=shared)


def stores_seen(user: Any) -> Any:
    """Return what a row's store is looked for in (`store__in`): the ids of `stores_visible`.

    A page asks for it many times over, and Django takes longer to put the question together than
    PostgreSQL to answer it. So its words are kept, of whom it is asked stays open: the answer is
    looked up anew each time.
    """
    if not user.is_authenticated or not user.is_active:
        return stores_visible(user).order_by().values("pk")
    sql, values = _seen_sql(bool(user.is_superuser))
    own = [user.pk if value == _SOMEBODY else value for value in values]
    return RawSQL(sql, own)  # noqa: S611 - what Django made of `stores_visible`


_SOMEBODY = -(2**31)  # whom no row names


@cache
def _seen_sql(is_superuser: bool) -> tuple[str, tuple[Any, ...]]:
    somebody = get_user_model()(pk=_SOMEBODY, is_superuser=is_superuser, is_active=True)
    sql, values = stores_visible(somebody).order_by().values("pk").query.sql_with_params()
    return sql, tuple(values)


def store_visible(user: Any, pk: int) -> SignalStore | None:
    """Return one store that `user` may read; None where there is none."""
    return remembered(("store", user.pk, pk), lambda: only_row(stores_visible(user).filter(pk=pk)))


def has_recordings(store: SignalStore) -> bool:
    """Tell whether the records of a store were imported; those of a recipe have no recordings."""
    return remembered(("recordings", store.pk), lambda: store.recordings.order_by().exists())


def store_found(user: Any, store: SignalStore) -> SignalStore:
    """Remember a store that was found among those that `user` may read."""
    return remembered(("store", user.pk, store.pk), lambda: store) or store


def classes_all() -> list[FaultClass]:
    """Return the fault classes in the order of the pages."""
    return remembered("classes", lambda: list(FaultClass.objects.order_by("position")))


def severities_all() -> list[Severity]:
    """Return the severities, the mildest first."""
    return remembered("severities", lambda: list(Severity.objects.order_by("level")))


def stores_labelled(user: Any) -> QuerySet[SignalStore]:
    """Return the stores that `user` sees and whose labels and tags this person may change: own
    ones, those shared with that right, and of a curator all.
    """
    visible = stores_visible(user)
    if is_curator(user):
        return visible
    let_in = _memberships(user).filter(may_label=True)
    return visible.filter(Q(owner=user.pk) | Q(pk__in=let_in.values("store")))


def may_label(user: Any, store: SignalStore) -> bool:
    """Tell whether `user`, who sees the store, may change its labels and tags."""
    if may_manage(user, store.owner_id):
        return True
    if store_visible(user, store.pk) is None:
        return False
    return is_curator(user) or _memberships(user).filter(store=store.pk, may_label=True).exists()


def store_readers(store: SignalStore) -> list[int]:
    """Return the ids of those whom the store's owner let in by name or group."""
    let_in = Q(store_memberships__store=store) | Q(groups__store_memberships__store=store)
    people = get_user_model().objects.filter(let_in, is_active=True)
    return list(people.order_by("pk").values_list("pk", flat=True).distinct())


def _memberships(user: Any) -> QuerySet[StoreMember]:
    return StoreMember.objects.filter(Q(user=user.pk) | Q(group__user=user.pk)).order_by()


def signals_visible(user: Any) -> QuerySet[Signal]:
    """Return the signals `user` may read, with their store, class and severity."""
    signals = Signal.objects.select_related("store", "fault_class", "severity")
    return signals.filter(store__in=stores_seen(user))


def signals_opened(user: Any) -> QuerySet[Signal]:
    """Return the signals `user` may read, with all that is looked at beside them."""
    return signals_visible(user).select_related(
        "store__bearing", "bearing", "recording__specimen__bearing"
    )


def tags_visible(user: Any) -> QuerySet[Tag]:
    """Return the tags of signals that `user` may read, by name."""
    links = Signal.tags.through.objects.filter(signal__store__in=stores_visible(user))
    return Tag.objects.filter(pk__in=links.values("tag")).order_by("name")


def signal_get(user: Any, pk: int) -> Signal:
    """Return one signal that `user` may read."""
    signal = remembered(
        ("signal", user.pk, pk), lambda: only_row(signals_visible(user).filter(pk=pk))
    )
    if signal is None:
        raise NotFound("There is no such signal.")
    store_found(user, signal.store)
    return signal


def signal_samples(user: Any, signal: Signal) -> npt.NDArray[np.float32]:
    """Return the samples of a signal that `user` may read, float32 (N,)."""
    if store_visible(user, signal.store_id) is None:
        raise NotFound("There is no such signal.")
    file, row = signal_file(signal)
    with told_as(Unavailable), StoreReader(file) as reader:
        return reader.read(row)


@dataclass(frozen=True)
class Relabelling:
    """One change of a signal's labels: the version that made it, where it is known, and both."""

    number: int
    version: Version | None
    before: str
    after: str


def label_history(signal: Signal) -> list[Relabelling]:
    """Return how the labels of a signal came to be, the newest first; rights are the caller's."""
    past = SignalPast.objects.filter(signal=signal).select_related("fault_class", "severity")
    rows = list(past.order_by("-until"))
    numbers = [row.until for row in rows]
    store = signal.store.attic_of_id or signal.store_id
    versions = {
        version.number: version
        for version in Version.objects.filter(store=store, number__in=numbers).select_related(
            "author"
        )
    }
    found, after = [], _label_words(signal)
    if signal.store.attic_of_id is not None:
        after = "removed"
    for row in rows:
        before = "removed" if row.is_absent else _label_words(row)
        found.append(Relabelling(row.until, versions.get(row.until), before, after))
        after = before
    return found


def _label_words(row: Signal | SignalPast) -> str:
    return ", ".join(str(part) for part in (row.fault_class, row.severity) if part) or "no label"


def splits_of_signal(signal: Signal, most: int) -> list[tuple[str, str]]:
    """Return name and side of the newest splits that know a signal; rights are the caller's."""
    sides = SplitSide.objects.filter(
        split__store=signal.store_id,
        split__members__signal=signal,
        position=F("split__members__side"),
    )
    newest = sides.order_by("-split__created_at", "-split")
    return list(newest.values_list("split__name", "name")[:most])


def uploads_visible(user: Any) -> QuerySet[Upload]:
    """Return the uploads `user` may see; none is shared."""
    return visible_to(user, Upload.objects.all())


def upload_get(user: Any, pk: int) -> Upload:
    """Return one upload that `user` may see."""
    upload = uploads_visible(user).filter(pk=pk).first()
    if upload is None:
        raise NotFound("There is no such upload.")
    return upload


def uploads_of(user: Any) -> QuerySet[Upload]:
    """Return what `user` uploaded, a superuser too only the own ones, the newest first.

    Each has `n_channels`, and `first_signal`: the id of its first vibration channel.
    """
    opened = _first_vibration(Signal.objects.filter(store__upload=OuterRef("pk")))
    return (
        uploads_visible(user)
        .filter(owner=user.pk)
        .annotate(n_channels=Count("stores__signals"), first_signal=Subquery(opened[:1]))
    )


def upload_first_signal(upload: Upload) -> int:
    """Return the id of an upload's first vibration channel, else of its first channel."""
    return _first_vibration(Signal.objects.filter(store__upload=upload))[0]


def channels_of(user: Any, signal: Signal) -> list[Signal]:
    """Return the channels of the same upload, or those beside it in its recording, in the file's
    order; of other signals the signal itself.

    Empty where `user` may not read the signal.
    """
    upload_id = signal.store.upload_id
    if upload_id is not None:
        same = Q(store__upload=upload_id)
    elif signal.recording_id is not None:
        same = Q(recording=signal.recording_id, segment=signal.segment)
    else:
        return [] if store_visible(user, signal.store_id) is None else [signal]
    return remembered(
        ("channels", user.pk, signal.pk),
        lambda: list(signals_visible(user).filter(same).order_by("pk")),
    )


@dataclass(frozen=True)
class Around:
    """Where a signal stands in its recording, and the recording in its run.

    Attributes
    ----------
    recording : Recording
        With its specimen and its run.
    n_segments : int
        Of its channel.
    previous_segment, next_segment : int or None
        Ids of the signals beside it on the same channel.
    n_in_run : int
        Recordings of the run.
    previous, next : int or None
        Ids of the signals of the same channel and segment in the recordings before and after.
    """

    recording: Recording
    n_segments: int
    previous_segment: int | None
    next_segment: int | None
    n_in_run: int
    previous: int | None
    next: int | None


def recording_around(user: Any, signal: Signal) -> Around | None:
    """Return what lies around a signal that was imported; None for others and for strangers."""
    if signal.recording_id is None:
        return None
    recording = (
        Recording.objects.select_related("specimen__bearing", "run")
        .filter(pk=signal.recording_id, store__in=stores_visible(user))
        .first()
    )
    if recording is None:
        return None
    own = Signal.objects.filter(recording=recording, channel=signal.channel).order_by()
    run, position = recording.run_id, recording.position
    beside = Recording.objects.filter(run=run, store=recording.store_id).order_by("position")
    is_placed = run is not None and position is not None
    earlier = beside.filter(position__lt=position).last() if is_placed else None
    later = beside.filter(position__gt=position).first() if is_placed else None
    return Around(
        recording=recording,
        n_segments=own.count() if signal.segment else 1,
        previous_segment=_pk_of(own, segment=signal.segment - 1) if signal.segment else None,
        next_segment=_pk_of(own, segment=signal.segment + 1) if signal.segment else None,
        n_in_run=beside.count() if run is not None else 0,
        previous=_same_of(earlier, signal),
        next=_same_of(later, signal),
    )


def _pk_of(signals: QuerySet[Signal], **condition: Any) -> int | None:
    return signals.filter(**condition).values_list("pk", flat=True).first()


def _same_of(recording: Recording | None, signal: Signal) -> int | None:
    if recording is None:
        return None
    same = Signal.objects.filter(recording=recording, channel=signal.channel)
    return _pk_of(same, segment=signal.segment)


def recordings_visible(user: Any) -> QuerySet[Recording]:
    """Return the recordings `user` may see: those of stores that this person may read."""
    return Recording.objects.filter(store__in=stores_visible(user))


def group_key(signal: Signal) -> tuple[str, int]:
    """Return what a signal belongs together with; no split parts signals of one key.

    Its specimen, else its recording, else the signal it was copied from, else itself. Load its
    recording along where many are asked.
    """
    recording = signal.recording
    if recording is not None and recording.specimen_id is not None:
        return "specimen", recording.specimen_id
    if recording is not None:
        return "recording", recording.pk
    row = signal.row if signal.source_row is None else signal.source_row
    return f"store {signal.store_id}", row


def _first_vibration(signals: QuerySet[Signal]) -> "QuerySet[Signal, int]":
    # Only channels of vibration have features.
    return signals.order_by(IsNull(F("rms"), True), "pk").values_list("pk", flat=True)


def store_folder(store: SignalStore) -> Stored:
    """Return the folder of a store's files."""
    if not store.folder:
        raise NotFound("This dataset has no signals yet.")
    return stored(store.folder)


def store_path(store: SignalStore) -> Stored:
    """Return the file of a store's waveforms."""
    return (store_folder(store) / SIGNALS_FILE).of_version(store.sha256)


def signal_file(signal: Signal) -> tuple[Stored, int]:
    """Return the file of a signal's samples and its row there; rights are the caller's."""
    store = signal.store.attic_of or signal.store
    if not store.n_shards:
        return store_path(store), signal.row
    shard = store.shards.filter(first_row__lte=signal.row).order_by("-first_row").first()
    if shard is None:
        raise NotFound("There is no such signal.")
    file = store_folder(store) / shard.number / SIGNALS_FILE
    return file.of_version(shard.sha256), signal.row - shard.first_row


def cache_key(
    operation: str, store: SignalStore, inputs: str = "", *, version: int | None = None
) -> str:
    """Return the key of a result computed from a store: a new version makes it unreachable.

    `inputs` is whatever else decides the result, already hashed; `version` is an earlier one.
    """
    return f"{operation}:{store.pk}.{version or store.version}:{inputs}"
