"""What happens to signals, model or rights while a model is asked about many signals, or before."""

import pytest

from common.errors import NotFound, Unavailable
from datasets.services import dataset_delete, dataset_purge, dataset_restore, dataset_share
from experiments.inference.selectors import run_counts, runs_visible
from experiments.models import PredictionRun, SignalPrediction
from experiments.results import files
from experiments.services import predictions
from experiments.services.management import experiment_delete
from experiments.services.predictions import predictions_make, predictions_request
from monitoring.jobs.lifecycle import JobLost, job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job
from signals.models import FaultClass, Signal
from tests.experiments.inference.test_batch import query_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def trash(dataset):
    dataset_delete(user=dataset.store.owner, dataset=dataset)


def purge(dataset):
    trash(dataset)
    dataset.refresh_from_db()
    dataset_purge(user=dataset.store.owner, dataset=dataset)


def share(dataset, visibility):
    dataset_share(user=dataset.store.owner, dataset=dataset, visibility=visibility)


@pytest.fixture
def reader(experiment, other):
    """Somebody who sees the model and the signals as long as their owner shares them."""
    for dataset in (experiment.dataset, other):
        share(dataset, "shared")
    return make_user("engineer")


@pytest.fixture
def asked(reader, experiment, other):
    return predictions_request(user=reader, experiment=experiment, query=query_of(other))


def make(asked):
    predictions_make(run=JobRun(job_start(asked.job_id)))


@pytest.fixture
def after_five(monkeypatch):
    """Do something when the first five signals have been asked about."""
    block_predict = predictions.block_predict
    monkeypatch.setattr(predictions, "BLOCK", 5)

    def do(act):
        acts = [act]

        def predicted(*args):
            said = block_predict(*args)
            if acts:
                acts.pop()()
            return said

        monkeypatch.setattr(predictions, "block_predict", predicted)

    return do


@pytest.mark.parametrize("which", ["signals", "model"])
@pytest.mark.parametrize("act", [trash, lambda dataset: share(dataset, "private")])
def test_what_is_hidden_before_the_work_begins_is_said(which, act, asked, experiment, other):
    act(other if which == "signals" else experiment.dataset)
    with pytest.raises(NotFound, match=r"There is no such (dataset|experiment)\."):
        make(asked)
    assert not SignalPrediction.objects.filter(run=asked).exists()


@pytest.mark.parametrize("which", ["signals", "model"])
@pytest.mark.parametrize("act", [trash, lambda dataset: share(dataset, "private")])
def test_what_is_hidden_meanwhile_is_asked_no_further(
    which, act, asked, experiment, other, after_five
):
    after_five(lambda: act(other if which == "signals" else experiment.dataset))
    with pytest.raises(NotFound, match=r"There is no such (dataset|experiment)\."):
        make(asked)
    assert asked.predictions.count() == 5
    assert not runs_visible(asked.owner).exists()


def test_signals_out_of_the_trash_are_asked_about_where_it_stopped(asked, other, after_five):
    after_five(lambda: trash(other))
    with pytest.raises(NotFound):
        make(asked)
    Job.objects.filter(pk=asked.job_id).update(status="queued")
    dataset_restore(user=other.store.owner, dataset=other)
    make(asked)
    assert asked.predictions.count() == other.store.n_signals


@pytest.mark.parametrize("which", ["signals", "model", "experiment", "run"])
def test_what_is_deleted_meanwhile_leaves_no_answer(which, asked, experiment, other, after_five):
    def delete():
        if which == "experiment":
            experiment_delete(user=experiment.owner, experiment=experiment)
        elif which == "run":
            PredictionRun.objects.filter(pk=asked.pk).delete()
        else:
            purge(other if which == "signals" else experiment.dataset)

    after_five(delete)
    with pytest.raises(JobLost):
        make(asked)
    assert not PredictionRun.objects.exists()
    assert not SignalPrediction.objects.exists()


def test_a_run_deleted_after_its_last_signal_does_not_crash(asked, other, monkeypatch):
    Signal.objects.filter(store=other.store).exclude(
        pk__in=Signal.objects.filter(store=other.store).order_by("pk")[:3]
    ).delete()
    keep = predictions._keep

    def kept(run, *args):
        keep(run, *args)
        PredictionRun.objects.filter(pk=asked.pk).delete()

    monkeypatch.setattr(predictions, "_keep", kept)
    with pytest.raises(JobLost):
        make(asked)


def test_labels_changed_meanwhile_count_as_they_are_now(asked, other, after_five):
    healthy = FaultClass.objects.get(code="healthy")
    after_five(lambda: Signal.objects.filter(store=other.store).update(fault_class=healthy))
    make(asked)
    for row in run_counts(asked):
        assert row["n_labelled"] == row["n"]
        assert row["n_agreeing"] == (row["n"] if row["answer"] == "healthy" else 0)


def test_signals_removed_meanwhile_are_left_out(asked, other, after_five):
    left = Signal.objects.filter(store=other.store).order_by("pk")[:7]
    after_five(lambda: Signal.objects.exclude(pk__in=left.values("pk")).delete())
    make(asked)
    assert asked.predictions.count() == 7


def test_a_model_without_its_file_is_said_and_asked_nothing(asked, experiment, monkeypatch):
    file = (files.final_folder(experiment.pk) / files.PREDICTIONS).path
    whole = file.read_bytes()
    file.unlink()
    monkeypatch.setattr("experiments.inference.predictor._loaded", {})
    try:
        with pytest.raises(Unavailable, match="train it again"):
            make(asked)
    finally:
        file.write_bytes(whole)
