import pytest

from signals.exploration.columns import AT_FIRST
from signals.models import Signal
from signals.services.table_columns import columns_choose
from tests.factories import make_user

HEADS, META = "explorer-table-heads", "explorer-table-meta"


@pytest.fixture
def shown(ask, dataset):
    def send(**texts):
        answer = ask("show_heads", **({"filter": f"dataset={dataset.pk}"} | texts))["response"]
        return answer[HEADS]["data"], answer[META]["children"]

    return send


def test_heads_count_each_signal_once(shown):
    heads, meta = shown()
    assert sum(row["n"] for row in heads["class"]) == 12
    assert sum(row["n"] for row in heads["severity"]) == 12
    assert {sum(bins["counts"]) for bins in heads["bins"].values()} == {12}
    assert meta == "12 signals · 50 a page"


def test_heads_of_a_selection_stand_among_all_classes(shown):
    heads, meta = shown(sel="class:wear")
    assert {row["code"]: row["n"] for row in heads["class"]} == {
        "healthy": 0,
        "imbalance": 0,
        "wear": 4,
    }
    assert sum(heads["bins"]["rms"]["counts"]) == 4
    assert meta == "4 selected of 12 · 50 a page"


def test_checked_rows_are_no_other_table(shown, dataset):
    pk = Signal.objects.filter(store=dataset.store).first().pk
    assert shown(sel=f"ids:{pk}") == shown()


def columns(ask, **texts):
    return ask("show_columns", **texts)["response"]["explorer-table-columns"]["data"]


def test_columns_are_those_the_person_chose(ask, shown, owner):
    def visible():
        return [column["colId"] for column in columns(ask)["columns"] if not column["hide"]]

    assert tuple(visible()) == AT_FIRST
    columns_choose(user=owner, codes=["skewness"])
    assert visible() == ["label", "skewness"]
    assert list(shown()[0]["bins"]) == ["skewness"]


def test_a_stranger_is_told_that_there_is_no_such_dataset(said, dataset):
    words = said("show_heads", user=make_user("viewer"), filter=f"dataset={dataset.pk}")
    assert words == ["There is no such dataset."]
