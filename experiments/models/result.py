from django.db import models
from django.db.models import Q

from experiments.models.experiment import Experiment
from vibration.learning.words import percent


class ExperimentResult(models.Model):
    """What came out, and checksums of the files that it was computed from.

    Every number here stands in the folder's report, too, and derives from its predictions.
    """

    experiment = models.OneToOneField(Experiment, on_delete=models.CASCADE, related_name="result")
    folder = models.CharField(max_length=200, help_text="Below the storage folder.")
    n_signals = models.PositiveIntegerField()
    n_groups = models.PositiveIntegerField()
    groups_are = models.CharField(max_length=60, help_text="What several groups are called.")
    protocol = models.CharField(max_length=300, help_text="In words.")
    score = models.FloatField("accuracy by the protocol")
    low = models.FloatField("lower limit of the score", null=True, blank=True)
    high = models.FloatField("upper limit of the score", null=True, blank=True)
    random_score = models.FloatField("accuracy of the mirrored random split")
    majority = models.FloatField("accuracy of the most frequent class")
    gap = models.FloatField("random score − score")
    gap_low = models.FloatField(null=True, blank=True)
    gap_high = models.FloatField(null=True, blank=True)
    balanced_accuracy = models.FloatField()
    macro_f1 = models.FloatField()
    warning = models.TextField(blank=True)
    seconds = models.FloatField("time of the training (s)")
    fit_s = models.FloatField("time of one fit (s)", help_text="Of the model that is kept.")
    predict_s = models.FloatField("time of a prediction (s)", help_text="Of one row, by itself.")
    fingerprint = models.CharField(
        max_length=64, help_text="Of rows, classes, groups and features."
    )
    rows_fingerprint = models.CharField(max_length=64, help_text="The same without features.")
    predictions_sha256 = models.CharField(max_length=64)
    model_sha256 = models.CharField(max_length=64)
    model_bytes = models.PositiveBigIntegerField()
    sklearn_version = models.CharField(max_length=20)
    numpy_version = models.CharField(max_length=20)
    scipy_version = models.CharField(max_length=20)
    python_version = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["score"], name="experiment_score")]
        constraints = [
            models.CheckConstraint(
                name="experiment_scores_are_shares",
                condition=Q(score__gte=0, score__lte=1, random_score__gte=0, random_score__lte=1),
            )
        ]

    def __str__(self) -> str:
        return f"result of {self.experiment_id}"

    @property
    def score_percent(self) -> str:
        return percent(self.score)

    @property
    def random_percent(self) -> str:
        return percent(self.random_score)

    @property
    def majority_percent(self) -> str:
        return percent(self.majority)

    @property
    def balanced_percent(self) -> str:
        return percent(self.balanced_accuracy)

    @property
    def predict_ms(self) -> float:
        return 1000 * self.predict_s

    @property
    def interval_percent(self) -> str:
        """Its 95 % interval, empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{percent(self.low)}–{percent(self.high)}"


class Fold(models.Model):
    """One fit of a run and the test of it."""

    class Run(models.TextChoices):
        SCORED = "scored", "By the protocol"
        MIRRORED = "mirrored", "Mirrored at random"
        MAJORITY = "majority", "Majority class"

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="folds")
    run = models.CharField(max_length=10, choices=Run)
    repeat = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    n_train = models.PositiveIntegerField()
    n_test = models.PositiveIntegerField()
    accuracy = models.FloatField()
    fit_s = models.FloatField("processor time of training (s)")
    predict_s = models.FloatField("processor time of testing (s)")

    class Meta:
        ordering = ["experiment", "-run", "repeat", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "run", "repeat", "number"], name="experiment_fold_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_run_display()} {self.repeat}.{self.number}"
