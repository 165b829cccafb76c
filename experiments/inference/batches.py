"""Many signals at once: the same answers as one by one, without what only a page shows."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from common.database import among
from experiments.inference.prediction import refusal
from experiments.inference.predictor import Predictor
from experiments.inference.subjects import Subject
from experiments.models import SignalPrediction
from signals.feature_groups import group_columns
from signals.models import Signal
from vibration.features import FEATURE_NAMES
from vibration.learning.conformal import prediction_sets
from vibration.learning.groups import Numbers

Outcome = SignalPrediction.Outcome


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is kept of an answer; see `SignalPrediction`."""

    FIELDS: ClassVar[tuple[str, ...]] = (
        *("outcome", "answer", "kept", "probability", "distance", "refusal", "was_trained_on"),
    )
    pk: int
    outcome: str
    answer: str = ""
    kept: tuple[str, ...] = ()
    probability: float | None = None
    distance: float | None = None
    refusal: str = ""
    was_trained_on: bool = False

    def values(self) -> dict[str, Any]:
        """Return the columns of its row."""
        return {name: value for name, value in asdict(self).items() if name != "pk"} | {
            "kept": list(self.kept)
        }


def block_predict(predictor: Predictor, pks: Numbers) -> list[Said]:
    """Answer for signals by their ids, which were found for a person; those gone are left out.

    Of a signal that the model was trained on this is what it said before it had seen its group.
    """
    subjects = _subjects(predictor, pks)
    said = []
    rows: list[tuple[Subject, npt.NDArray[np.float64]]] = []
    for subject in subjects:
        pk = subject.pk or 0
        if sentence := refusal(predictor, subject):
            said.append(Said(pk=pk, outcome=Outcome.REFUSED, refusal=sentence[:400]))
        else:
            rows.append((subject, subject.row(predictor.rows.names)))
    if not rows:
        return said
    probabilities = predictor.pipeline.predict_proba(np.stack([row for _, row in rows]))
    for (subject, row), fresh in zip(rows, probabilities, strict=True):
        said.append(_said(predictor, subject, row, fresh))
    return said


def _said(predictor: Predictor, subject: Subject, row: Any, fresh: Any) -> Said:
    pk = subject.pk or 0
    before = predictor.out_of_fold.get(pk)
    p = fresh if before is None else before
    allowed = None if before is None else predictor.groups != predictor.group_of(pk)
    distance = float(predictor.familiarity.nearest(row, allowed=allowed)[1][-1])
    kept = prediction_sets(p[np.newaxis], predictor.thresholds)[0]
    codes = tuple(code for code, held in zip(predictor.codes, kept.tolist(), strict=True) if held)
    if predictor.familiarity.word(distance) == "unlike":
        outcome, answer = Outcome.UNLIKE, ""
    elif len(codes) == 1:
        outcome, answer = Outcome.ANSWERED, codes[0]
    else:
        outcome, answer = Outcome.ABSTAINS, ""
    return Said(
        pk=pk,
        outcome=outcome,
        answer=answer,
        kept=codes,
        probability=float(p.max()),
        distance=distance,
        was_trained_on=before is not None,
    )


def _subjects(predictor: Predictor, pks: Numbers) -> list[Subject]:
    names = predictor.rows.names
    own = tuple(name for name in names if name in FEATURE_NAMES)
    more = tuple(name for name in names if name not in FEATURE_NAMES)
    found = Signal.objects.filter(pk__in=among(pks)).order_by("pk")
    rows = list(found.values("pk", "label", "fs_hz", "n_samples", "unit", *own))
    beside = group_columns(np.array([row["pk"] for row in rows], np.int64), more)
    subjects = []
    for row, values in zip(rows, beside.tolist(), strict=True):
        features = {name: np.nan if row[name] is None else row[name] for name in own}
        features |= dict(zip(more, values, strict=True))
        subjects.append(
            Subject(row["label"], features, row["fs_hz"], row["n_samples"], row["unit"], row["pk"])
        )
    return subjects
