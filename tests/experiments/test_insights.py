"""What a model lives on: measured after its score, by a job of its own."""

import numpy as np
import pytest
from django.urls import reverse

from common.errors import Invalid, NotAllowed
from experiments.models import Experiment, Insight
from experiments.results import files
from experiments.services.insights import (
    insight_begin,
    insight_cancel,
    insight_make,
    insight_request,
)
from experiments.services.management import experiment_delete
from monitoring.jobs.lifecycle import JobCancelled, job_fail, job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from tests.experiments.training import small_dataset, trained
from tests.factories import make_user
from vibration.learning.groups import numbered
from vibration.learning.importance import learning_curve, permutation_importance

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def measured(keep):
    """A shared model whose insight is measured."""

    def make():
        dataset = small_dataset(make_user("engineer"), visibility="shared")
        experiment = trained(dataset.store.owner, dataset, parameters={"C": 2.0})
        insight_make(run=JobRun(job_start(experiment.insight.job_id)))
        return Experiment.objects.select_related("result", "dataset__store").get(pk=experiment.pk)

    return keep(make)


def test_a_score_is_ready_before_what_it_lives_on_is_measured():
    experiment = trained()
    assert experiment.status == "ready"
    assert experiment.insight.job.status == "queued"
    assert experiment.insight.ready_at is None


def test_importance_and_curve_are_those_of_the_stored_rows_and_folds(measured):
    folder = files.final_folder(measured.pk)
    rows = files.rows_read(folder / files.ROWS)
    folds = np.load((folder / files.FOLDS).path)
    (_, y), (_, groups) = numbered(rows.classes), numbered(rows.groups)
    told = {"model": "logistic", "parameters": {"C": 2.0}}
    curve = learning_curve(rows.x, y, groups, folds, **told)
    insight = Insight.objects.get(experiment=measured)
    assert [(each.n_groups, each.accuracy) for each in insight.points.all()] == curve
    kept = {tuple(each.features): each.mean for each in insight.importances.all()}
    singles = [[place] for place in range(len(rows.names))]
    lost = permutation_importance(rows.x, y, groups, folds, clusters=singles, **told)
    assert [kept[(name,)] for name in rows.names] == pytest.approx(lost.mean.tolist())
    assert any(len(names) > 1 for names in kept)
    assert list(kept.values()) == sorted(kept.values(), reverse=True)


def test_the_page_draws_it_and_the_file_holds_it(client, measured):
    client.force_login(measured.owner)
    page = client.get(reverse("experiments:detail", args=[measured.pk])).content.decode()
    for words in ("Importance of features", "Learning curve", "Features that say the same"):
        assert words in page
    figures = client.get(reverse("experiment-figures", args=[measured.pk])).json()
    told = client.get(reverse("experiments:insight-json", args=[measured.pk])).json()
    singles = [each for each in told["importance"] if len(each["features"]) == 1]
    drawn = figures["importance"]["data"][0]
    assert drawn["x"] == [each["mean"] for each in singles[: len(drawn["x"])]]
    assert figures["learning-curve"]["data"][0]["x"] == [n for n, _ in told["learning_curve"]]


def test_it_is_hidden_of_a_model_that_is_no_better_than_the_majority(client):
    experiment = trained(model="knn", parameters={"n_neighbors": 200})
    insight_make(run=JobRun(job_start(experiment.insight.job_id)))
    insight = Insight.objects.get(experiment=experiment)
    assert insight.is_no_better
    assert not insight.importances.exists()
    assert insight.points.exists()
    client.force_login(experiment.owner)
    page = client.get(reverse("experiments:detail", args=[experiment.pk])).content.decode()
    assert "Which features the model needs is not shown" in page
    assert 'id="experiment-importance"' not in page


def test_a_cancelled_measuring_stops_and_leaves_the_score():
    experiment = trained()
    run = JobRun(job_start(experiment.insight.job_id))
    insight_cancel(user=experiment.owner, experiment=experiment)
    run.cancel_seen.set()
    with pytest.raises(JobCancelled):
        insight_make(run=run)
    experiment.refresh_from_db()
    assert experiment.status == "ready"
    assert not experiment.insight.points.exists()


def test_a_failed_measuring_can_be_tried_again_and_a_measured_one_not(measured):
    experiment = trained()
    job = job_start(experiment.insight.job_id)
    with pytest.raises(Invalid):
        insight_request(user=experiment.owner, experiment=experiment)
    job_fail(job, "The machine was switched off.")
    insight_request(user=experiment.owner, experiment=experiment)
    assert Job.objects.get(pk=job.pk).status == "queued"
    with pytest.raises(Invalid, match="measured already"):
        insight_request(user=measured.owner, experiment=measured)


def test_a_model_from_before_is_measured_when_its_owner_asks():
    experiment = trained()
    Insight.objects.all().delete()
    insight_request(user=experiment.owner, experiment=experiment)
    assert Insight.objects.get(experiment=experiment).job.status == "queued"


def test_a_deleted_experiment_cancels_its_measuring():
    experiment = trained()
    job = experiment.insight.job
    experiment_delete(user=experiment.owner, experiment=experiment)
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_it_takes_no_place_among_the_jobs_that_one_person_may_have(settings):
    settings.JOBS_PER_PERSON = 1
    experiment = trained()
    insight_begin(experiment)
    assert Job.objects.filter(owner=experiment.owner, status="queued").count() >= 1


def test_a_member_reads_it_and_only_its_owner_asks_for_it(client, measured):
    client.force_login(make_user("viewer"))
    json, ask, stop = (
        reverse(f"experiments:{name}", args=[measured.pk])
        for name in ("insight-json", "insight", "insight-cancel")
    )
    assert client.get(json).status_code == 200
    assert client.post(ask).status_code == 403
    assert client.post(stop).status_code == 403
    with pytest.raises(NotAllowed):
        insight_request(user=make_user("engineer"), experiment=measured)


@pytest.mark.parametrize("name", ["insight-json", "insight"])
def test_a_stranger_finds_nothing(client, name):
    experiment = trained()
    client.force_login(make_user("engineer"))
    assert client.get(reverse(f"experiments:{name}", args=[experiment.pk])).status_code == 404
