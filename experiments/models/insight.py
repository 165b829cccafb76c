from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from experiments.models.experiment import Experiment
from monitoring.models import Job


class Insight(models.Model):
    """What a model lives on, measured after its score: features that it needs, groups it learnt of.

    Its job is of its own, so that nobody waits for it to see the score.
    """

    experiment = models.OneToOneField(Experiment, on_delete=models.CASCADE, related_name="insight")
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="insights"
    )
    is_no_better = models.BooleanField(
        "no better than the majority",
        default=False,
        help_text="Then shuffling features harms nothing, and only the curve is measured.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"insight of {self.experiment_id}"


class Importance(models.Model):
    """Balanced accuracy that is lost where a feature is shuffled, or a cluster of them together."""

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="importances")
    position = models.PositiveSmallIntegerField()
    features = ArrayField(models.CharField(max_length=60))
    mean = models.FloatField("mean over folds")
    sd = models.FloatField("standard deviation over folds")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["insight", "position"], name="importance_place")
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.features)}: {self.mean:.3f}"


class LearningPoint(models.Model):
    """Accuracy of a model that was trained on so many groups of each class."""

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="points")
    n_groups = models.PositiveIntegerField("groups of each class in training")
    accuracy = models.FloatField()

    class Meta:
        ordering = ["n_groups"]
        constraints = [
            models.UniqueConstraint(fields=["insight", "n_groups"], name="learning_point_once")
        ]

    def __str__(self) -> str:
        return f"{self.n_groups}: {self.accuracy:.3f}"
