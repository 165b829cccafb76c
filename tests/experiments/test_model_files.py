"""A model's file is read only where it is the one that was trained."""

import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from common.errors import Unavailable
from experiments.results.model_files import TRUSTED, model_load, model_read, model_write
from vibration.learning.models import MODELS
from vibration.learning.pipelines import pipeline_for
from vibration.store import file_sha256

X = np.random.default_rng(0).normal(size=(40, 6)) + 3 * np.repeat([[0], [1]], 20, axis=0)
Y, GROUPS = np.repeat([0, 1], 20), np.arange(40) // 4


@pytest.fixture
def written(tmp_path):
    """Write a model and return its path and checksum."""

    def write(code="logistic"):
        pipeline = pipeline_for(code, Y, GROUPS, top_k=3).fit(X, Y)
        path = tmp_path / "model.skops"
        model_write(path, pipeline)
        return path, file_sha256(path), pipeline

    return write


@pytest.mark.parametrize("code", MODELS)
def test_every_model_is_read_back_from_trusted_types(written, code):
    path, sha256, pipeline = written(code)
    found = model_read(path, sha256)
    np.testing.assert_array_equal(found.predict_proba(X), pipeline.predict_proba(X))


def test_a_file_that_was_changed_is_refused(written):
    path, sha256, _ = written()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more", "x")
    with pytest.raises(Unavailable, match="checksum differs"):
        model_read(path, sha256)


def test_a_foreign_type_is_refused_and_never_called(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr("os.getcwd", lambda: called.append(1) or "/")
    path = tmp_path / "model.skops"
    skops.io.dump(Pipeline([("odd", FunctionTransformer(np.save))]), path)
    with pytest.raises(Unavailable, match="types that no model of the portal has"):
        model_read(path, file_sha256(path))
    assert not called


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "model.skops"
    path.write_bytes(content)
    with pytest.raises(Unavailable, match="cannot be read"):
        model_read(path, file_sha256(path))


def test_a_model_of_another_version_is_refused_before_its_file_is_opened():
    result = SimpleNamespace(sklearn_version="0.1", model_sha256="0" * 64)
    with pytest.raises(Unavailable, match="train it again from its config"):
        model_load(SimpleNamespace(result=result))


def test_nothing_that_runs_is_among_the_trusted_types():
    assert {name.split(".")[0] for name in TRUSTED} == {"numpy", "sklearn", "vibration"}
