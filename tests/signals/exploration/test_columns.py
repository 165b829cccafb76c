import pytest
from django.contrib.auth.models import AnonymousUser

from common.errors import Invalid, NotAllowed
from signals.exploration.columns import AT_FIRST, COLUMNS, columns_of
from signals.models import TableColumn
from signals.services.table_columns import columns_choose, columns_reset
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def codes(columns):
    return tuple(column.code for column in columns)


def test_who_chose_none_sees_those_of_everybody():
    assert codes(columns_of(make_user())) == AT_FIRST


def test_a_choice_is_remembered_in_its_order_for_its_person_alone():
    user = make_user("viewer")
    columns_choose(user=user, codes=["skewness", "class", "rms"])
    assert codes(columns_of(user)) == ("label", "skewness", "class", "rms")
    assert codes(columns_of(make_user("viewer"))) == AT_FIRST


def test_another_choice_takes_the_place_of_the_first():
    user = make_user()
    columns_choose(user=user, codes=["rms", "rms"])
    columns_choose(user=user, codes=[])
    assert codes(columns_of(user)) == ("label",)
    assert TableColumn.objects.count() == 1  # the first, which is always shown


def test_a_reset_forgets_the_choice():
    user = make_user()
    columns_choose(user=user, codes=["rms"])
    assert codes(columns_reset(user=user)) == AT_FIRST
    assert not TableColumn.objects.exists()


def test_a_column_that_does_not_exist_is_refused_and_nothing_changes():
    user = make_user()
    with pytest.raises(Invalid, match="no column “store__owner”"):
        columns_choose(user=user, codes=["rms", "store__owner"])
    assert not TableColumn.objects.exists()


def test_a_column_that_is_gone_is_left_out():
    user = make_user()
    for position, code in enumerate(["label", "of an older version", "rms"]):
        TableColumn.objects.create(user=user, position=position, code=code)
    assert codes(columns_of(user)) == ("label", "rms")


def test_a_column_says_its_unit_and_what_it_means():
    user = make_user()
    columns_choose(user=user, codes=["rms", "kurtosis", "rpm"])
    headings = [column.heading for column in columns_of(user)]
    assert headings == ["ID", "RMS (g)", "Kurtosis", "Speed (rpm)"]


@pytest.mark.parametrize(
    ("code", "units", "heading"),
    [
        ("rms", ["mg"], "RMS (mg)"),
        ("rms", ["g", "m/s²"], "RMS (mixed units: g, m/s²)"),
        ("rms", [], "RMS"),
        ("kurtosis", ["g", "m/s²"], "Kurtosis"),
        ("dominant_frequency", ["m/s²"], "Dominant frequency (Hz)"),
        ("rpm", ["m/s²"], "Speed (rpm)"),
    ],
)
def test_a_column_over_records_names_their_unit(code, units, heading):
    assert COLUMNS[code].heading_of(units) == heading


def test_nobody_logged_in_chooses_columns():
    for write in (
        lambda user: columns_choose(user=user, codes=[]),
        lambda u: columns_reset(user=u),
    ):
        with pytest.raises(NotAllowed):
            write(AnonymousUser())
    assert codes(columns_of(AnonymousUser())) == AT_FIRST
