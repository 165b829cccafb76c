"""What a tracking server is told, heard by a small one that answers as MLflow does."""

import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from experiments.results import files
from tests.commands.running import called, refusal
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_user

ANSWERS = {
    "experiments/create": {"experiment_id": "7"},
    "runs/create": {
        "run": {"info": {"run_id": "ab", "artifact_uri": "mlflow-artifacts:/7/ab/artifacts"}}
    },
}


@pytest.fixture
def server():
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heard.append((self.command, self.path, body))
            path = self.path.partition("/mlflow/")[2]
            status = 404 if path.startswith("experiments/get-by-name") else 200
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(ANSWERS.get(path, {})).encode())

        do_GET = do_POST = do_PUT = answer  # noqa: N815  (as the library calls them)

        def log_message(self, *said):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}", heard
        found.shutdown()
        thread.join()


@pytest.fixture
def experiment(db, settings, tmp_path):
    settings.STORAGE_DIR = tmp_path / "storage"
    owner = make_user("superuser")
    return trained(owner, small_dataset(owner), parameters={"C": 3.0})


def test_a_run_is_logged_with_its_files_and_ended(server, experiment):
    uri, heard = server
    assert "as run ab" in called("mlflow_push", str(experiment.pk), "--to", uri)
    said = {path.rpartition("/mlflow/")[2]: body for _, path, body in heard}
    batch = json.loads(said["runs/log-batch"])
    metrics = {each["key"]: each["value"] for each in batch["metrics"]}
    assert metrics["score"] == experiment.result.score
    assert {"key": "C", "value": "3"} in batch["params"]
    assert json.loads(said["runs/update"])["status"] == "FINISHED"
    sent = {path: body for method, path, body in heard if method == "PUT"}
    base = "/api/2.0/mlflow-artifacts/artifacts/7/ab/artifacts"
    model = files.experiment_file(experiment, files.MODEL)
    assert sent[f"{base}/{files.MODEL}"] == model.read_bytes()
    assert len(sent) == 7


def test_the_zip_is_a_run_of_the_file_store(experiment, tmp_path):
    path = tmp_path / "run.zip"
    called("mlflow_push", str(experiment.pk), "--zip", str(path))
    with zipfile.ZipFile(path) as file:
        names = set(file.namelist())
        [meta] = [name for name in names if name.endswith("/meta.yaml")]
        root = meta.removesuffix("/meta.yaml")
        _, value, step = file.read(f"{root}/metrics/score").decode().split()
        assert (float(value), step) == (experiment.result.score, "0")
        assert file.read(f"{root}/params/C") == b"3"
        assert json.loads(file.read("metrics.json"))["score"] == experiment.result.score
        assert f"{root}/artifacts/{files.MODEL}" in names
        assert root in file.read(meta).decode()


def test_what_cannot_be_pushed_is_refused_in_a_sentence(experiment):
    number = str(experiment.pk)
    for line, status, sentence in (
        ((number,), 2, "Say where"),
        ((number, "--to", "ftp://x"), 2, "no address of a server"),
        ((number, "--to", "http://127.0.0.1:1"), 1, "does not answer"),
        (("999999", "--zip", "x.zip"), 2, "no such experiment"),
        ((str(asked(experiment.owner, experiment.dataset).pk), "--zip", "x.zip"), 2, "not trained"),
    ):
        error = refusal("mlflow_push", *line)
        assert error.returncode == status
        assert sentence in str(error)
