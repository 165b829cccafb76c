"""A model handed out as ONNX answers as the pipeline does, or is not handed out."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from bearing_portal.operations import storage_check
from experiments.exports import onnx
from experiments.results.files import ROWS, experiment_file, rows_read
from experiments.results.model_files import model_load
from tests.commands.running import called, refusal
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user

onnxruntime = pytest.importorskip(
    "onnxruntime", reason="requirements/onnx.txt is not installed: it brings onnxruntime"
)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ready(keep):
    """A ready experiment that members see."""

    def make():
        owner = make_user("superuser")
        dataset = small_dataset(owner, visibility="shared")
        return trained(owner, dataset, model="forest", parameters={"n_estimators": 20.0}, top_k=5)

    return keep(make)


@pytest.fixture
def unmade(ready):
    """The same, and nobody has asked for its export yet."""
    onnx.onnx_file(ready).discard()
    return ready


@pytest.mark.parametrize("model", ["svm", "linear_svm", "knn", "logistic", "forest"])
def test_each_model_that_is_exported_answers_as_its_pipeline(model, db, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    parameters = {"n_estimators": 20.0} if model == "forest" else {}
    experiment = trained(make_user("engineer"), model=model, parameters=parameters)
    rows = rows_read(experiment_file(experiment, ROWS))
    session = onnxruntime.InferenceSession(onnx.onnx_export(experiment))
    labels, p = session.run(None, {session.get_inputs()[0].name: rows.x.astype(np.float32)})
    expected = model_load(experiment).predict_proba(rows.x)
    np.testing.assert_allclose(p, expected, atol=onnx.TOLERANCE)
    assert labels.tolist() == expected.argmax(axis=1).tolist()
    said = session.get_modelmeta().custom_metadata_map
    assert json.loads(said["features"]) == list(rows.names)
    assert len(json.loads(said["classes"])) == expected.shape[1]


def test_the_page_hands_the_file_to_who_sees_the_dataset(client, ready):
    client.force_login(make_user())
    page = client.get(f"/experiments/{ready.pk}/")
    assert 'id="experiment-onnx"' in page.content.decode()
    answer = client.get(f"/experiments/{ready.pk}/onnx/")
    assert answer.headers["Content-Disposition"].endswith('.onnx"')
    assert onnxruntime.InferenceSession(answer.content).get_outputs()[1].shape[1] == 3
    own = trained(make_user("engineer"))
    assert client.get(f"/experiments/{own.pk}/onnx/").status_code == 404


def test_without_its_packages_there_is_no_control_and_a_sentence(client, ready, monkeypatch):
    monkeypatch.setattr(onnx, "find_spec", lambda name: None)
    client.force_login(ready.owner)
    assert "experiment-onnx" not in client.get(f"/experiments/{ready.pk}/").content.decode()
    answer = client.get(f"/experiments/{ready.pk}/onnx/")
    assert (answer.status_code, onnx.LACKING in answer.content.decode()) == (400, True)


def test_a_file_that_answers_otherwise_is_refused_with_the_figures():
    x = np.random.default_rng(0).normal(size=(300, 2))
    y = (x[:, 0] > 0).astype(int)
    one = Pipeline([("classify", LogisticRegression().fit(x, y))])
    other = Pipeline([("classify", LogisticRegression().fit(x, 1 - y))])
    content = onnx.onnx_bytes(one, x, features=("a", "b"), classes=("ok", "worn"))
    assert onnx.onnx_difference(content, one, x) == ""
    assert "another class for 300 of 300 training rows" in onnx.onnx_difference(content, other, x)


def test_a_refused_export_leaves_no_file(unmade, monkeypatch, tmp_path):
    monkeypatch.setattr(onnx, "TOLERANCE", -1.0)
    with pytest.raises(onnx.Invalid, match="No ONNX was written"):
        onnx.onnx_export(unmade)
    path = tmp_path / "model.onnx"
    error = refusal("export_onnx", str(unmade.pk), str(path))
    assert (error.returncode, path.exists()) == (2, False)
    assert not onnx.onnx_file(unmade).is_file()


def test_a_second_export_at_once_is_told_to_come_back(client, unmade):
    client.force_login(unmade.owner)
    with onnx._lock:
        answer = client.get(f"/experiments/{unmade.pk}/onnx/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert client.get(f"/experiments/{unmade.pk}/onnx/").status_code == 200


def test_it_is_made_once_and_then_handed_out_whatever_its_size(client, unmade, monkeypatch):
    client.force_login(unmade.owner)
    first = client.get(f"/experiments/{unmade.pk}/onnx/").content
    monkeypatch.setattr(onnx, "MOST_ROWS", 1)
    with onnx._lock:  # nobody could make another
        again = client.get(f"/experiments/{unmade.pk}/onnx/")
    assert (again.status_code, again.content) == (200, first)


def test_the_kept_file_is_no_orphan_of_the_storage(unmade, monkeypatch):
    monkeypatch.setattr(storage_check, "YOUNG_S", -1)
    onnx.onnx_export(unmade)
    stranger = onnx.onnx_file(unmade).parent / "other.onnx"
    with stranger.made() as path:
        path.write_bytes(b"x")
    found = {each.key for each in storage_check.storage_check()}
    stranger.discard()
    assert stranger.key in found
    assert onnx.onnx_file(unmade).key not in found


def test_one_that_cannot_be_kept_is_handed_out_all_the_same(unmade, monkeypatch):
    def full(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(onnx.Stored, "made", full)
    assert onnx.onnx_export(unmade)
    assert not onnx.onnx_file(unmade).is_file()


def test_what_cannot_be_exported_says_why(client, unmade, monkeypatch):
    ready = unmade
    majority = trained(ready.owner, ready.dataset, model="majority")
    waiting = asked(ready.owner, ready.dataset)
    for experiment, sentence in (
        (majority, "Majority class cannot be exported as ONNX; these can: Random forest"),
        (waiting, "not trained yet"),
    ):
        error = refusal("export_onnx", str(experiment.pk), "model.onnx")
        assert (error.returncode, sentence in str(error)) == (2, True)
    assert "ends in .onnx" in str(refusal("export_onnx", str(ready.pk), "model.bin"))
    monkeypatch.setattr(onnx, "MOST_ROWS", 1)
    client.force_login(ready.owner)
    answer = client.get(f"/experiments/{ready.pk}/onnx/")
    assert f"run export_onnx {ready.pk}" in answer.content.decode()


def test_the_command_writes_the_file(ready, tmp_path):
    path = tmp_path / "model.onnx"
    assert "15 training rows" in called("export_onnx", str(ready.pk), str(path))
    assert onnxruntime.InferenceSession(path).get_outputs()[1].shape[1] == 3
