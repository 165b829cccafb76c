import json

import pytest

from signals.exploration import medians
from tests.factories import make_dataset, make_user


def test_bars_hold_every_signal_by_class_and_severity(figure_of, dataset):
    figure = figure_of("show_overview", "explorer-bars", filter=f"dataset={dataset.pk}")
    assert sum(sum(trace.x) for trace in figure.data) == dataset.store.n_signals
    assert set(figure.data[0].y) == {"healthy", "imbalance", "wear"}


def test_a_selection_is_counted_and_the_rest_is_still_there(ask, figure_of, dataset):
    texts = {"filter": f"dataset={dataset.pk}", "sel": "class:wear"}
    answer = ask("show_overview", **texts)["response"]
    assert answer["explorer-classes-meta"]["children"] == "4 of 12 selected · medians"
    figure = figure_of("show_overview", "explorer-bars", **texts)
    assert sum(sum(trace.x) for trace in figure.data) == 12
    assert sum(sum(trace.x) for trace in figure.data if trace.opacity == 1) == 4


def test_a_part_of_a_bar_names_its_selection(figure_of, dataset):
    figure = figure_of("show_overview", "explorer-bars", filter=f"dataset={dataset.pk}")
    named = {text for trace in figure.data for text in trace.customdata}
    assert {"class:healthy/none", "class:wear/severe"} <= named


def test_the_bars_bring_their_numbers_by_class_and_severity(figure_of, dataset):
    texts = {"filter": f"dataset={dataset.pk}", "sel": "class:wear"}
    twin = figure_of("show_overview", "explorer-bars", **texts).layout.meta["twin"]
    columns = dict(zip(twin["head"], zip(*twin["rows"], strict=True), strict=True))
    assert columns.pop("Class") == ("Healthy", "Imbalance", "Wear")
    chosen = {name: columns.pop(name) for name in list(columns) if name.endswith("selected")}
    assert sum(map(sum, columns.values())) == dataset.store.n_signals
    assert [sum(counts) for counts in zip(*chosen.values(), strict=True)] == [0, 0, 4]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_table_has_a_row_for_each_class_in_either_theme(ask, dataset, theme):
    answer = ask("show_overview", filter=f"dataset={dataset.pk}", theme=theme)
    text = json.dumps(answer["response"]["explorer-classes"])
    assert text.count("class-button") == 3


def test_a_stranger_is_told_that_there_is_no_such_dataset(said, dataset):
    words = said("show_overview", user=make_user("viewer"), filter=f"dataset={dataset.pk}")
    assert "There is no such dataset." in words


def test_a_member_sees_shared_signals_alone(ask, dataset, owner):
    make_dataset(owner, visibility="shared")
    answer = ask("show_overview", user=make_user("viewer"))
    assert answer["response"]["explorer-bars-meta"]["children"] == "n = 6"


def test_an_unreadable_filter_is_refused_in_words(said, dataset):
    words = said("show_overview", filter="class=nonsense")
    assert sum(text.startswith("There is no fault class") for text in words) == 2


@pytest.mark.parametrize("sel", ["ids:one", "lasso:gone:0,0;1,0;1,1", "nonsense"])
def test_a_selection_that_is_lost_marks_nothing_and_the_filter_is_shown(ask, dataset, sel):
    answer = ask("show_overview", filter=f"dataset={dataset.pk}&class=wear", sel=sel)
    assert "sideUpdate" not in answer
    assert answer["response"]["explorer-bars-meta"]["children"] == "n = 4"


PANELS = ("show_overview", "show_ranking", "show_feature", "show_correlation", "show_projection")


@pytest.mark.parametrize("name", PANELS)
def test_an_empty_filter_empties_every_panel_with_the_same_sentence(name, said, dataset):
    words = said(name, filter=f"dataset={dataset.pk}&class=wear&rms_min=1000000")
    assert "No signal fits. Without the condition on RMS there are 4 signals." in words


def test_medians_say_of_how_many_signals_they_are(ask, owner, dataset, monkeypatch):
    monkeypatch.setattr(medians, "MOST_FOR_MEDIAN", 2)
    answer = ask("show_overview", filter=f"dataset={dataset.pk}")["response"]
    assert answer["explorer-classes-meta"]["children"] == "n = 12 · medians of 6 of 12"
    assert "Median of 2 of 4 signals" in json.dumps(answer["explorer-classes"])
