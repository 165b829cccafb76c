"""Ask a model about all signals of a filter: a job that goes on where it was stopped."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from common.database import retried
from common.errors import Invalid, NotAllowed
from common.page_state import read_id
from common.roles import is_engineer, may_manage
from common.text import counted, thousands
from datasets.scope import part_query, scope_of_part
from datasets.selectors import dataset_get
from experiments.inference.batches import Said, block_predict
from experiments.inference.predictor import Predictor, predictor_of
from experiments.kinds import PREDICT
from experiments.models import Experiment, PredictionRun, SignalPrediction
from experiments.selectors import experiment_get
from monitoring.events import event_record
from monitoring.jobs.lifecycle import (
    JobLost,
    job_cancel_request,
    job_complete,
    job_create,
    job_enqueue,
    job_retry,
)
from monitoring.jobs.pulse import JobRun
from monitoring.models import Job, SystemEvent
from monitoring.notices.services import notification_send

MOST_SIGNALS: Final = 100_000
BLOCK: Final = 500
_LONGEST: Final = PredictionRun._meta.get_field("query").max_length or 0


def predictions_request(*, user: Any, experiment: Experiment, query: QueryDict) -> PredictionRun:
    """Have a worker ask a model about the signals of an explorer's address.

    Raises
    ------
    NotFound
        Where `user` sees neither the dataset nor the experiment.
    NotAllowed
        Where `user` is no engineer.
    Invalid
        Without a dataset, for no signal or more than 100 000, and for a model that is not ready.
    """
    experiment = experiment_get(user, experiment.pk)
    if not is_engineer(user):
        raise NotAllowed("Asking about many signals needs the engineer role; ask an administrator.")
    if experiment.status != Experiment.Status.READY:
        raise Invalid(f"“{experiment.name}” is not trained yet; choose one that is ready.")
    dataset = read_id(str(query.get("dataset", "")))
    if dataset is None:
        raise Invalid("Choose one dataset in the explorer first.")
    part = part_query(query, _LONGEST)
    n = scope_of_part(user, dataset, part).signals().count()
    if not 1 <= n <= MOST_SIGNALS:
        raise Invalid(
            f"1 to {thousands(MOST_SIGNALS)} signals are predicted at once, not {thousands(n)}: "
            "change the filter."
        )
    with transaction.atomic():
        run = PredictionRun(
            experiment=experiment, owner=user, dataset_id=dataset, query=part, job=None
        )
        run.full_clean(exclude=["owner", "dataset", "experiment"])
        run.save()
        run.job = job_create(
            owner=user,
            kind=PREDICT,
            title=f"Predict {counted(n, 'signal')} with {experiment.name}",
            url=reverse("inference:run", args=[run.pk]),
            total=n,
        )
        run.save(update_fields=["job"])
        job_enqueue(run.job)
        event_record(
            kind=SystemEvent.Kind.CREATED,
            actor=user,
            subject=experiment.name,
            detail=f"predictions of {counted(n, 'signal')}",
        )
    return run


def predictions_cancel(*, user: Any, run: PredictionRun) -> None:
    """Stop a run; what it said so far stays."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began these predictions may cancel them.")
    if run.job is None:
        raise Invalid("Nothing is running.")
    job_cancel_request(user=user, job=run.job)


def predictions_retry(*, user: Any, run: PredictionRun) -> None:
    """Go on with a run that failed or was cancelled, where it was stopped."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began these predictions may go on with them.")
    if run.job is None:
        raise Invalid("There is nothing to go on with.")
    job_retry(user=user, job=run.job)


def predictions_delete(*, user: Any, run: PredictionRun) -> None:
    """Remove a run with what it said."""
    if not may_manage(user, run.owner_id):
        raise NotAllowed("Only who began these predictions may delete them.")
    if run.job is not None and run.job.is_active:
        raise Invalid("These predictions are still being made: cancel them first.")
    PredictionRun.objects.filter(pk=run.pk).delete()


def predictions_make(*, run: JobRun) -> None:
    """Ask the model of the run's job, a block of signals at a time."""
    asked = retried(partial(_run_of, run))
    experiment = retried(partial(experiment_get, run.job.owner, asked.experiment_id))
    predictor = predictor_of(experiment)
    scope = retried(partial(scope_of_part, run.job.owner, asked.dataset_id, asked.query))
    wanted = retried(lambda: np.sort(np.array(scope.signals().values_list("pk", flat=True))))
    done = retried(lambda: np.array(asked.predictions.values_list("signal", flat=True), np.int64))
    left = np.setdiff1d(wanted, done)
    run.progress(wanted.size - left.size, wanted.size)
    for first in range(0, left.size, BLOCK):
        run.check()
        if first:
            retried(partial(_prove_seen, run, asked))
        block = left[first : first + BLOCK]
        said = retried(partial(block_predict, predictor, block))
        retried(partial(_keep, run, asked, said))
        run.progress(wanted.size - left.size + first + block.size, wanted.size)
    retried(partial(_finish, run, asked, predictor, wanted))


def _prove_seen(run: JobRun, asked: PredictionRun) -> None:
    """Refuse to go on with what was put in the trash, or hidden from its reader, meanwhile."""
    if not PredictionRun.objects.filter(pk=asked.pk).exists():
        raise JobLost
    experiment_get(run.job.owner, asked.experiment_id)
    dataset_get(run.job.owner, asked.dataset_id)


@transaction.atomic
def _keep(run: JobRun, asked: PredictionRun, said: Sequence[Said]) -> None:
    if not PredictionRun.objects.select_for_update(of=["self"]).filter(pk=asked.pk).exists():
        raise JobLost
    SignalPrediction.objects.bulk_create(
        (
            SignalPrediction(
                experiment_id=asked.experiment_id, run=asked, signal_id=each.pk, **each.values()
            )
            for each in said
        ),
        update_conflicts=True,
        unique_fields=["experiment", "signal"],
        update_fields=["run", *Said.FIELDS],
    )


@transaction.atomic
def _finish(
    run: JobRun, asked: PredictionRun, predictor: Predictor, wanted: npt.NDArray[np.int64]
) -> None:
    if Job.objects.filter(pk=run.job.pk, status=Job.Status.COMPLETED).exists():
        return  # the commit arrived, only its answer was lost
    job_complete(run.job)
    if not PredictionRun.objects.filter(pk=asked.pk).update(ready_at=timezone.now()):
        raise JobLost
    notification_send(
        user=run.job.owner,
        title="Signals predicted",
        text=f"{asked.experiment.name}: {counted(int(wanted.size), 'signal')}.",
        url=run.job.url,
        level="success",
    )


def _run_of(run: JobRun) -> PredictionRun:
    found = PredictionRun.objects.select_related("experiment").filter(job=run.job).first()
    if found is None:
        raise JobLost
    return found
