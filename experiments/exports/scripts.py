"""A run as a script: the same predictions, with the public parts of the science alone."""

import io
import zipfile
from typing import Final

from experiments.models import Experiment
from experiments.results.files import FOLDS, ROWS, experiment_file
from experiments.training.planning import wish_of

SCRIPT: Final = "train.py"
_TEXT: Final = """\
import numpy as np
import pyarrow.parquet as pq

from vibration.learning.evaluation import evaluate
from vibration.learning.groups import numbered

table = pq.read_table("{rows}")
names = [name for name in table.column_names if name.startswith("x ")]
x = np.column_stack([table[name].to_numpy() for name in names])
classes, y = numbered(table["class"].to_pylist())
group_names, groups = numbered(table["group"].to_pylist())
folds = np.load("{folds}")

if __name__ == "__main__":
    found = evaluate(
        x,
        y,
        groups,
        folds,
        model={model!r},
        seed={seed},
        top_k={top_k},
        parameters={parameters!r},
        n_tries={n_tries},
    )
    print("SHA-256 of the predictions:", found.scored.sha256)
    print("The portal's:              ", {sha256!r})
"""


def script_of(experiment: Experiment) -> str:
    """Return the script that gives a ready experiment's predictions again, bit for bit."""
    wish = wish_of(experiment.config)
    return _TEXT.format(
        rows=ROWS,
        folds=FOLDS,
        model=wish.model,
        seed=wish.seed,
        top_k=wish.top_k,
        parameters=wish.parameters,
        n_tries=wish.n_tries,
        sha256=experiment.result.predictions_sha256,
    )


def script_archive(experiment: Experiment) -> bytes:
    """Return the script as a zip with the two files that it reads."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SCRIPT, script_of(experiment))
        for name in (ROWS, FOLDS):
            archive.writestr(name, experiment_file(experiment, name).read_bytes())
    return kept.getvalue()
