from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from datasets.models import Dataset
from monitoring.models import Job


class Experiment(models.Model):
    """A model, trained and tested on features of one dataset; its rights are the dataset's."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        TRAINING = "training", "Training"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="experiments"
    )
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="experiments")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="experiments"
    )
    notes = models.CharField(max_length=2000, blank=True)
    is_archived = models.BooleanField("archived", default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="experiment_newest")]
        constraints = [
            models.CheckConstraint(
                name="experiment_status_known",
                condition=Q(status__in=["queued", "training", "ready", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="experiment_ready_has_time",
                condition=~Q(status="ready") | Q(ready_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether a worker has it, or is going to."""
        return self.status in (self.Status.QUEUED, self.Status.TRAINING)


class ExperimentTag(models.Model):
    """A word that somebody gave an experiment."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("experiment", Lower("name"), name="experiment_tag_once")
        ]

    def __str__(self) -> str:
        return self.name
