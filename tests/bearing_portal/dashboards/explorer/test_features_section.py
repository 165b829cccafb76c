import json
import re

import pytest

from bearing_portal.dashboards.explorer.drawn import numbers_of
from signals.models import Signal
from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.factories import make_dataset, make_user
from vibration.features import FEATURE_NAMES

CALLBACKS = ("show_ranking", "show_feature", "show_correlation")


@pytest.fixture
def texts(dataset):
    return {"filter": f"dataset={dataset.pk}"}


@pytest.fixture
def answered(ask, texts):
    """Return what a callback writes into a component's property."""

    def send(name, component, prop="html", **more):
        answer = ask(name, **texts | more)
        assert "sideUpdate" not in answer, answer["sideUpdate"]
        return answer["response"][component][prop]

    return send


def listed(markup):
    """Return the features of a ranking in their order."""
    return re.findall(r'data-set="feature=(\w+)"', markup)


def test_the_ranking_lists_the_first_then_all(answered):
    assert len(listed(answered("show_ranking", "explorer-ranking"))) == 11
    every = listed(answered("show_ranking", "explorer-ranking", ranked="all"))
    assert sorted(every) == sorted(FEATURE_NAMES)


def test_another_measure_is_another_order(answered):
    by_f = listed(answered("show_ranking", "explorer-ranking", ranked="all"))
    by_information = listed(answered("show_ranking", "explorer-ranking", ranked="all", rank="mi"))
    assert by_f != by_information


def test_the_feature_that_is_looked_at_is_marked(answered):
    markup = answered("show_ranking", "explorer-ranking", ranked="all", feature="skewness")
    marked = [row for row in re.findall(r"<button[^>]*>", markup) if 'aria-pressed="true"' in row]
    assert [listed(row) for row in marked if listed(row)] == [["skewness"]]


def test_without_a_choice_the_best_is_marked_and_shown(answered, ask, texts):
    best = listed(answered("show_ranking", "explorer-ranking"))[0]
    figure = answered("show_feature", "explorer-histogram", "figure")
    assert figure["layout"]["meta"]["feature"] == best


def test_one_class_alone_is_not_ranked_but_can_be_looked_at(answered, dataset):
    only = {"filter": f"dataset={dataset.pk}&class=wear"}
    rows = answered("show_ranking", "explorer-ranking", **only)
    assert "at least two classes" in rows
    assert listed(rows) == list(FEATURE_NAMES)
    assert answered("show_feature", "explorer-feature-title", "children", **only) == "RMS"


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("class", ["Healthy", "Imbalance", "Wear"]),
        ("severity", ["No severity"]),
    ],
)
def test_a_feature_is_shown_by_what_is_asked(answered, by, names):
    figure = answered("show_feature", "explorer-feature", "figure", by=by)
    assert figure["layout"]["yaxis"]["ticktext"][: len(names)] == names


@pytest.mark.parametrize(("by", "unit"), [("rpm", "rpm"), ("load", "%"), ("temperature", "°C")])
def test_a_condition_is_shown_in_quarters_named_with_their_span(answered, by, unit):
    figure = answered("show_feature", "explorer-feature", "figure", by=by)
    names = figure["layout"]["yaxis"]["ticktext"]
    assert len(names) == 4
    assert all(re.fullmatch(rf"[\d.\u202f]+–[\d.\u202f]+ {unit}", name) for name in names)


def test_a_condition_that_is_not_known_is_a_group_of_its_own(answered):
    Signal.objects.filter(fault_class__code="wear").update(rpm=None)
    figure = answered("show_feature", "explorer-feature", "figure", by="rpm")
    assert figure["layout"]["yaxis"]["ticktext"][-1] == "Speed not known"


def test_chosen_groups_are_laid_over_each_other(answered):
    figure = answered("show_feature", "explorer-histogram", "figure", groups="wear,healthy,odd")
    assert [trace["name"] for trace in figure["data"]] == ["Wear", "Healthy"]
    assert sum(int(numbers(trace["y"]).sum()) for trace in figure["data"]) == 8


def test_a_selection_is_one_more_histogram(answered):
    figure = answered("show_feature", "explorer-histogram", "figure", sel="class:wear")
    assert [trace["name"] for trace in figure["data"]] == ["All", "Selected"]
    assert numbers(figure["data"][1]["y"]).sum() == 4


def test_values_without_a_logarithm_are_said(answered):
    pks = Signal.objects.values_list("pk", flat=True)[:2]
    Signal.objects.filter(pk__in=list(pks)).update(rms=0)
    # without a dataset the features are read from the rows
    note = answered(
        "show_feature", "explorer-feature-note", "children", feature="rms", axis="log", filter=""
    )
    assert "2 values of 0 or less, which have no logarithm" in note


def test_the_map_of_correlations_and_the_pair_of_the_scatter(answered):
    figure = answered("show_correlation", "explorer-correlation", "figure")
    assert sorted(figure["layout"]["meta"]["codes"]) == sorted(FEATURE_NAMES)
    pair = answered("show_correlation", "explorer-pair", "data")
    assert pair["fx"] != pair["fy"]


def test_two_features_are_shown_by_class_with_labels(answered):
    asked = {"corr": "scatter", "fx": "rms", "fy": "kurtosis"}
    figure = answered("show_correlation", "explorer-correlation", "figure", **asked)
    labels = {text for trace in figure["data"] for text in trace["text"]}
    assert labels == set(Signal.objects.values_list("label", flat=True))


def test_the_selected_stand_out_in_the_scatter(answered):
    asked = {"corr": "scatter", "sel": "class:wear"}
    figure = answered("show_correlation", "explorer-correlation", "figure", **asked)
    inside = {trace["name"]: len(trace["selectedpoints"]) for trace in figure["data"]}
    assert inside == {"Healthy": 0, "Imbalance": 0, "Wear": 4}


def test_a_sample_says_of_how_many_it_is():
    words = "20\u202f000 of 412\u202f345, the same share of each class"
    assert numbers_of(20_000, 412_345) == words
    assert numbers_of(880, 880) == "880"


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_stranger_is_told_that_there_is_no_such_dataset(name, said, texts):
    assert "There is no such dataset." in said(name, user=make_user("viewer"), **texts)


def test_copies_are_left_out_of_the_ranking_or_drawn_with_their_record(ask, owner):
    dataset = make_dataset(owner, per_class=4, augmentation=True)
    n_copies = Signal.objects.filter(store=dataset.store, augmented=True).count()
    texts = {"filter": f"dataset={dataset.pk}"}
    metas = [
        ask("show_ranking", **texts, copies=copies)["response"]["explorer-ranking-meta"]["children"]
        for copies in ("no", "yes")
    ]
    assert metas[0].startswith(f"n = 12 · {n_copies} cop")
    assert metas[0].endswith("left out")
    assert metas[1].startswith(f"n = {12 + n_copies} · ")
    assert metas[1].endswith("drawn with their record")


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_member_sees_what_is_shared(name, ask, owner):
    shared = make_dataset(owner, per_class=4, visibility="shared")
    answer = ask(name, user=make_user("viewer"), filter=f"dataset={shared.pk}")
    assert "sideUpdate" not in answer


@pytest.mark.parametrize("name", CALLBACKS)
@pytest.mark.parametrize("filter_text", ["rms_min=900", "class=healthy&rpm_min=999999"])
def test_a_filter_that_holds_nothing_is_no_mistake(name, ask, texts, filter_text):
    answer = ask(name, filter=f"{texts['filter']}&{filter_text}")
    assert "Incident" not in json.dumps(answer)
