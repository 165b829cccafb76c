"""An experiment's folder: ``models/<id>`` of the storage, whole or not at all.

``models/<id>.attempt-<n>`` among the work folders is an attempt's result before its rows are there,
and anything named ``*.trash-*`` is on its way out.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from common.errors import Unavailable
from common.storage import Stored, folder_discard, folder_make, stored, trash_sweep, work_folder
from experiments.models import Experiment
from experiments.training.rows import TrainingRows
from monitoring.models import Job
from vibration.learning.evaluation import Evaluation, Predictions
from vibration.store import file_sha256, sweep_partials

logger = logging.getLogger(__name__)

MODELS: Final = "models"
MODEL, CONFIG, PREDICTIONS = "model.skops", "config.yaml", "predictions.parquet"
FOLDS, REPORT, ROWS, SUMS = "folds.npy", "report.json", "training.parquet", "SHA256SUMS"
_PROBABILITY: Final = "p "
_NAME: Final = re.compile(r"(?P<pk>\d+)(?:\.attempt-(?P<attempt>\d+))?")


@dataclass(frozen=True, eq=False)
class StoredRows:
    """What a model was trained on, as it was then.

    Attributes
    ----------
    pks, groups, classes : tuple
        Id of each signal, name of its group, code of its class.
    names : tuple of str
        Of the features.
    x : ndarray, shape (n, m)
        NaN where a feature is missing.
    facts : dict of str to list
        Conditions, unit, rate and length of each row.
    """

    pks: tuple[int, ...]
    groups: tuple[str, ...]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    x: npt.NDArray[np.float64]
    facts: dict[str, list[Any]]


def final_folder(experiment_id: int) -> Stored:
    """Return the folder of an experiment's files."""
    return stored(MODELS, experiment_id)


def attempt_folder(experiment_id: int, attempt: int) -> Path:
    """Return where an attempt to train works; the folder above is there."""
    parent = work_folder(MODELS)
    folder_make(parent)
    return parent / f"{experiment_id}.attempt-{attempt}"


def experiment_file(experiment: Experiment, name: str) -> Stored:
    """Return a file of a ready experiment; rights are the caller's."""
    file = stored(experiment.result.folder, name)
    if not file.is_file():
        raise Unavailable(
            f"The file {name} of “{experiment.name}” is missing from the storage: train it again."
        )
    return file


def publish(folder: Path, final: Stored) -> None:
    """Give the files their final name; a repeated transaction finds them there already."""
    if not folder.exists():
        if final.exists():
            return
        raise Unavailable("The files of the model disappeared; nothing was kept. Try again.")
    final.put_folder(folder)


def sums_write(folder: Path) -> dict[str, str]:
    """Write the checksums of a folder's files and return them by name."""
    sums = {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.name != SUMS}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    (folder / SUMS).write_text(lines)
    return sums


def predictions_write(folder: Path, rows: TrainingRows, evaluation: Evaluation) -> None:
    """Write what every run said of every row, a row for each, repeat after repeat."""
    parts = []
    groups = pa.array(np.array(rows.group_names)[rows.groups]).dictionary_encode()
    classes = pa.array(np.array(rows.classes)[rows.y]).dictionary_encode()
    for run in ("scored", "mirrored", "majority"):
        said: Predictions = getattr(evaluation, run)
        for repeat, folds in enumerate(said.folds):
            n = len(rows.pks)
            columns: dict[str, Any] = {
                "run": pa.array([run] * n).dictionary_encode(),
                "repeat": pa.array(np.full(n, repeat, np.int16)),
                "signal": pa.array(rows.pks),
                "group": groups,
                "fold": pa.array(folds.astype(np.int16)),
                "class": classes,
            }
            for number, code in enumerate(rows.classes):
                columns[f"{_PROBABILITY}{code}"] = pa.array(said.probabilities[repeat, :, number])
            parts.append(pa.table(columns).unify_dictionaries())
    table = pa.concat_tables(parts).unify_dictionaries()
    pq.write_table(table, folder / PREDICTIONS, compression="zstd")


def predictions_read(file: Stored) -> tuple[Evaluation, tuple[int, ...], list[str], list[str]]:
    """Return the runs, the ids of the signals, and the names of classes and groups."""
    table = _table(file)
    codes = [
        name.removeprefix(_PROBABILITY)
        for name in table.column_names
        if name.startswith(_PROBABILITY)
    ]
    names = sorted(set(table["group"].to_pylist()))
    place = {name: number for number, name in enumerate(names)}
    runs = np.array(table["run"].to_pylist())
    repeats, folds = table["repeat"].to_numpy(), table["fold"].to_numpy().astype(np.int64)
    y = np.array([codes.index(code) for code in table["class"].to_pylist()], dtype=np.int64)
    groups = np.array([place[name] for name in table["group"].to_pylist()], dtype=np.int64)
    p = np.column_stack([table[f"{_PROBABILITY}{code}"].to_numpy() for code in codes])
    found: dict[str, Predictions] = {}
    for run in ("scored", "mirrored", "majority"):
        own = runs == run
        n_repeats = int(repeats[own].max()) + 1
        n = int(own.sum()) // n_repeats
        found[run] = Predictions(
            y[own][:n],
            groups[own][:n],
            folds[own].reshape(n_repeats, n),
            p[own].reshape(n_repeats, n, len(codes)),
        )
    signals = table["signal"].to_pylist()[: found["scored"].y.size]
    return (
        Evaluation(found["scored"], found["mirrored"], found["majority"]),
        tuple(signals),
        codes,
        names,
    )


def _table(file: Stored) -> pa.Table:
    try:
        with file.open() as opened:
            return pq.read_table(opened)
    except pa.ArrowException as error:
        raise Unavailable(
            f"The file {file.name} of the model is damaged: train it again."
        ) from error


def rows_write(folder: Path, rows: TrainingRows) -> None:
    """Write what the model was trained on: labels and features may change in the database."""
    columns: dict[str, Any] = {
        "signal": pa.array(rows.pks),
        "class": pa.array(np.array(rows.classes)[rows.y]),
        "group": pa.array(np.array(rows.group_names)[rows.groups]),
        **{name: pa.array(list(said)) for name, said in rows.facts.items()},
        "unit": pa.array(list(rows.units)),
        "fs_hz": pa.array(rows.fs_hz),
        "n_samples": pa.array(rows.n_samples),
    }
    features = {f"x {name}": pa.array(rows.x[:, place]) for place, name in enumerate(rows.names)}
    pq.write_table(pa.table({**columns, **features}), folder / ROWS, compression="zstd")


def rows_read(file: Stored) -> StoredRows:
    """Return what a model was trained on."""
    table = _table(file)
    features = [name for name in table.column_names if name.startswith("x ")]
    others = [name for name in table.column_names if name not in features]
    facts = {name: table[name].to_pylist() for name in others}
    return StoredRows(
        pks=tuple(facts.pop("signal")),
        groups=tuple(facts.pop("group")),
        classes=tuple(facts.pop("class")),
        names=tuple(name.removeprefix("x ") for name in features),
        x=np.column_stack([table[name].to_numpy() for name in features]),
        facts=facts,
    )


def yaml_text(values: Mapping[str, Any]) -> str:
    """Write a flat mapping of texts, numbers, lists and mappings as YAML."""
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}\n"
        for name, value in values.items()
    )


def report_read(experiment: Experiment) -> dict[str, Any]:
    """Return the report of a ready experiment."""
    file = experiment_file(experiment, REPORT)
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except ValueError as error:
        raise Unavailable(
            f"The report of “{experiment.name}” is damaged: train it again."
        ) from error
    return found


def files_sweep() -> None:
    """Remove what killed processes left: partial files, trash, folders of no experiment."""
    parent = work_folder(MODELS)
    sweep_partials(parent, older_than_s=settings.JOB_STALE_S)
    trash_sweep("*", MODELS)
    names = {*stored(MODELS).names(), *(path.name for path in parent.glob("*.attempt-*"))}
    found = [match for name in sorted(names) if (match := _NAME.fullmatch(name))]
    pks = {int(match["pk"]) for match in found}
    columns = ("pk", "result__folder", "job__status", "job__attempt")
    rows = Experiment.objects.filter(pk__in=pks).order_by().values_list(*columns)
    known = {
        pk: (bool(folder), attempt if status == Job.Status.RUNNING else None)
        for pk, folder, status, attempt in rows
    }
    for match in found:
        has_files, running = known.get(int(match["pk"]), (False, None))
        if match["attempt"] is not None:
            if running != int(match["attempt"]):
                folder_discard(parent / match[0])
        elif not has_files and running is None:
            logger.info("Removed the orphaned folder %s", match[0])
            stored(MODELS, match[0]).discard()
