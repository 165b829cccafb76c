from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from datasets.models import Dataset
from experiments.models.experiment import Experiment
from monitoring.models import Job
from signals.models import Signal


class PredictionRun(models.Model):
    """A model, asked about all signals of an explorer's filter."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="prediction_runs"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="prediction_runs"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="prediction_runs")
    query = models.CharField(max_length=4000, blank=True, help_text="Of the explorer's address.")
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="prediction_runs"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.experiment_id} asked about {self.dataset_id}"


class SignalPrediction(models.Model):
    """What a model says of a signal: the newest answer of each model is kept."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "Answered"
        ABSTAINS = "abstains", "Abstains"
        UNLIKE = "unlike", "Unlike training"
        REFUSED = "refused", "Refused"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="predictions")
    run = models.ForeignKey(PredictionRun, on_delete=models.CASCADE, related_name="predictions")
    signal = models.ForeignKey(  # signals of a store go in one statement that knows no models
        Signal, on_delete=models.DO_NOTHING, db_constraint=False, related_name="predictions"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    answer = models.CharField(
        max_length=60, blank=True, help_text="Code of the class; empty where there is no answer."
    )
    kept = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="The set at 90 %."
    )
    probability = models.FloatField(null=True, blank=True, help_text="Of the most probable class.")
    distance = models.FloatField(null=True, blank=True)
    refusal = models.CharField(max_length=400, blank=True)
    was_trained_on = models.BooleanField(
        default=False, help_text="Then this is what the model said before it had seen its group."
    )

    class Meta:
        indexes = [models.Index(fields=["run", "outcome", "answer"], name="prediction_counted")]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "signal"], name="prediction_once"),
            models.CheckConstraint(
                name="prediction_outcome_known",
                condition=Q(outcome__in=["answered", "abstains", "unlike", "refused"]),
            ),
            models.CheckConstraint(
                name="prediction_answer_where_answered",
                condition=(Q(outcome="answered") & ~Q(answer=""))
                | (~Q(outcome="answered") & Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.answer or self.outcome}"
