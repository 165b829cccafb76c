"""A ready experiment as a run of MLflow: a zip of its directory, or pushed to a tracking server.

The layout is that of MLflow's file store, and the calls are those of its REST interface 2.0:
https://mlflow.org/docs/latest/rest-api.html. Nothing of MLflow is imported.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from common.errors import Invalid, Unavailable
from common.storage import Stored, stored
from experiments.models import Experiment

LONGEST_PARAM: Final = 500
TIMEOUT_S: Final = 60
NAME: Final = "Bearing Portal"
_API: Final = "/api/2.0/mlflow"
_PROXIED: Final = "mlflow-artifacts:"
_NOT_IN_NAMES: Final = re.compile(r"[^\w\-./ ]")


@dataclass(frozen=True)
class MlflowRun:
    """What MLflow keeps of a run."""

    run_id: str
    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    began_ms: int
    ended_ms: int
    files: dict[str, Stored]


def mlflow_run(experiment: Experiment) -> MlflowRun:
    """Return a ready experiment as MLflow keeps a run; rights are the caller's."""
    if experiment.status != Experiment.Status.READY or experiment.ready_at is None:
        raise Invalid(f"“{experiment.name}” is not trained yet; only a ready one can be exported.")
    config, result = experiment.config, experiment.result
    params = {
        "dataset": experiment.dataset.name,
        "filter": config.query,
        "model": config.model,
        "features": ",".join(each.name for each in config.features.all()),
        "top_k": str(config.top_k or ""),
        "search_tries": str(config.n_tries),
        "seed": str(config.seed),
        "protocol": config.protocol,
        "held_out": config.held_out,
        **{each.name: f"{each.value:g}" for each in config.parameters.all()},
    }
    metrics = {
        name: getattr(result, name)
        for name in (
            *("score", "low", "high", "random_score", "majority", "gap", "gap_low", "gap_high"),
            *("balanced_accuracy", "macro_f1", "n_signals", "n_groups", "seconds", "fit_s"),
            *("predict_s", "model_bytes"),
        )
    }
    folder = stored(result.folder)
    ended_ms = int(1000 * experiment.ready_at.timestamp())
    return MlflowRun(
        run_id=hashlib.sha256(f"{experiment.pk} {result.model_sha256}".encode()).hexdigest()[:32],
        name=experiment.name,
        params={name: value[:LONGEST_PARAM] for name, value in params.items() if value},
        metrics={name: float(value) for name, value in metrics.items() if value is not None},
        tags={
            "mlflow.runName": experiment.name,
            "mlflow.source.name": NAME,
            "mlflow.source.type": "LOCAL",
            "mlflow.note.content": result.warning,
            "protocol": result.protocol,
            "groups": result.groups_are,
            "fingerprint": result.fingerprint,
            "model_sha256": result.model_sha256,
            "sklearn": result.sklearn_version,
        },
        began_ms=ended_ms - int(1000 * result.seconds),
        ended_ms=ended_ms,
        files={name: folder / name for name in sorted(folder.names())},
    )


def mlflow_zip(run: MlflowRun, path: Path) -> None:
    """Write a run's directory as MLflow's file store lays it out, and three files that say it."""
    meta = {
        "artifact_uri": "./artifacts",
        "end_time": run.ended_ms,
        "entry_point_name": "",
        "experiment_id": "0",
        "lifecycle_stage": "active",
        "run_id": run.run_id,
        "run_name": run.name,
        "run_uuid": run.run_id,
        "source_name": NAME,
        "source_type": 4,
        "source_version": "",
        "start_time": run.began_ms,
        "status": 3,
        "user_id": "",
    }
    root = run.run_id
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in meta.items())
        file.writestr(f"{root}/meta.yaml", "".join(lines))
        for folder, values in (("params", run.params), ("tags", run.tags)):
            for name, value in values.items():
                file.writestr(f"{root}/{folder}/{_NOT_IN_NAMES.sub('_', name)}", value)
        for name, number in run.metrics.items():
            file.writestr(f"{root}/metrics/{name}", f"{run.ended_ms} {number!r} 0\n")
        for name, said in (("params", run.params), ("metrics", run.metrics), ("tags", run.tags)):
            file.writestr(f"{name}.json", json.dumps(said, indent=1, ensure_ascii=False))
        for name, source in run.files.items():
            with source.local() as here:
                file.write(here, f"{root}/artifacts/{name}")


def mlflow_push(run: MlflowRun, uri: str, *, experiment_name: str = NAME) -> str:
    """Log a run on a tracking server and return the id that it has there.

    Files are sent where the server takes them itself; where it names a store of its own they are
    left out.

    Raises
    ------
    Invalid
        For an address that is no HTTP.
    Unavailable
        Where the server does not answer, or refuses.
    """
    server = _Server(uri)
    found = server.call(
        "GET",
        f"{_API}/experiments/get-by-name?{urlencode({'experiment_name': experiment_name})}",
        missing={},
    )
    if not found:
        found = {
            "experiment": server.call(
                "POST", f"{_API}/experiments/create", {"name": experiment_name}
            )
        }
    made = server.call(
        "POST",
        f"{_API}/runs/create",
        {
            "experiment_id": found["experiment"]["experiment_id"],
            "start_time": run.began_ms,
            "run_name": run.name,
            "tags": _pairs(run.tags),
        },
    )["run"]["info"]
    run_id = str(made["run_id"])
    server.call(
        "POST",
        f"{_API}/runs/log-batch",
        {
            "run_id": run_id,
            "params": _pairs(run.params),
            "metrics": [
                {"key": name, "value": value, "timestamp": run.ended_ms, "step": 0}
                for name, value in run.metrics.items()
            ],
        },
    )
    where = str(made.get("artifact_uri", ""))
    if where.startswith(_PROXIED):
        folder = urlsplit(where).path.strip("/")
        for name, source in run.files.items():
            path = quote(f"{folder}/{name}")
            server.send(f"/api/2.0/mlflow-artifacts/artifacts/{path}", source.read_bytes())
    server.call(
        "POST",
        f"{_API}/runs/update",
        {"run_id": run_id, "status": "FINISHED", "end_time": run.ended_ms},
    )
    return run_id


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in values.items() if value]


class _Server:
    """A tracking server, asked over plain HTTP."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(f"“{uri[:100]}” is no address of a server; write http://host:5000.")
        self._uri, self._parts = uri, parts

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        missing: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return what the server answers; `missing` is returned where there is no such thing."""
        sent = None if body is None else json.dumps(body).encode()
        status, text = self._exchange(method, path, sent, "application/json")
        if status == 404 and missing is not None:
            return missing
        self._check(status, text)
        try:
            found: dict[str, Any] = json.loads(text or b"{}")
        except ValueError as error:
            raise Unavailable(f"{self._uri} does not answer as MLflow does.") from error
        return found

    def send(self, path: str, content: bytes) -> None:
        """Send a file."""
        self._check(*self._exchange("PUT", path, content, "application/octet-stream"))

    def _check(self, status: int, text: bytes) -> None:
        if status >= 400:
            said = text.decode(errors="replace")[:200]
            raise Unavailable(f"{self._uri} refused ({status}): {said or 'without a reason'}")

    def _exchange(
        self, method: str, path: str, body: bytes | None, content_type: str
    ) -> tuple[int, bytes]:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        try:
            port = self._parts.port
            connection = kind(str(self._parts.hostname), port, timeout=TIMEOUT_S)
            connection.request(
                method,
                f"{self._parts.path.rstrip('/')}{path}",
                body=body,
                headers={"Content-Type": content_type},
            )
            answer = connection.getresponse()
            status, text = answer.status, answer.read()
            connection.close()
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"{self._uri} does not answer ({error}).") from error
        return status, text
