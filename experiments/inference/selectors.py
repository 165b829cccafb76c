"""Ask a model for a person: what that person may not see is left out of the answer."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet

from common.errors import NotFound
from datasets.selectors import datasets_visible
from experiments.inference.prediction import Prediction, predict
from experiments.inference.predictor import Predictor, predictor_of
from experiments.inference.subjects import Subject, signal_subject
from experiments.models import Experiment, PredictionRun
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


def runs_visible(user: Any) -> QuerySet[PredictionRun]:
    """Return the runs of models and datasets that `user` may both see."""
    datasets = datasets_visible(user).order_by().values("pk")
    experiments = experiments_visible(user).order_by().values("pk")
    return PredictionRun.objects.filter(experiment__in=experiments, dataset__in=datasets)


def run_get(user: Any, pk: int) -> PredictionRun:
    """Return a run that `user` may see."""
    found = (
        runs_visible(user)
        .select_related("experiment__result", "dataset__store", "job", "owner")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound("There are no such predictions.")
    return found


def run_counts(run: PredictionRun) -> list[dict[str, Any]]:
    """Return how many signals got each answer, and how many of them agree with their label.

    Labels are those of now; signals that the model was trained on are counted with what it said
    before it had seen them.
    """
    agrees = Q(signal__fault_class__code=F("answer"))
    labelled = Q(signal__fault_class__isnull=False)
    rows = run.predictions.values("outcome", "answer").annotate(
        n=Count("pk"),
        n_labelled=Count("signal__pk", filter=labelled),
        n_agreeing=Count("signal__pk", filter=agrees),
    )
    return list(rows.order_by("outcome", "-n", "answer"))
