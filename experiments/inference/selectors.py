"""Ask a model for a person: what that person may not see is left out of the answer."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import QuerySet

from experiments.inference.prediction import Prediction, predict
from experiments.inference.predictor import Predictor, predictor_of
from experiments.inference.subjects import Subject, signal_subject
from experiments.models import Experiment
from experiments.selectors import experiments_visible
from signals.models import Signal
from signals.selectors import signals_visible

MOST_OFFERED: Final = 200


@dataclass(frozen=True, eq=False)
class Answer:
    """A prediction as one person may see it.

    Attributes
    ----------
    predictor : Predictor
    said : Prediction
        Its neighbours are those that this person may see.
    signals : dict of int to Signal
        The neighbours' rows.
    n_hidden : int
        Neighbours that were left out.
    """

    predictor: Predictor
    said: Prediction
    signals: dict[int, Signal]
    n_hidden: int


def models_offered(user: Any) -> QuerySet[Experiment]:
    """Return the ready models that `user` may ask, the newest first."""
    return (
        experiments_visible(user)
        .filter(status=Experiment.Status.READY, is_archived=False)
        .select_related("config", "result", "dataset")[:MOST_OFFERED]
    )


def signal_predict(user: Any, experiment: Experiment, pk: int) -> Answer:
    """Ask a model, which `user` may see, about a signal.

    Raises
    ------
    NotFound
        Where `user` may not see the signal.
    Invalid
        Where it is unlike training by its metadata.
    """
    predictor = predictor_of(experiment)
    return answer_for(user, predictor, signal_subject(user, pk, predictor.rows.names))


def answer_for(user: Any, predictor: Predictor, subject: Subject) -> Answer:
    """Ask a model about a subject, and leave out the neighbours that `user` may not see."""
    said = predict(predictor, subject)
    pks = [each.pk for each in said.neighbours]
    signals = signals_visible(user).in_bulk(pks)
    shown = tuple(each for each in said.neighbours if each.pk in signals)
    return Answer(predictor, replace(said, neighbours=shown), signals, len(pks) - len(shown))
