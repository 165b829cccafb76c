"""A model with all that its answers are judged by, loaded once in a process."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from common.errors import Invalid
from experiments.models import Experiment
from experiments.results.files import (
    PREDICTIONS,
    ROWS,
    StoredRows,
    experiment_file,
    predictions_read,
    report_read,
    rows_read,
)
from experiments.results.model_files import model_load
from vibration.learning.conformal import (
    Coverage,
    class_thresholds,
    mean_probabilities,
    measured_coverage,
)
from vibration.learning.familiarity import Familiarity, familiarity_of
from vibration.learning.groups import Numbers, Values, numbered
from vibration.learning.reasons import background_rows
from vibration.quantities import unit_of

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

KEPT: Final = 4
_loaded: "OrderedDict[str, Predictor]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model, its training rows, and what was measured of it on groups it had not seen.

    Attributes
    ----------
    pipeline : Pipeline
    rows : StoredRows
        What it was trained on.
    codes, class_names : list of str
        Classes, in the order of its probabilities.
    groups : ndarray, shape (n,)
        Number of the group of each training row.
    groups_are : str
        What several groups are called.
    thresholds : ndarray, shape (K,)
        Of the sets at 90 %.
    coverage : Coverage
        Of such sets, measured by leaving groups out.
    out_of_fold : dict of int to ndarray
        What the model said of a training signal before it had seen its group, (K,).
    places : dict of int to int
        Row of each training signal.
    familiarity : Familiarity
    background : ndarray, shape (b, m)
        Training rows that an answer is explained against.
    ordered : ndarray, shape (n, m)
        Each feature's training values in ascending order, NaN last.
    always : ndarray of bool, shape (m,)
        Features that every training row has.
    rates_hz, units : tuple
        Of the training rows, each once.
    shortest : int
        Samples of the shortest training row.
    """

    pipeline: "Pipeline"
    rows: StoredRows
    codes: list[str]
    class_names: list[str]
    groups: Numbers
    groups_are: str
    thresholds: Values
    coverage: Coverage
    out_of_fold: dict[int, Values] = field(repr=False)
    places: dict[int, int] = field(repr=False)
    familiarity: Familiarity
    background: Values
    ordered: Values
    always: npt.NDArray[np.bool_]
    rates_hz: tuple[float, ...]
    units: tuple[str, ...]
    shortest: int

    def group_of(self, pk: int) -> int:
        """Return the number of the group of a training signal."""
        return int(self.groups[self.places[pk]])

    def percentile(self, column: int, value: float) -> float | None:
        """Return the share of training rows whose feature is at most a value, in percent."""
        known = int((~np.isnan(self.ordered[:, column])).sum())
        if np.isnan(value) or not known:
            return None
        below = np.searchsorted(self.ordered[:known, column], value, side="right")
        return 100.0 * int(below) / known


def predictor_of(experiment: Experiment) -> Predictor:
    """Return the predictor of an experiment that its reader may see, kept by its checksum.

    Raises
    ------
    Invalid
        Where the experiment is not ready.
    Unavailable
        Where its files are missing, changed, or of another scikit-learn.
    """
    if experiment.status != Experiment.Status.READY:
        raise Invalid(f"“{experiment.name}” is not trained yet; choose one that is ready.")
    pipeline = model_load(experiment)
    key = f"{experiment.pk}:{experiment.result.model_sha256}"
    with _lock:
        if (kept := _loaded.get(key)) is not None:
            _loaded.move_to_end(key)
            return kept
        made = _made(experiment, pipeline)
        _loaded[key] = made
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return made


def _made(experiment: Experiment, pipeline: "Pipeline") -> Predictor:
    rows = rows_read(experiment_file(experiment, ROWS))
    evaluation, pks, codes, _ = predictions_read(experiment_file(experiment, PREDICTIONS))
    scored = evaluation.scored
    tested, p = mean_probabilities(scored)
    _, groups = numbered(rows.groups)
    y = np.array([codes.index(code) for code in rows.classes], dtype=np.int64)
    return Predictor(
        pipeline=pipeline,
        rows=rows,
        codes=codes,
        class_names=list(report_read(experiment)["classes"]),
        groups=groups,
        groups_are=experiment.result.groups_are,
        thresholds=class_thresholds(p, scored.y[tested]),
        coverage=measured_coverage(scored),
        out_of_fold={pks[row]: p[place] for place, row in enumerate(tested.tolist())},
        places={pk: place for place, pk in enumerate(rows.pks)},
        familiarity=familiarity_of(rows.x, groups),
        background=rows.x[background_rows(y)],
        ordered=np.sort(rows.x, axis=0),
        always=np.asarray(~np.isnan(rows.x).any(axis=0)),
        rates_hz=tuple(sorted({float(fs_hz) for fs_hz in rows.facts["fs_hz"]})),
        units=tuple(sorted({unit_of(unit).name for unit in rows.facts["unit"]})),
        shortest=int(min(rows.facts["n_samples"])),
    )
