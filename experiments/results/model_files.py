"""Trained models in files that hold no code: written once, read only from the portal's own store.

A file is read only where its checksum is that of the database row, and only types of the list here
are made from it. What the file itself asks for is never trusted.
"""

import threading
import zipfile
from collections import OrderedDict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from common.errors import Unavailable
from experiments.models import Experiment
from experiments.results.files import MODEL, experiment_file
from vibration.store import file_sha256

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

TRUSTED: Final = (
    "numpy.dtype",
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "vibration.statistics.ranking.anova_f",
)
KEPT: Final = 4
_DAMAGED: Final = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError)
_loaded: "OrderedDict[str, Pipeline]" = OrderedDict()
_lock = threading.Lock()


def model_write(path: Path, pipeline: "Pipeline") -> None:
    """Write a fitted pipeline."""
    import skops.io

    skops.io.dump(pipeline, path, compression=zipfile.ZIP_DEFLATED)


def model_load(experiment: Experiment) -> "Pipeline":
    """Return the model of a ready experiment, kept in this process by its checksum.

    Raises
    ------
    Unavailable
        Where the file is missing, not the one that was written, or of another scikit-learn.
    """
    result = experiment.result
    installed = version("scikit-learn")
    if result.sklearn_version != installed:
        raise Unavailable(
            f"The model was made with scikit-learn {result.sklearn_version}, and this is "
            f"{installed}: train it again from its config."
        )
    with _lock:
        if (kept := _loaded.get(result.model_sha256)) is not None:
            _loaded.move_to_end(result.model_sha256)
            return kept
        with experiment_file(experiment, MODEL).local() as path:
            pipeline = model_read(path, result.model_sha256)
        _loaded[result.model_sha256] = pipeline
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return pipeline


def model_read(path: Path, sha256: str) -> "Pipeline":
    """Read a model's file whose checksum is known.

    Raises
    ------
    Unavailable
        Where the checksum is another, or the file holds a type that no model of the portal has.
    """
    import skops.io
    from sklearn.pipeline import Pipeline
    from skops.io.exceptions import UntrustedTypesFoundException

    if file_sha256(path) != sha256:
        raise Unavailable(
            "The model's file is not the one that was trained: its checksum differs. Train it "
            "again."
        )
    try:
        found: Any = skops.io.load(path, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise Unavailable(
            "The model's file holds types that no model of the portal has; nothing of it was "
            "used. Train it again."
        ) from error
    except _DAMAGED as error:
        raise Unavailable("The model's file cannot be read: train it again.") from error
    if not isinstance(found, Pipeline):
        raise Unavailable("The model's file holds no model: train it again.")
    return found
