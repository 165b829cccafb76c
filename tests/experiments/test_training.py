"""What a training leaves behind, and what it leaves alone."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from common.errors import Invalid, NotAllowed, NotFound
from datasets.scope import explorer_scope
from experiments.jobs import train
from experiments.models import Experiment
from experiments.results import files
from experiments.results.model_files import model_load
from experiments.services.management import experiment_cancel, experiment_delete
from experiments.training.rows import training_rows
from monitoring.jobs.lifecycle import job_start
from monitoring.models import Job, JobLogLine
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user
from vibration.features import FEATURE_NAMES

pytestmark = pytest.mark.django_db
by_a_worker = pytest.mark.django_db(transaction=True)


def folder_of(experiment):
    return files.final_folder(experiment.pk)


def test_a_trained_model_has_all_its_files_and_their_checksums():
    experiment = trained()
    assert experiment.status == "ready", experiment.job.error
    folder = folder_of(experiment)
    assert set(folder.names()) == {
        *(files.MODEL, files.CONFIG, files.PREDICTIONS, files.FOLDS, files.REPORT, files.ROWS),
        files.SUMS,
    }
    for line in (folder / files.SUMS).read_bytes().decode().splitlines():
        digest, name = line.split("  ")
        assert (folder / name).sha256() == digest


def test_one_signal_that_is_left_out_is_said_as_one():
    dataset = small_dataset()
    scope = explorer_scope(dataset.store.owner, SignalFilter(dataset=dataset.pk))
    rows = training_rows(dataset.store.owner, scope, FEATURE_NAMES)
    assert replace(rows, n_unlabelled=1, n_featureless=1200).notes()[:2] == [
        "1 signal without a class is left out.",
        "1\u202f200 signals without features are left out.",
    ]


def test_scores_of_the_row_are_those_of_the_stored_predictions():
    result = trained().result
    table = pq.read_table((files.final_folder(result.experiment_id) / files.PREDICTIONS).path)
    columns = [name for name in table.column_names if name.startswith("p ")]
    p = np.column_stack([table[name].to_numpy() for name in columns])
    said = np.array([name.removeprefix("p ") for name in columns])[p.argmax(axis=1)]
    right, runs = np.array(table["class"].to_pylist()), np.array(table["run"].to_pylist())
    own = right[runs == "scored"], said[runs == "scored"]
    assert result.score == pytest.approx(accuracy_score(*own))
    assert result.balanced_accuracy == pytest.approx(balanced_accuracy_score(*own))
    assert result.macro_f1 == pytest.approx(f1_score(*own, average="macro"))
    for run, kept in (("mirrored", result.random_score), ("majority", result.majority)):
        assert kept == pytest.approx(accuracy_score(right[runs == run], said[runs == run]))


def test_predictions_are_read_as_they_were_written():
    experiment = trained()
    evaluation, signals, codes, _ = files.predictions_read(
        folder_of(experiment) / files.PREDICTIONS
    )
    assert evaluation.scored.sha256 == experiment.result.predictions_sha256
    assert codes == ["healthy", "imbalance", "wear"]
    of_class = dict(Signal.objects.values_list("pk", "fault_class__code"))
    assert [codes[y] for y in evaluation.scored.y] == [of_class[pk] for pk in signals]
    folds = np.load((folder_of(experiment) / files.FOLDS).path)
    np.testing.assert_array_equal(folds, evaluation.scored.folds)


@pytest.mark.parametrize("model", ["forest", "svm", "gradient_boosting"])
def test_the_same_config_gives_the_same_predictions_bit_for_bit(model):
    owner = make_user("engineer")
    dataset = small_dataset(owner)
    wish = {"model": model, "top_k": 4}
    if model != "svm":
        wish["parameters"] = {"n_estimators" if model == "forest" else "max_iter": 10}
    first, second = (trained(owner, dataset, **wish) for _ in range(2))
    assert first.result.predictions_sha256 == second.result.predictions_sha256
    assert first.result.fingerprint == second.result.fingerprint


def test_a_stored_model_says_what_a_fitted_one_said():
    experiment = trained(model="svm", top_k=5)
    rows = files.rows_read(folder_of(experiment) / files.ROWS)
    said = model_load(experiment).predict_proba(rows.x)
    assert said.shape == (len(rows.pks), 3)
    np.testing.assert_allclose(said.sum(axis=1), 1)


def test_copies_stand_in_the_group_of_their_original():
    owner = make_user("engineer")
    dataset = small_dataset(owner, augmentation=True)
    copied = trained(owner, dataset)
    assert copied.result.n_signals > copied.result.n_groups == 15
    assert copied.result.groups_are == "records"


@by_a_worker
@pytest.mark.usefixtures("queue")
def test_a_search_logs_what_each_fold_chose():
    experiment = asked(n_tries=2)
    train(str(experiment.job_id))
    job = Job.objects.get(pk=experiment.job_id)
    lines = list(JobLogLine.objects.filter(job=job).values_list("text", flat=True))
    assert sum("by the protocol" in line for line in lines) == len(
        experiment.folds.filter(run="scored")
    )
    assert (job.status, job.progress_done) == ("completed", job.progress_total)


@by_a_worker
@pytest.mark.usefixtures("queue")
def test_a_killed_attempt_leaves_nothing_and_the_next_one_ends():
    experiment = asked()
    job_start(experiment.job_id)
    left = files.attempt_folder(experiment.pk, 1)
    left.mkdir(parents=True)
    Job.objects.filter(pk=experiment.job_id).update(status="queued")
    files.files_sweep()
    assert not left.exists()
    train(str(experiment.job_id))
    experiment.refresh_from_db()
    assert experiment.status == "ready"
    files.files_sweep()
    assert (folder_of(experiment) / files.MODEL).is_file()


@by_a_worker
@pytest.mark.usefixtures("queue")
def test_a_cancelled_training_is_said_to_be_and_leaves_no_file():
    experiment = asked()
    experiment_cancel(user=experiment.owner, experiment=experiment)
    train(str(experiment.job_id))
    experiment.refresh_from_db()
    assert experiment.status == "cancelled"
    assert not folder_of(experiment).exists()


def test_a_deleted_experiment_takes_its_files_along(django_capture_on_commit_callbacks):
    experiment = trained()
    with django_capture_on_commit_callbacks(execute=True):
        experiment_delete(user=experiment.owner, experiment=experiment)
    assert not folder_of(experiment).exists()
    assert not Experiment.objects.exists()


def test_files_of_a_deleted_dataset_are_swept():
    experiment = trained()
    experiment.dataset.delete()
    files.files_sweep()
    assert not folder_of(experiment).exists()


def test_a_class_of_one_record_is_refused_before_anything_is_written():
    owner = make_user("engineer")
    dataset = small_dataset(owner)
    healthy = Signal.objects.filter(store=dataset.store, fault_class__code="healthy")
    healthy.exclude(pk=healthy.first().pk).delete()
    with pytest.raises(Invalid, match="Class Healthy comes from one record"):
        asked(owner, dataset)
    assert not Experiment.objects.exists()
    assert not Job.objects.filter(kind="train-model").exists()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"model": "oracle"}, "is no model"),
        ({"features": ()}, "at least one group"),
        ({"features": ("orders",)}, "is not measured"),
        ({"top_k": 99}, "Keep 1 to"),
        ({"parameters": {"depth": 1.0}}, "has no parameter"),
        ({"parameters": {"C": -1.0}}, "is a number from"),
        ({"n_tries": 99}, "1 to 50 tries"),
        ({"protocol": "leave-out"}, "Leave one of"),
        ({"protocol": "leave-out", "held_out": "fault_size"}, "Only one value"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(wish, sentence):
    with pytest.raises(Invalid, match=sentence):
        asked(**wish)


def test_nobody_trains_on_a_dataset_that_is_hidden_from_them():
    dataset = small_dataset()
    with pytest.raises(NotFound):
        asked(make_user("engineer"), dataset)
    with pytest.raises(NotAllowed):
        asked(make_user("viewer"), small_dataset(visibility="shared"))


def test_the_config_is_yaml_that_json_reads_line_by_line():
    experiment = trained(parameters={"C": 2.0})
    lines = (folder_of(experiment) / files.CONFIG).read_bytes().decode().splitlines()
    said = {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines)}
    assert said["parameters"] == {"C": 2.0}
    assert said["fingerprint"] == experiment.result.fingerprint
    assert said["features"] == [each.name for each in experiment.config.features.all()]
