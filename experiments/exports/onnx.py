"""A trained pipeline as an ONNX file, handed out only where it answers as the pipeline does.

It is made when it is first asked for and kept beside the model, under the model's checksum. Needs
the packages of ``requirements/onnx.txt``, which the portal does without otherwise.
"""

import json
import logging
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from common.errors import Invalid, Unavailable
from common.storage import Stored, stored
from common.text import thousands
from experiments.models import Experiment
from experiments.results.files import ROWS, experiment_file, report_read, rows_read
from experiments.results.model_files import model_load
from vibration.learning.models import MODELS

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

logger = logging.getLogger(__name__)

TOLERANCE: Final = 1e-5
SUFFIX: Final = ".onnx"
MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 32_000_000
LACKING: Final = (
    "This portal exports no ONNX: ask an administrator to install requirements/onnx.txt."
)
_EXPORTED: Final = ("forest", "svm", "linear_svm", "knn", "logistic")
_BLOCK: Final = 256
_lock = threading.Lock()  # one conversion at a time: each takes a core and much memory


def onnx_is_installed() -> bool:
    """Tell whether the packages of the export are there."""
    return all(find_spec(name) is not None for name in ("skl2onnx", "onnxruntime"))


def onnx_refusal(experiment: Experiment) -> str:
    """Say why no ONNX can be made of a model, by what is known of it; empty where it may."""
    if not onnx_is_installed():
        return LACKING
    if experiment.status != Experiment.Status.READY:
        return f"“{experiment.name}” is not trained yet; only a ready one can be exported."
    model = experiment.config.model
    if model not in _EXPORTED:
        titles = ", ".join(MODELS[code].title for code in _EXPORTED)
        return f"{MODELS[model].title} cannot be exported as ONNX; these can: {titles}."
    return ""


def onnx_file(experiment: Experiment) -> Stored:
    """Return where the export of a ready experiment is kept, made or not."""
    result = experiment.result
    return stored(result.folder, f"model.{result.model_sha256[:16]}{SUFFIX}")


def onnx_size_refusal(experiment: Experiment) -> str:
    """Say why a page does not wait for an export; empty where it does, or none need be made."""
    result = experiment.result
    is_small = result.n_signals <= MOST_ROWS and result.model_bytes <= MOST_BYTES
    if is_small or onnx_file(experiment).is_file():
        return ""
    return (
        f"This model is too large to be exported while a page waits ({thousands(result.n_signals)} "
        f"rows): run export_onnx {experiment.pk} at the command line."
    )


def onnx_export(experiment: Experiment) -> bytes:
    """Return a ready experiment's model as ONNX; rights are the caller's.

    Its input are the features in float32, NaN where one is missing; its outputs the number of the
    class and the probabilities. Names of features and classes are in its metadata.

    Raises
    ------
    Invalid
        Where it cannot be made, or answers otherwise than the pipeline on any training row.
    Unavailable
        Where the files of the experiment are missing or changed, or another export is under way.
    """
    if refused := onnx_refusal(experiment):
        raise Invalid(refused)
    kept = onnx_file(experiment)
    if kept.is_file():
        return kept.read_bytes()
    pipeline = model_load(experiment)
    rows = rows_read(experiment_file(experiment, ROWS))
    if not _lock.acquire(blocking=False):  # who waits would hold a thread of the web meanwhile
        raise Unavailable("Another model is being exported: try again in some seconds.")
    try:
        with threadpool_limits(1):
            content = onnx_bytes(
                pipeline, rows.x, features=rows.names, classes=report_read(experiment)["classes"]
            )
            if sentence := onnx_difference(content, pipeline, rows.x):
                raise Invalid(sentence)
    finally:
        _lock.release()
    try:
        with kept.made() as path:
            path.write_bytes(content)
    except OSError as error:  # it is made again the next time
        logger.warning("The export %s could not be kept: %s", kept, error)
    return content


def onnx_bytes(
    pipeline: "Pipeline",
    x: npt.NDArray[np.float64],
    *,
    features: Sequence[str],
    classes: Sequence[str],
) -> bytes:
    """Write a fitted pipeline as ONNX, without looking whether it answers the same."""
    import skl2onnx

    model: Any = skl2onnx.to_onnx(
        pipeline, x[:1].astype(np.float32), options={id(pipeline): {"zipmap": False}}
    )
    for key, value in (("features", list(features)), ("classes", list(classes))):
        model.metadata_props.add(key=key, value=json.dumps(value, ensure_ascii=False))
    content: bytes = model.SerializeToString()
    return content


def onnx_difference(content: bytes, pipeline: "Pipeline", x: npt.NDArray[np.float64]) -> str:
    """Say where an ONNX file answers otherwise than its pipeline; empty where it does not."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    n_other, furthest = 0, 0.0
    for first in range(0, len(x), _BLOCK):
        block = x[first : first + _BLOCK]
        labels, said = session.run(None, {name: block.astype(np.float32)})
        p = pipeline.predict_proba(block)
        if said.shape != p.shape:
            raise Unavailable("The exported model answers in another shape; nothing was written.")
        n_other += int((labels != pipeline.classes_[p.argmax(axis=1)]).sum())
        furthest = max(furthest, float(np.abs(said - p).max()))
    if not n_other and furthest <= TOLERANCE:
        return ""
    return (
        f"No ONNX was written: in float32 the model names another class for {thousands(n_other)} "
        f"of {thousands(len(x))} training rows, and its probabilities differ by up to "
        f"{furthest:.2g}, where {TOLERANCE:g} is allowed."
    )
