"""Signals by what a person types: an id, the beginning of a label, a class, a dataset, a tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import F, Q, QuerySet

from signals.filters.signal_filter import labels_beginning
from signals.models import FaultClass, Signal, Tag
from signals.selectors import signals_visible, stores_visible

HIGHEST_ID = 2**63 - 1
LONGEST_TEXT = 100
MOST_NAMED = 5  # datasets that a text may mean at once


class Why(StrEnum):
    ID = "id"
    LABEL = "label"
    CLASS = "class"
    DATASET = "dataset"
    TAG = "tag"


@dataclass(frozen=True)
class Match:
    """One signal, and why it is offered."""

    pk: int
    label: str
    dataset: str
    fault_class: str
    why: Why


def signals_matching(user: Any, text: str, limit: int = 20) -> list[Match]:
    """Return signals that `user` may see and `text` may mean, grouped by why.

    The order is id, label, class, dataset, tag; nothing is offered twice. Class, dataset and tag
    get a quarter of the places each, labels the rest.
    """
    words = text.strip()
    if not words or limit < 1 or len(words) > LONGEST_TEXT or not words.isprintable():
        return []
    signals = signals_visible(user).select_related("store__dataset", "store__upload")
    share = max(1, limit // 4)
    by_name = [
        (Why.CLASS, _of_class(signals, words)[:share]),
        (Why.DATASET, _of_dataset(user, signals, words)[:share]),
        (Why.TAG, _tagged(signals, words)[:share]),
    ]
    labelled = labels_beginning(signals, words).order_by(F("upper_label"), "-pk")
    groups = [
        (Why.ID, list(_with_id(signals, words))),
        (Why.LABEL, list(labelled[:limit])),
        *((why, list(found)) for why, found in by_name),
    ]
    return _dealt_out(groups, limit)


def _dealt_out(groups: list[tuple[Why, list[Signal]]], limit: int) -> list[Match]:
    seen: set[int] = set()
    fresh: list[tuple[Why, list[Signal]]] = []
    for why, found in groups:
        fresh.append((why, [signal for signal in found if signal.pk not in seen]))
        seen |= {signal.pk for signal in found}
    others = sum(len(found) for why, found in fresh if why is not Why.LABEL)
    places = {Why.LABEL: max(limit - others, 1)}
    matches = [
        _match(signal, why) for why, found in fresh for signal in found[: places.get(why, limit)]
    ]
    return matches[:limit]


def _match(signal: Signal, why: Why) -> Match:
    dataset, upload = getattr(signal.store, "dataset", None), signal.store.upload
    return Match(
        pk=signal.pk,
        label=signal.label,
        dataset=dataset.name if dataset else f"Upload {upload.file_name}" if upload else "",
        fault_class=signal.fault_class.name if signal.fault_class else "",
        why=why,
    )


def _with_id(signals: QuerySet[Signal], words: str) -> QuerySet[Signal]:
    digits = words.removeprefix("#")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > HIGHEST_ID:
        return signals.none()
    return signals.filter(pk=int(digits))


def _of_class(signals: QuerySet[Signal], words: str) -> QuerySet[Signal]:
    named = Q(name__icontains=words) | Q(code__icontains=words) | Q(short_name__icontains=words)
    classes = list(FaultClass.objects.filter(named).values_list("pk", flat=True))
    return _newest(signals, fault_class__in=classes) if classes else signals.none()


def _of_dataset(user: Any, signals: QuerySet[Signal], words: str) -> QuerySet[Signal]:
    named = stores_visible(user).filter(dataset__name__icontains=words).order_by("-pk")
    stores = list(named.values_list("pk", flat=True)[:MOST_NAMED])
    return _newest(signals, store__in=stores) if stores else signals.none()


def _tagged(signals: QuerySet[Signal], words: str) -> QuerySet[Signal]:
    # All of them, or those of strangers, which nobody here sees, would take the places of others.
    tags = list(Tag.objects.filter(name__icontains=words).values_list("pk", flat=True))
    if not tags:
        return signals.none()
    links = Signal.tags.through.objects.filter(tag__in=tags)
    return _newest(signals, pk__in=links.values("signal"))


def _newest(
    signals: QuerySet[Signal], **condition: Iterable[int] | QuerySet[Any]
) -> QuerySet[Signal]:
    return signals.filter(**condition).order_by("-store_id", "row")
