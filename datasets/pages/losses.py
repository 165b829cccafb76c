"""What people have added to a dataset, which nothing can make again once it is gone."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Q
from django.db.models.functions import Cast

from datasets.models import Dataset
from signals.models import Annotation, Signal, SignalPast

_TELLERS: list[Callable[[Dataset], list[str]]] = []


def register_loss(tell: Callable[[Dataset], list[str]]) -> None:
    """Have `tell` asked what goes with a dataset: each loss in words, such as “2 trained models”.

    Apps above keep what they make of a dataset; this room cannot know them.
    """
    if tell not in _TELLERS:
        _TELLERS.append(tell)


def dataset_losses(user: Any, dataset: Dataset) -> list[str]:
    """Say what of a dataset cannot be made again; `user` is its owner, who may delete it."""
    del user
    signals = Signal.objects.filter(store=dataset.store_id).order_by()
    tagged = Signal.tags.through.objects.filter(signal__store=dataset.store_id)
    n_tagged = tagged.values("signal").distinct().count()
    n_notes = Annotation.objects.filter(signal__store=dataset.store_id).count()
    # From the history, which is shorter than a large dataset, to the signals. It knows of changes
    # from before there were versions.
    past = SignalPast.objects.filter(store=dataset.store_id, is_absent=False)
    changed = LogEntry.objects.filter(
        Q(change_message__startswith="Class: ") | Q(change_message__startswith="Severity: "),
        content_type=ContentType.objects.get_for_model(Signal),
        object_id__regex="^[0-9]{1,18}$",
    )
    changed_ids = changed.annotate(key=Cast("object_id", BigIntegerField())).values("key")
    is_changed = Q(pk__in=past.order_by().values("signal")) | Q(pk__in=changed_ids)
    n_relabelled = signals.filter(is_changed).count()
    losses = (
        (n_relabelled, "the changed labels of 1 signal", "the changed labels of {} signals"),
        (n_tagged, "the tags of 1 signal", "the tags of {} signals"),
        (n_notes, "1 note", "{} notes"),
    )
    said = [one if n == 1 else several.format(n) for n, one, several in losses if n]
    return said + [loss for tell in _TELLERS for loss in tell(dataset)]
