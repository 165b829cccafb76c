"""What its owner does with an experiment: cancel, try again, describe, put away, delete."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from django.db import transaction

from common.database import after_commit
from common.errors import Invalid, NotAllowed
from common.text.names import name_clean, text_clean
from experiments.models import Experiment, ExperimentTag, Insight
from experiments.results.files import final_folder
from experiments.selectors import may_manage_experiment
from experiments.services.hints import experiment_hint
from monitoring.events import event_record
from monitoring.jobs.lifecycle import job_cancel_request, job_retry
from monitoring.models import SystemEvent

MOST_TAGS: Final = 20
LONGEST_NAME: Final = Experiment._meta.get_field("name").max_length or 0
LONGEST_NOTES: Final = Experiment._meta.get_field("notes").max_length or 0
LONGEST_TAG: Final = ExperimentTag._meta.get_field("name").max_length or 0


def experiment_cancel(*, user: Any, experiment: Experiment) -> None:
    """Cancel a training that waits or runs."""
    _may_manage_or_refuse(user, experiment, "cancel")
    if experiment.job is None:
        raise Invalid("Nothing is running for this experiment.")
    job_cancel_request(user=user, job=experiment.job)


def experiment_retry(*, user: Any, experiment: Experiment) -> None:
    """Queue a failed or cancelled training again, from the same config."""
    _may_manage_or_refuse(user, experiment, "retry")
    if experiment.job is None:
        raise Invalid("There is nothing to try again for this experiment.")
    job_retry(user=user, job=experiment.job)


def experiment_describe(
    *,
    user: Any,
    experiment: Experiment,
    name: str,
    notes: str,
    tags: Iterable[str],
    is_archived: bool,
) -> None:
    """Give an experiment its name, notes and tags, and put it away or bring it back.

    Raises
    ------
    Invalid
        For a name, notes or a tag that is too long or holds what nobody sees; too many tags.
    """
    _may_manage_or_refuse(user, experiment, "describe")
    kept = {
        name.casefold(): name
        for name in (
            name_clean(tag, what="A tag", longest=LONGEST_TAG, field="tags")
            for tag in tags
            if tag.strip()
        )
    }
    if len(kept) > MOST_TAGS:
        raise Invalid(f"An experiment has at most {MOST_TAGS} tags.")
    experiment.name = name_clean(name, what="An experiment's name", longest=LONGEST_NAME)
    experiment.notes = text_clean(notes, what="Notes", longest=LONGEST_NOTES, field="notes")
    experiment.is_archived = is_archived
    with transaction.atomic():
        Experiment.objects.select_for_update().filter(pk=experiment.pk).first()
        experiment.save(update_fields=["name", "notes", "is_archived"])
        experiment.tags.all().delete()
        ExperimentTag.objects.bulk_create(
            ExperimentTag(experiment=experiment, name=tag) for tag in kept.values()
        )
        after_commit(experiment_hint, experiment)


def experiment_delete(*, user: Any, experiment: Experiment) -> None:
    """Remove an experiment with its model; cancel its training first."""
    _may_manage_or_refuse(user, experiment, "delete")
    with transaction.atomic():
        insights = Insight.objects.filter(experiment=experiment).select_related("job")
        for job in (experiment.job, *(insight.job for insight in insights)):
            if job is not None:
                with suppress(Invalid):  # it has ended
                    job_cancel_request(user=user, job=job)
        pk, name = experiment.pk, experiment.name
        Experiment.objects.filter(pk=pk).delete()
        event_record(kind=SystemEvent.Kind.DELETED, actor=user, subject=name, detail="experiment")
        after_commit(final_folder(pk).discard)
        after_commit(experiment_hint, experiment)


def _may_manage_or_refuse(user: Any, experiment: Experiment, verb: str) -> None:
    if not may_manage_experiment(user, experiment):
        raise NotAllowed(f"Only its owner may {verb} this experiment.")
