"""The figures of the home page."""

import pytest

from bearing_portal.frame.home import RECENT_JOBS, figures
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


def test_what_is_not_ready_is_a_dataset_without_signals():
    owner = make_user("engineer")
    ready, _ = make_dataset(owner), make_dataset(owner, ready=False)
    shown = figures(owner, "")
    assert (shown["n_datasets"], shown["counts"]["ready"]) == (2, 1)
    assert shown["counts"]["signals"] == 6
    assert shown["counts"]["size_bytes"] == ready.store.size_bytes > 0
    assert shown["ready"] == [(ready.pk, ready.name)]


def test_classes_are_those_that_stand_in_a_ready_dataset():
    owner = make_user("engineer")
    make_dataset(owner, classes=("healthy", "wear"))
    make_dataset(owner, classes=("wear",))
    assert figures(owner, "")["counts"]["classes"] == 2


@pytest.mark.parametrize("chosen", ["", "x", "-1", "999999999", "²", "9" * 4301])
def test_without_a_dataset_of_that_number_one_is_chosen(chosen):
    dataset = make_dataset()
    assert figures(dataset.store.owner, chosen)["distribution"] == dataset


def test_the_chosen_dataset_is_the_one_whose_classes_are_drawn():
    owner = make_user("engineer")
    for chosen in (make_dataset(owner), make_dataset(owner)):
        assert figures(owner, str(chosen.pk))["distribution"] == chosen


def test_an_empty_portal_has_figures_too():
    shown = figures(make_user("viewer"), "")
    assert shown["counts"] == {"signals": 0, "size_bytes": 0, "classes": 0, "ready": 0}
    assert (shown["distribution"], shown["jobs"], shown["n_jobs"]) == (None, [], 0)


def test_the_last_jobs_are_listed_and_all_are_counted():
    owner = make_user("engineer")
    made = [make_dataset(owner, ready=False) for _ in range(RECENT_JOBS + 1)]
    shown = figures(owner, "")
    assert [job.pk for job in shown["jobs"]] == [each.job_id for each in reversed(made[1:])]
    assert shown["n_jobs"] == RECENT_JOBS + 1


def test_nobody_sees_the_jobs_of_another():
    make_dataset(ready=False)
    assert figures(make_user("engineer"), "")["n_jobs"] == 0
