"""Notes that people write on single signals."""

from typing import Any, Final

from django.core.exceptions import ValidationError

from common.errors import Invalid, NotAllowed, NotFound
from common.roles import is_curator, is_engineer
from common.text.names import text_clean
from signals.models import Annotation, Signal
from signals.selectors import stores_visible
from signals.services.tags import may_tag

_LONGEST: Final = Annotation._meta.get_field("text").max_length or 0


def note_add(
    *, user: Any, signal: Signal, text: str, span_s: tuple[float, float] | None = None
) -> Annotation:
    """Write a note on a signal that `user` sees, about a span of it where one is given."""
    _seen_or_refuse(user, signal)
    if not (is_engineer(user) or may_tag(user, signal)):
        raise NotAllowed("Notes are written by engineers, curators and the signal's owner.")
    return _saved(Annotation(signal=signal, author=user), text, span_s)


def note_change(
    *, user: Any, note: Annotation, text: str, span_s: tuple[float, float] | None = None
) -> Annotation:
    """Correct a note: one's own, or as a curator any on a signal that `user` sees."""
    _may_change_or_refuse(user, note, "changed")
    return _saved(note, text, span_s)


def note_delete(*, user: Any, signal: Signal, note_id: int) -> Annotation:
    """Take a note away: one's own, or as a curator any. Return it as it was."""
    _seen_or_refuse(user, signal)
    note = Annotation.objects.filter(pk=note_id, signal=signal).first()
    if note is None:
        raise NotFound("There is no such note.")
    _may_change_or_refuse(user, note, "taken away")
    note.delete()
    return note


def _saved(note: Annotation, text: str, span_s: tuple[float, float] | None) -> Annotation:
    note.text = text_clean(text, what="A note", longest=_LONGEST)
    note.start_s, note.end_s = span_s or (None, None)
    try:
        note.full_clean()
    except ValidationError as error:
        field = next(iter(error.message_dict))
        sentence = {
            "text": f"Write something first; at most {_LONGEST} letters.",
            "__all__": "A note's span begins at 0 s or later and ends after it begins.",
        }.get(field, error.messages[0])
        raise Invalid(sentence) from error
    note.save()
    return note


def _may_change_or_refuse(user: Any, note: Annotation, verb: str) -> None:
    _seen_or_refuse(user, note.signal)
    if note.author_id != user.pk and not is_curator(user):
        raise NotAllowed(f"A note is {verb} by its author or a curator.")


def _seen_or_refuse(user: Any, signal: Signal) -> None:
    if not stores_visible(user).filter(pk=signal.store_id).exists():
        raise NotFound("There is no such signal.")
