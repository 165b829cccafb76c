"""What happens to a dataset or to files while a model is trained, or after."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from common.errors import Invalid, NotFound, Unavailable
from datasets.services import dataset_delete, dataset_purge, dataset_restore, dataset_share
from experiments import jobs
from experiments.inference.predictor import predictor_of
from experiments.models import Experiment
from experiments.results import files
from experiments.selectors import experiments_visible
from experiments.services import training
from experiments.services.management import experiment_delete
from experiments.services.predictions import predictions_request
from experiments.services.training import experiment_train
from experiments.training import planning
from monitoring.jobs.lifecycle import JobCancelled, JobLost, job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, JobLogLine
from signals.models import FaultClass, Signal
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared():
    return small_dataset(make_user("engineer"), visibility="shared")


def begin(experiment):
    return JobRun(job_start(experiment.job_id))


def trash(dataset):
    dataset_delete(user=dataset.store.owner, dataset=dataset)


def hide(dataset):
    dataset_share(user=dataset.store.owner, dataset=dataset, visibility="private")


def relabel(dataset):
    wear = Signal.objects.filter(store=dataset.store, fault_class__code="wear")
    healthy = FaultClass.objects.get(code="healthy")
    wear.exclude(pk=wear.first().pk).update(fault_class=healthy)


def remove_labels(dataset):
    Signal.objects.filter(store=dataset.store).update(fault_class=None)


@pytest.mark.parametrize(
    ("act", "error", "sentence"),
    [
        (trash, NotFound, "no such dataset"),
        (hide, NotFound, "no such dataset"),
        (relabel, Invalid, "Wear comes from one record"),
        (remove_labels, Invalid, "No signal of this choice has a class"),
    ],
)
def test_what_a_waiting_training_finds_changed_is_said(shared, act, error, sentence):
    experiment = asked(make_user("engineer"), shared)
    act(shared)
    with pytest.raises(error, match=sentence):
        experiment_train(run=begin(experiment))
    assert not files.final_folder(experiment.pk).exists()


@pytest.fixture
def meanwhile(monkeypatch):
    """Do something between the last fold and the writing of files."""
    evaluate = training.evaluate

    def do(act):
        def evaluated(*args, **kwargs):
            found = evaluate(*args, **kwargs)
            act()
            return found

        monkeypatch.setattr(training, "evaluate", evaluated)

    return do


def test_a_dataset_put_in_the_trash_meanwhile_comes_back_with_its_model(shared, meanwhile):
    experiment = asked(make_user("engineer"), shared)
    meanwhile(lambda: trash(shared))
    experiment_train(run=begin(experiment))
    assert not experiments_visible(shared.store.owner).exists()
    dataset_restore(user=shared.store.owner, dataset=shared)
    assert experiments_visible(shared.store.owner).get().status == "ready"


def test_a_dataset_purged_meanwhile_leaves_no_model(shared, meanwhile):
    experiment = asked(make_user("engineer"), shared)

    def purge():
        trash(shared)
        shared.refresh_from_db()
        dataset_purge(user=shared.store.owner, dataset=shared)

    meanwhile(purge)
    with pytest.raises(JobLost):
        experiment_train(run=begin(experiment))
    assert not Experiment.objects.exists()
    assert not files.final_folder(experiment.pk).exists()


def test_labels_changed_meanwhile_stand_in_the_model_as_they_were(shared, meanwhile):
    experiment = asked(make_user("engineer"), shared)
    meanwhile(lambda: relabel(shared))
    experiment_train(run=begin(experiment))
    rows = files.rows_read(files.final_folder(experiment.pk) / files.ROWS)
    assert rows.classes.count("wear") == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("kind", ["training", "predictions"])
def test_a_job_whose_experiment_is_gone_ends_as_cancelled_and_says_why(kind):
    owner = make_user("engineer")
    if kind == "training":
        job, work = asked(owner).job, jobs.train
        Experiment.objects.all().delete()
    else:
        experiment = trained(owner)
        query = QueryDict(f"dataset={small_dataset(owner, seed=9).pk}")
        job = predictions_request(user=owner, experiment=experiment, query=query).job
        experiment_delete(user=owner, experiment=experiment)
        work = jobs.predict
    work(str(job.pk))
    assert Job.objects.get(pk=job.pk).status == "cancelled"
    line = JobLogLine.objects.filter(job=job).last()
    assert line.text == "What this job worked on was deleted meanwhile."


def cancelling(run, function):
    def wrapped(*args, **kwargs):
        run.cancel_seen.set()
        return function(*args, **kwargs)

    return wrapped


@pytest.mark.parametrize("stage", ["evaluate", "fitted_pipeline", "report_numbers", "model_write"])
def test_a_cancel_at_any_stage_leaves_nothing(stage, monkeypatch):
    experiment = asked()
    run = begin(experiment)
    monkeypatch.setattr(training, stage, cancelling(run, getattr(training, stage)))
    with pytest.raises(JobCancelled):
        experiment_train(run=run)
    assert not files.final_folder(experiment.pk).exists()
    assert not files.attempt_folder(experiment.pk, 1).exists()
    assert not hasattr(Experiment.objects.get(pk=experiment.pk), "result")


def test_a_button_pressed_twice_trains_once(client):
    dataset = small_dataset(make_user("engineer"))
    client.force_login(dataset.store.owner)
    said = {"dataset": dataset.pk, "features": "time", "model": "logistic", "p_C": "2"}
    first, second = (client.post("/training/", said)["Location"] for _ in range(2))
    assert first == second
    other = client.post("/training/", {**said, "seed": "1"})["Location"]
    assert other != first
    Experiment.objects.update(status="cancelled")
    assert client.post("/training/", said)["Location"] not in (first, other)
    assert Job.objects.filter(kind="train-model").count() == 3


@pytest.fixture
def model():
    return trained(make_user("engineer"))


def test_a_file_that_is_missing_or_damaged_is_said_in_one_sentence(model):
    folder = files.final_folder(model.pk)
    for name in (files.MODEL, files.PREDICTIONS, files.ROWS, files.REPORT):  # the model is kept
        path = (folder / name).path
        whole = path.read_bytes()
        for content in (None, b"", b"PAR1 no table", b"\0" * 5000):
            path.unlink()
            if content is not None:
                path.write_bytes(content)
            with pytest.raises(Unavailable) as caught:
                predictor_of(model)
            assert str(caught.value).endswith("rain it again.")
            path.write_bytes(whole)
    assert len(predictor_of(model).codes) == 3


def test_the_page_of_a_model_without_a_file_says_so(client, model):
    client.force_login(model.owner)
    (files.final_folder(model.pk) / files.CONFIG).path.unlink()
    answer = client.get(reverse("experiments:detail", args=[model.pk]))
    assert answer.status_code == 503
    assert f"The file {files.CONFIG} of" in answer.content.decode()


def test_hostile_names_are_refused_or_shown_as_text(client):
    experiment = asked()
    client.force_login(experiment.owner)
    address = reverse("experiments:edit", args=[experiment.pk])
    for name in ("a" * 5000, "\0", "\u202egpj.exe", " "):
        said = {"name": name, "notes": name[:100], "tags": name[:30]}
        assert client.post(address, said).status_code == 422
    assert client.post(address, {"name": "<b>x</b>", "tags": "<i>t</i>"}).status_code == 204
    page = client.get("/experiments/").content.decode()
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page
    assert "<i>t" not in page


def test_more_classes_than_can_be_drawn_are_refused(shared, monkeypatch):
    monkeypatch.setattr(planning, "MOST_CLASSES", 2)
    with pytest.raises(Invalid, match="At most 2 classes are told apart, not 3"):
        asked(shared.store.owner, shared)
