"""Notes and tags that people put on single signals."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.errors import Invalid, NotAllowed, NotFound
from monitoring.roles import is_curator, is_engineer, may_manage
from signals.models import Annotation, Signal, Tag
from signals.selectors import stores_visible


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
    words = " ".join(name.split())
    tag = Tag.objects.filter(name__iexact=words).first()
    if tag is None:
        tag = Tag(name=words)
        _checked(tag, {"name": "A tag has 1 to 40 letters."})
        tag.save()
    signal.tags.add(tag)


def signal_tag_remove(*, user: Any, signal: Signal, name: str) -> None:
    """Take a tag from a signal."""
    _tagger_or_refuse(user, signal)
    signal.tags.remove(*Tag.objects.filter(name=name))


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
