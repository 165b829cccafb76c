import pytest

from common.errors import Invalid, NotAllowed, NotFound
from signals.models import Annotation, Signal
from signals.services.notes import note_add, note_change, note_delete
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal():
    return Signal.objects.filter(store=make_dataset(visibility="shared").store).first()


def test_a_note_is_corrected_by_its_author_and_by_curators(signal):
    author = make_user("engineer")
    note = note_add(user=author, signal=signal, text="rubs")
    note_change(user=author, note=note, text="rubs at 0.3 s")
    note_change(user=make_user("curator"), note=note, text="rubs at 0.4 s", span_s=(0.3, 0.4))
    assert Annotation.objects.get().text == "rubs at 0.4 s"


def test_a_note_of_another_is_neither_changed_nor_taken_away(signal):
    note = note_add(user=make_user("engineer"), signal=signal, text="rubs")
    with pytest.raises(NotAllowed, match="its author or a curator"):
        note_change(user=make_user("engineer"), note=note, text="mine")
    with pytest.raises(NotAllowed, match="its author or a curator"):
        note_delete(user=make_user("engineer"), signal=signal, note_id=note.pk)


def test_a_note_on_an_unseen_signal_does_not_exist():
    private = Signal.objects.filter(store=make_dataset().store).first()
    note = note_add(user=private.store.owner, signal=private, text="rubs")
    with pytest.raises(NotFound):
        note_change(user=make_user("curator"), note=note, text="seen")


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\0b", "a\u202eb", "a\u200bb"])
def test_an_empty_long_or_invisible_note_is_refused(text, signal):
    with pytest.raises(Invalid):
        note_add(user=make_user("engineer"), signal=signal, text=text)


def test_a_span_that_ends_before_it_begins_is_refused(signal):
    with pytest.raises(Invalid, match="ends after it begins"):
        note_add(user=make_user("engineer"), signal=signal, text="x", span_s=(0.4, 0.3))
