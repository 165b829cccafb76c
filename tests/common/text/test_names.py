import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from common.text.names import name_clean, name_shown, text_clean


def cleaned(text):
    return name_clean(text, what="A tag", longest=40)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("  rub   7 ", "rub 7"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "Full width"),
        ("𝐛𝐨𝐥𝐝", "bold"),
        ("ﬁne", "fine"),
        ("5 µm/s², ½ load …", "5 µm/s², ½ load …"),
        ("außen", "außen"),
        ("подшипник 7", "подшипник 7"),
        ("cafe\u0301", "café"),
    ],
)
def test_a_name_is_kept_as_it_reads(given_name, kept):
    assert cleaned(given_name) == kept


@pytest.mark.parametrize(
    "letter", ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u3164", "\0", "\ufe0f"]
)
def test_a_letter_nobody_sees_is_refused_by_its_code(letter):
    with pytest.raises(Invalid, match=f"U\\+{ord(letter):04X}"):
        cleaned(f"ru{letter}b")


def test_letters_of_two_alphabets_that_look_alike_are_refused():
    with pytest.raises(Invalid, match="Latin and Cyrillic"):
        cleaned("W\u0435ar")


@pytest.mark.parametrize("name", ["", " ", "\u3000", "x" * 41])
def test_an_empty_or_long_name_is_refused_at_its_field(name):
    with pytest.raises(Invalid, match="1 to 40 letters") as refusal:
        cleaned(name)
    assert list(refusal.value.field_errors) == ["name"]


@given(st.text(max_size=60))
def test_what_is_kept_shows_all_it_holds_and_is_kept_again_as_it_is(text):
    try:
        kept = cleaned(text)
    except Invalid:
        return
    assert not {unicodedata.category(letter) for letter in kept} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert cleaned(kept) == kept


def test_a_text_keeps_its_lines():
    assert text_clean(" a  b \r\n c ", what="A note", longest=9) == "a b\nc"


def test_a_name_from_outside_shows_what_it_hides():
    assert name_shown("a\u202egpj.csv") == "a⟨U+202E⟩gpj.csv"
