"""What the science refuses is said in the portal's words, at the field it is about."""

import pytest
from django.core.exceptions import ValidationError

from common.errors import Invalid, NotFound, Unavailable
from signals.errors import told_as
from vibration.errors import VibrationError


def test_a_refusal_is_invalid_at_its_field():
    with pytest.raises(Invalid) as told, told_as():
        raise VibrationError("Too small.", field="seed")
    assert told.value.field_errors == {"seed": ["Too small."]}


def test_a_form_may_call_the_field_otherwise():
    with pytest.raises(Invalid) as told, told_as(names={"shaft_hz": "speed_rpm"}):
        raise VibrationError("Too slow.", field="shaft_hz")
    assert told.value.field_errors == {"speed_rpm": ["Too slow."]}


def test_a_model_says_it_at_its_field():
    with pytest.raises(ValidationError) as told, told_as(ValidationError):
        raise VibrationError("Too few.", field="n_elements")
    assert told.value.message_dict == {"n_elements": ["Too few."]}


def test_a_model_says_what_concerns_no_field_as_a_whole():
    with pytest.raises(ValidationError) as told, told_as(ValidationError):
        raise VibrationError("They do not fit.")
    assert told.value.messages == ["They do not fit."]


def test_what_cannot_be_had_now_is_unavailable_with_the_same_sentence():
    with pytest.raises(Unavailable) as told, told_as(Unavailable, before="tacho: "):
        raise VibrationError("It is damaged.")
    assert told.value.sentence == "tacho: It is damaged."


def test_what_the_portal_expects_passes_unchanged():
    with pytest.raises(NotFound), told_as(Unavailable):
        raise NotFound("There is no such signal.")
