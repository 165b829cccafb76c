"""Versions of a store: the one place where labels change and signals come and go, with undo.

An act locks its stores, writes what the signals were into the past, changes them, deals out the
random order of the classes again, and gives each store its next version.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from common.errors import Invalid, NotAllowed, NotFound
from common.roles import may_manage
from common.text import thousands
from common.text.names import text_clean
from signals.models import Signal, SignalPast, SignalStore, Version
from signals.selectors import may_label, signals_visible, stores_visible
from signals.services.attic import bring_back, came_with, put_away, since_sql, tables

MOST_AT_ONCE: Final = 100_000
MANY: Final = 5_000
_LONGEST: Final = Version._meta.get_field("reason").max_length or 0
_FOLLOWERS: list[Callable[[Sequence[Version]], None]] = []


def register_version_follower(follow: Callable[[Sequence[Version]], None]) -> None:
    """Have `follow` called, in the transaction, with the versions that an act made."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def reason_clean(text: str) -> str:
    """Return why something is changed; refused where nothing is said."""
    reason = text_clean(text, what="A reason", longest=_LONGEST, field="reason").strip()
    if not reason:
        sentence = "Say in a few words why this is changed: the version keeps it."
        raise Invalid(sentence, field_errors={"reason": [sentence]})
    return reason


def version_write(
    *,
    store: SignalStore,
    user: Any,
    act: Version.Act,
    reason: str = "",
    n_relabelled: int = 0,
    n_added: int = 0,
    n_removed: int = 0,
    n_new_rows: int = 0,
    undoes: Version | None = None,
) -> Version:
    """Give a store its next version; call it in the act's transaction, on a locked store.

    Its count of signals is brought up to date by whoever added or removed some. Of those added,
    `n_new_rows` are new in its files; the others had been removed.
    """
    before = store.versions.order_by("-number").first()
    store.version += 1
    store.save(update_fields=["version"])
    version = Version(
        store=store,
        number=store.version,
        act=act,
        author=user,
        reason=reason,
        undoes=undoes,
        n_signals=store.n_signals,
        n_rows=before.n_rows + n_new_rows if before else store.n_signals,
        n_relabelled=n_relabelled,
        n_added=n_added,
        n_removed=n_removed,
    )
    version.clean_fields(exclude=["store", "author", "undoes"])
    version.save()
    return version


def versions_tell(versions: Sequence[Version]) -> None:
    """Have all that hangs on labels and signals follow; call it last in the act's transaction."""
    if versions:
        for follow in _FOLLOWERS:
            follow(versions)


def chosen_of(
    user: Any, signals: QuerySet[Signal], may: Callable[[Any, SignalStore], bool], refusal: str
) -> dict[int, list[int]]:
    """Return the ids of signals by their store, of those that `user` sees; one that this person
    may not change refuses the whole. The stores stay locked until the transaction ends.
    """
    visible = signals_visible(user).select_related(None).filter(pk__in=signals.values("pk"))
    rows = list(visible.order_by("pk").values_list("pk", "store_id")[: MOST_AT_ONCE + 1])
    if len(rows) > MOST_AT_ONCE:
        raise Invalid(
            f"At most {thousands(MOST_AT_ONCE)} signals can be changed at once; choose fewer."
        )
    if len(rows) > MANY:  # rows with many indexes take longer than a page's statements may
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
    found: dict[int, list[int]] = {}
    for pk, store_id in rows:
        found.setdefault(store_id, []).append(pk)
    for store in stores_visible(user).filter(pk__in=found):
        if not may(user, store):
            raise NotAllowed(refusal)
    return found


def store_locked(store_id: int) -> SignalStore:
    """Return a store that nobody else changes until the transaction ends."""
    store = SignalStore.objects.select_for_update().filter(pk=store_id).first()
    if store is None:
        raise NotFound("There is no such dataset.")
    return store


def labels_write(store: SignalStore, wanted: str, parameters: Sequence[Any]) -> int:
    """Give signals of a locked store other labels; return how many changed.

    Parameters
    ----------
    wanted : str
        A query of id, fault_class_id and severity_id.
    parameters : sequence
        Of the query.
    """
    signal, past = tables()
    number = store.version + 1
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH wanted AS ({wanted})
            INSERT INTO {past} (
                store_id, signal_id, since, until, fault_class_id, severity_id, is_absent
            )
            SELECT own.store_id, own.id, {since_sql()}, %s, own.fault_class_id,
                own.severity_id, false
            FROM {signal} AS own JOIN wanted ON wanted.id = own.id
            WHERE own.store_id = %s AND (own.fault_class_id, own.severity_id)
                IS DISTINCT FROM (wanted.fault_class_id, wanted.severity_id)
            """,  # noqa: S608 - the names come from the models
            [*parameters, number, store.pk],
        )
        n = int(cursor.rowcount)
        if n:
            _labels_change(cursor, store, wanted, parameters)
    return n


def _labels_change(cursor: Any, store: SignalStore, wanted: str, parameters: Sequence[Any]) -> None:
    """Write labels and ranks at once: each row is written once, with all its indexes."""
    signal, past = tables()
    cursor.execute(
        f"""
        WITH wanted AS ({wanted}),
        labelled AS (
            SELECT own.id, own.row,
                CASE WHEN wanted.id IS NULL THEN own.fault_class_id ELSE wanted.fault_class_id END
                    AS fault_class_id,
                CASE WHEN wanted.id IS NULL THEN own.severity_id ELSE wanted.severity_id END
                    AS severity_id
            FROM {signal} AS own LEFT JOIN wanted ON wanted.id = own.id
            WHERE own.store_id = %s
        ),
        touched AS (
            SELECT fault_class_id FROM {past} WHERE store_id = %s AND until = %s
            UNION SELECT fault_class_id FROM wanted
        ),
        ranked AS (
            SELECT *, row_number() OVER (
                PARTITION BY fault_class_id ORDER BY md5(row::text), row
            ) - 1 AS rank
            FROM labelled
            WHERE coalesce(fault_class_id, 0) IN (SELECT coalesce(fault_class_id, 0) FROM touched)
        )
        UPDATE {signal} AS own
        SET fault_class_id = ranked.fault_class_id, severity_id = ranked.severity_id,
            rank_in_class = ranked.rank
        FROM ranked WHERE own.id = ranked.id
        AND (own.fault_class_id, own.severity_id, own.rank_in_class)
            IS DISTINCT FROM (ranked.fault_class_id, ranked.severity_id, ranked.rank)
        """,  # noqa: S608 - the names come from the models
        [*parameters, store.pk, store.pk, store.version + 1],
    )


@transaction.atomic
def signals_remove(*, user: Any, signals: QuerySet[Signal], reason: str) -> tuple[Version, ...]:
    """Take signals out of their datasets; earlier versions keep them, and it can be undone."""
    why = reason_clean(reason)
    chosen = chosen_of(user, signals, may_remove, "Only its owner may remove signals.")
    made = []
    for store_id in sorted(chosen):
        store = store_locked(store_id)
        n = put_away(store, chosen[store_id])
        if n:
            made.append(
                version_write(
                    store=store, user=user, act=Version.Act.REMOVED, reason=why, n_removed=n
                )
            )
    versions_tell(made)
    return tuple(made)


@transaction.atomic
def version_undo(*, user: Any, version: Version, reason: str = "") -> Version:
    """Take back what one version changed, as a new version.

    What has been changed again since keeps what it became.

    Raises
    ------
    Invalid
        Where nothing of it is left to take back.
    """
    store = store_locked(version.store_id)
    if not stores_visible(user).filter(pk=store.pk).exists():
        raise NotFound("There is no such version.")
    is_of_labels = version.n_relabelled > 0
    if not (may_label if is_of_labels else may_remove)(user, store):
        raise NotAllowed(
            "A version is undone by the owner of the dataset, labels also by members who may label "
            "and by curators."
        )
    if version.act == Version.Act.MADE:
        raise Invalid("The first version cannot be undone; delete the dataset instead.")
    counts = {
        "n_relabelled": _labels_back(store, version),
        "n_removed": put_away(store, came_with(store, version)),
        "n_added": bring_back(store, version),
    }
    if not any(counts.values()):
        raise Invalid("All that this version changed has been changed again since.")
    said = reason.strip() or f"Undo of version {version.number}"
    made = version_write(
        store=store,
        user=user,
        act=Version.Act.UNDONE,
        reason=reason_clean(said),
        undoes=version,
        **counts,
    )
    versions_tell([made])
    return made


@transaction.atomic
def versions_undo(*, user: Any, text: str) -> int:
    """Undo versions by their ids, with commas between them: those of one act; return how many
    signals changed.
    """
    ids = [int(part) for part in text.split(",") if re.fullmatch("[0-9]{1,18}", part)]
    found = Version.objects.filter(pk__in=ids, store__in=stores_visible(user)).order_by("pk")
    if not found:
        raise NotFound("There is no such version.")
    made = [version_undo(user=user, version=version) for version in found]
    return sum(each.n_relabelled + each.n_added + each.n_removed for each in made)


def may_remove(user: Any, store: SignalStore) -> bool:
    """Tell whether `user` may take signals out of a dataset: its owner alone."""
    return may_manage(user, store.owner_id) and store.upload_id is None


def _labels_back(store: SignalStore, version: Version) -> int:
    """Give back the labels that a version took, where the signals still have its own."""
    later = SignalPast.objects.filter(signal=OuterRef("signal"), until__gt=version.number)
    before = SignalPast.objects.filter(
        ~Exists(later), store=store, until=version.number, is_absent=False
    )
    rows = list(before.values_list("signal_id", "fault_class_id", "severity_id"))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    wanted = """
        SELECT unnest(%s::bigint[]) AS id, unnest(%s::bigint[]) AS fault_class_id,
            unnest(%s::bigint[]) AS severity_id
    """
    return labels_write(store, wanted, columns)
