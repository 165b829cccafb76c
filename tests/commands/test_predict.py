import json

import numpy as np
import pytest

from experiments.inference.prediction import predict
from experiments.inference.predictor import predictor_of
from experiments.inference.subjects import signal_subject
from signals.models import Signal
from signals.selectors import signal_samples
from tests.commands.running import called, refusal
from tests.experiments.training import small_dataset, trained
from tests.factories import make_user


@pytest.fixture
def experiment(db, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    owner = make_user("superuser")
    return trained(owner, small_dataset(owner))


def file_of(experiment, folder):
    signal = Signal.objects.filter(store=experiment.dataset.store_id).first()
    path = folder / "record.npy"
    np.save(path, signal_samples(experiment.owner, signal))
    return signal, path


def test_a_file_is_answered_as_its_signal_is(experiment, tmp_path):
    signal, path = file_of(experiment, tmp_path)
    line = ("--experiment", str(experiment.pk), "--fs", "4096", "--unit", "g", "--json")
    [said] = json.loads(called("predict", str(path), *line, "--rpm", str(signal.rpm)))
    predictor = predictor_of(experiment)
    wanted = predict(predictor, signal_subject(experiment.owner, signal.pk, predictor.rows.names))
    found = [said["probabilities"][code] for code in predictor.codes]
    np.testing.assert_allclose(found, wanted.probabilities, rtol=1e-9)
    assert said["coverage"] == {"asked": 0.9, "measured": predictor.coverage.share}
    assert (len(said["reasons"]), len(said["neighbours"])) == (5, 5)
    text = called("predict", str(path), *line[:-1], "--rpm", str(signal.rpm))
    assert "Sets are made to hold the right class 9 times in 10" in text


def test_what_is_unlike_training_is_refused_with_status_2(experiment, tmp_path):
    _, path = file_of(experiment, tmp_path)
    of = ("--experiment", str(experiment.pk))
    for options, sentence in [
        (("--fs", "12000", "--unit", "g"), "was trained on signals sampled at"),
        (("--fs", "4096", "--unit", "mm/s"), "was trained on signals in g"),
        (("--fs", "4096"), "give it with --unit"),
        (("--fs", "1e300", "--unit", "g"), "was trained on signals sampled at"),
        (("--fs", "1e-300", "--unit", "g"), "was trained on signals sampled at"),
    ]:
        error = refusal("predict", str(path), *of, *options)
        assert error.returncode == 2
        assert sentence in str(error)


def test_an_unknown_experiment_is_refused(experiment, tmp_path):
    _, path = file_of(experiment, tmp_path)
    error = refusal("predict", str(path), "--experiment", "99999999")
    assert (error.returncode, str(error)) == (2, "There is no such experiment.")
