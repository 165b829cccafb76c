"""One answer of a model: the set of classes, how far the signal lies, and what decided."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from common.errors import Invalid
from common.text import joined, thousands
from experiments.inference.predictor import Predictor
from experiments.inference.subjects import Subject
from vibration.features.groups import ALL_FEATURES, place_of
from vibration.learning.conformal import prediction_sets, set_words
from vibration.learning.reasons import local_reasons
from vibration.learning.words import percent
from vibration.quantities import unit_of

REASONS: Final = 5
SAME_RATE: Final = 0.01
SHORTEST: Final = 0.5
_OF_SPEED: Final = frozenset(("harmonic_ratio_2x", "harmonic_ratio_3x", "subsynchronous_ratio"))
DISTANCE_WORDS: Final = {
    "familiar": "As near to the training signals as they are to each other. A known distance is "
    "no proof of a known class.",
    "unusual": "Unusual: farther from the training signals than 95 % of them are from other "
    "{many}. Read the answer with care.",
    "unlike": "Unlike training: farther from the training signals than 99 % of them are from "
    "other {many}. The model has no say about such a signal.",
}


@dataclass(frozen=True)
class Reason:
    """What one feature did to the probability of the class that the model finds most probable."""

    name: str
    title: str
    unit: str
    value: float | None
    percentile: float | None
    effect: float


@dataclass(frozen=True)
class Neighbour:
    """A training signal close to the one that was asked about."""

    pk: int
    distance: float
    code: str
    group: str


@dataclass(frozen=True, eq=False)
class Prediction:
    """An answer of a model.

    Attributes
    ----------
    subject : Subject
    probabilities : ndarray, shape (K,)
    kept : ndarray of bool, shape (K,)
        Classes of the set.
    answer : str
        The set in words.
    top : int
        The most probable class.
    distance : float
        To the fifth nearest training signal.
    familiarity : str
        ``familiar``, ``unusual`` or ``unlike``.
    reasons : tuple of Reason
    neighbours : tuple of Neighbour
    before : ndarray, shape (K,), or None
        Of a signal that the model was trained on: what it said before it had seen its group.
    """

    subject: Subject
    probabilities: Any
    kept: Any
    answer: str
    top: int
    distance: float
    familiarity: str
    reasons: tuple[Reason, ...]
    neighbours: tuple[Neighbour, ...]
    before: Any


def metadata_refusal(predictor: Predictor, subject: Subject) -> str:
    """Say why a model has no answer by rate, unit and length, before any feature is measured."""
    rates_hz = predictor.rates_hz
    if not any(abs(subject.fs_hz - fs_hz) <= SAME_RATE * fs_hz for fs_hz in rates_hz):
        said = joined([thousands(fs_hz) for fs_hz in rates_hz[:3]], "or")
        return (
            f"The model was trained on signals sampled at {said} Hz, and {subject.name} has "
            f"{thousands(subject.fs_hz)} Hz: resample it, or choose another model."
        )
    if unit_of(subject.unit).name not in predictor.units:
        return (
            f"The model was trained on signals in {joined(list(predictor.units), 'or')}, and "
            f"{subject.name} is in {subject.unit or 'an unknown unit'}: convert it, or choose "
            "another model."
        )
    if subject.n_samples < SHORTEST * predictor.shortest:
        return (
            f"{subject.name} has {thousands(subject.n_samples)} samples, less than half of the "
            f"shortest training signal ({thousands(predictor.shortest)}): bring a longer record."
        )
    return ""


def refusal(predictor: Predictor, subject: Subject) -> str:
    """Say why a model has no answer for a signal, by what is known of it; empty where it may."""
    if sentence := metadata_refusal(predictor, subject):
        return sentence
    row = subject.row(predictor.rows.names)
    lacking = [
        name
        for name, always, value in zip(predictor.rows.names, predictor.always, row, strict=True)
        if always and not np.isfinite(value)
    ]
    return _lacking(subject, lacking) if lacking else ""


def _lacking(subject: Subject, names: list[str]) -> str:
    named = f"The model needs {ALL_FEATURES[names[0]].title}"
    more = f" and {len(names) - 1} other features" if len(names) > 1 else ""
    place = place_of(names[0])
    if place is not None and place[0].code == "bearing_orders":
        hint = "they need shaft speed, the bearing’s geometry and a record long enough"
    elif names[0] in _OF_SPEED:
        hint = "it needs shaft speed"
    else:
        hint = "its samples do not define it"
    return f"{named}{more}, which {subject.name} lacks: {hint}."


def predict(predictor: Predictor, subject: Subject) -> Prediction:
    """Ask a model about a signal.

    Raises
    ------
    Invalid
        Where what is known of the signal is unlike training: the sentence says what.
    """
    if sentence := refusal(predictor, subject):
        raise Invalid(sentence)
    row = subject.row(predictor.rows.names)
    p = predictor.pipeline.predict_proba(row[np.newaxis])[0]
    top = int(p.argmax())
    kept = prediction_sets(p[np.newaxis], predictor.thresholds)[0]
    own = subject.pk in predictor.out_of_fold
    own_group = predictor.group_of(subject.pk) if own and subject.pk is not None else None
    allowed = None if own_group is None else predictor.groups != own_group
    nearest, distances = predictor.familiarity.nearest(row, allowed=allowed)
    rows = predictor.rows
    return Prediction(
        subject=subject,
        probabilities=p,
        kept=kept,
        answer=set_words(kept, predictor.class_names),
        top=top,
        distance=float(distances[-1]),
        familiarity=predictor.familiarity.word(float(distances[-1])),
        reasons=_reasons(predictor, row, top),
        neighbours=tuple(
            Neighbour(int(rows.pks[at]), float(d), rows.classes[at], rows.groups[at])
            for at, d in zip(nearest.tolist(), distances.tolist(), strict=True)
        ),
        before=predictor.out_of_fold[subject.pk] if own and subject.pk is not None else None,
    )


def _reasons(predictor: Predictor, row: Any, top: int) -> tuple[Reason, ...]:
    effects = local_reasons(
        lambda x: predictor.pipeline.predict_proba(x)[:, top], row, predictor.background
    )
    order = np.argsort(-np.abs(effects), kind="stable")[:REASONS]
    found = []
    for column in order.tolist():
        name = predictor.rows.names[column]
        feature = ALL_FEATURES[name]
        value = None if np.isnan(row[column]) else float(row[column])
        found.append(
            Reason(
                name,
                feature.title,
                feature.unit,
                value,
                predictor.percentile(column, row[column]),
                float(effects[column]),
            )
        )
    return tuple(found)


def answer_words(predictor: Predictor, said: Prediction) -> str:
    """Say an answer, or why there is none, in a sentence."""
    n = int(said.kept.sum())
    if said.familiarity == "unlike":
        return f"No answer: the signal is unlike training. The set would be {said.answer}."
    if n == 0:
        return "No answer: the signal resembles none of the classes."
    if n == len(predictor.codes):
        return "No answer: the model cannot rule out any class."
    if n > 1:
        return f"{said.answer}: the model cannot decide between {n} classes."
    return f"{said.answer}."


def coverage_words(predictor: Predictor) -> str:
    """Say how often such sets held the right class, as it was measured."""
    return (
        f"Sets are made to hold the right class 9 times in 10; on {predictor.groups_are} left out "
        f"they did {percent(predictor.coverage.share)} % of the time, with "
        f"{predictor.coverage.mean_size:.2f} classes on average."
    )


def as_json(predictor: Predictor, said: Prediction) -> dict[str, Any]:
    """Return an answer for programs."""
    names = predictor.codes
    return {
        "name": said.subject.name,
        "signal": said.subject.pk,
        "answer": answer_words(predictor, said),
        "set": [code for code, held in zip(names, said.kept.tolist(), strict=True) if held],
        "abstains": is_abstained(said),
        "coverage": {"asked": 0.9, "measured": predictor.coverage.share},
        "probabilities": dict(zip(names, map(float, said.probabilities), strict=True)),
        "distance": {
            "value": said.distance,
            "unusual": predictor.familiarity.unusual,
            "unlike": predictor.familiarity.unlike,
            "says": said.familiarity,
        },
        "reasons": [
            {
                "feature": each.name,
                "value": each.value,
                "percentile": each.percentile,
                "effect": each.effect,
            }
            for each in said.reasons
        ],
        "neighbours": [
            {"signal": each.pk, "class": each.code, "group": each.group, "distance": each.distance}
            for each in said.neighbours
        ],
        "trained_on": said.before is not None,
    }


def is_abstained(said: Prediction) -> bool:
    """Tell whether there is no single class to name."""
    return int(said.kept.sum()) != 1 or said.familiarity == "unlike"
