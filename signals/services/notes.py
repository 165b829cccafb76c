"""Notes and tags that people put on single signals."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator, is_engineer, may_manage
from signals.models import Annotation, Signal, Tag
from signals.selectors import stores_visible

MOST_TAGGED: Final = 100_000


def may_tag(user: Any, signal: Signal) -> bool:
    """Tell whether `user`, who sees the signal, may tag it: its owner, or a curator."""
    return may_manage(user, signal.store.owner_id) or is_curator(user)


def note_add(
    *, user: Any, signal: Signal, text: str, span_s: tuple[float, float] | None = None
) -> Annotation:
    """Write a note on a signal that `user` sees, about a span of it where one is given."""
    _seen_or_refuse(user, signal)
    if not (is_engineer(user) or may_tag(user, signal)):
        raise NotAllowed("Notes are written by engineers, curators and the signal's owner.")
    start_s, end_s = span_s or (None, None)
    note = Annotation(signal=signal, author=user, text=text.strip(), start_s=start_s, end_s=end_s)
    _checked(note, {"text": "Write something first; at most 500 letters."})
    note.save()
    return note


def note_delete(*, user: Any, signal: Signal, note_id: int) -> None:
    """Take a note away: one's own, or as a curator any."""
    _seen_or_refuse(user, signal)
    note = Annotation.objects.filter(pk=note_id, signal=signal).first()
    if note is None:
        raise NotFound("There is no such note.")
    if note.author_id != user.pk and not is_curator(user):
        raise NotAllowed("A note is taken away by its author or a curator.")
    note.delete()


@transaction.atomic
def signal_tag_add(*, user: Any, signal: Signal, name: str) -> None:
    """Tag a signal; a tag nobody has used yet is made."""
    _tagger_or_refuse(user, signal)
    signal.tags.add(_tag_named(name))


def signal_tag_remove(*, user: Any, signal: Signal, name: str) -> None:
    """Take a tag from a signal."""
    _tagger_or_refuse(user, signal)
    signal.tags.remove(*Tag.objects.filter(name=name))


@transaction.atomic
def signals_tag_many(
    *, user: Any, signals: QuerySet[Signal] | Iterable[int], name: str, remove: bool = False
) -> int:
    """Give many signals a tag, or take it from them; return how many changed."""
    return len(signals_tag_changed(user=user, signals=signals, name=name, remove=remove))


@transaction.atomic
def signals_tag_changed(
    *, user: Any, signals: QuerySet[Signal] | Iterable[int], name: str, remove: bool = False
) -> list[int]:
    """Give many signals a tag, or take it from them; return the ids of those that changed.

    Parameters
    ----------
    signals : queryset of Signal, or ids
        Such as those of a filter. What `user` may not see is left out; one that he sees and may
        not tag refuses the whole.
    name : str
        Of the tag; one that nobody has used yet is made.
    remove : bool
        Take it away instead.
    """
    chosen = _taggable(user, signals)
    links = Signal.tags.through.objects
    if remove:
        gone = links.filter(tag__name=name, signal__in=chosen)
        changed = list(gone.values_list("signal_id", flat=True))
        gone.delete()
        return changed
    tag = _tag_named(name)
    tagged = set(links.filter(tag=tag, signal__in=chosen).values_list("signal_id", flat=True))
    changed = [pk for pk in chosen if pk not in tagged]
    rows = [Signal.tags.through(signal_id=pk, tag=tag) for pk in changed]
    links.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)
    return changed


def _taggable(user: Any, signals: QuerySet[Signal] | Iterable[int]) -> list[int]:
    pks: Any = signals.values("pk") if isinstance(signals, QuerySet) else list(signals)
    visible = Signal.objects.filter(pk__in=pks, store__in=stores_visible(user)).order_by("pk")
    found = list(visible.values_list("pk", "store__owner_id")[: MOST_TAGGED + 1])
    if len(found) > MOST_TAGGED:
        raise Invalid(f"At most {MOST_TAGGED} signals can be tagged at once; choose fewer.")
    owners = {owner for _, owner in found}
    if not is_curator(user) and not all(may_manage(user, owner) for owner in owners):
        raise NotAllowed("Tags are edited by the signals' owner and by curators.")
    return [pk for pk, _ in found]


def _tag_named(name: str) -> Tag:
    words = " ".join(name.split())
    tag = Tag.objects.filter(name__iexact=words).first()
    if tag is None:
        tag = Tag(name=words)
        _checked(tag, {"name": "A tag has 1 to 40 letters."})
        tag.save()
    return tag


def _tagger_or_refuse(user: Any, signal: Signal) -> None:
    _seen_or_refuse(user, signal)
    if not may_tag(user, signal):
        raise NotAllowed("Tags are edited by the signal's owner and by curators.")


def _seen_or_refuse(user: Any, signal: Signal) -> None:
    if not stores_visible(user).filter(pk=signal.store_id).exists():
        raise NotFound("There is no such signal.")


def _checked(row: Any, sentences: dict[str, str]) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field = next(iter(error.message_dict))
        raise Invalid(sentences.get(field, error.messages[0])) from error
