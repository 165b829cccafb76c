"""Columns of the list: chosen by a person, remembered, and told by the address."""

import json

import pytest

from experiments.listing import AT_FIRST, CODES
from experiments.listing import COLUMNS as COLUMNS_OF_LIST
from signals.exploration.columns import columns_of
from signals.models import TableColumn
from signals.services.table_columns import columns_choose
from tests.experiments.training import asked
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST, COLUMNS = "/experiments/", "/experiments/columns/"


@pytest.fixture
def person(client):
    user = make_user()
    client.force_login(user)
    return user


@pytest.fixture
def shown(client, person):
    return lambda **asked: [column.code for column in client.get(LIST, asked).context["shown"]]


def test_who_chose_none_sees_those_of_everybody(shown):
    assert shown() == list(AT_FIRST)


def test_a_choice_is_remembered_for_its_person_and_stands_in_the_address(client, shown):
    answer = client.post(COLUMNS, {"column": ["tags", "status"], "q": "SVM", "sort": "name"})
    path = json.loads(answer["HX-Location"])["path"]
    assert path == f"{LIST}?q=SVM&columns=name,status,tags&sort=name"
    assert shown() == ["name", "status", "tags"]
    client.force_login(make_user())
    assert shown() == list(AT_FIRST)
    assert shown(columns="name,status,tags") == ["name", "status", "tags"]


def test_the_address_goes_before_what_is_remembered_and_changes_nothing(client, shown):
    client.post(COLUMNS, {"column": ["score"]})
    assert shown(columns="tags") == ["name", "tags"]
    assert shown(columns="made-up,") == ["name", "score"]
    assert shown() == ["name", "score"]


def test_columns_of_the_address_stay_while_the_list_is_filtered(client, person):
    answer = client.get(LIST, {"columns": "name,tags", "mine": "1"}, headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == f"{LIST}?mine=1&columns=name,tags"
    assert 'value="name,tags"' in answer.content.decode()


def test_a_reset_forgets_the_choice_and_the_address(client, shown):
    client.post(COLUMNS, {"column": ["score"]})
    answer = client.post(COLUMNS, {"reset": "1", "columns": "score", "q": "a"})
    assert answer["HX-Redirect"] == f"{LIST}?q=a"
    assert shown() == list(AT_FIRST)


def test_a_made_up_column_is_refused_and_nothing_changes(client, shown):
    assert client.post(COLUMNS, {"column": ["owner__password"]}).status_code == 400
    assert not TableColumn.objects.exists()


def test_the_explorers_columns_are_others(client, person, shown):
    columns_choose(user=person, codes=["rms"])
    client.post(COLUMNS, {"column": ["score"]})
    assert [column.code for column in columns_of(person)] == ["label", "rms"]
    client.post(COLUMNS, {"reset": "1"})
    assert [column.code for column in columns_of(person)] == ["label", "rms"]


def test_each_column_has_its_cell_and_sorts(client):
    made = asked(make_user("engineer"))
    client.force_login(made.owner)
    for column in COLUMNS_OF_LIST:
        sort = column.code if column.is_sorted else "created"
        page = client.get(LIST, {"columns": ",".join(CODES), "sort": f"-{sort}"})
        assert page.context["query"].sort_code == f"-{sort}"
        text = page.content.decode()
        row = text[text.index("<tbody>") : text.index("</tbody>")]
        assert row.count("<td") + row.count("<th ") == len(CODES) + 1
