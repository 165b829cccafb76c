from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from datasets.models.recipe import Recipe
from monitoring.models import Job
from signals.models import FaultClass, SignalStore


class Dataset(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        GENERATING = "generating", "Generating"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    store = models.OneToOneField(SignalStore, on_delete=models.CASCADE, related_name="dataset")
    recipe = models.OneToOneField(
        Recipe, null=True, blank=True, on_delete=models.PROTECT, related_name="dataset"
    )
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="datasets"
    )
    n_planned = models.PositiveIntegerField(help_text="Signals the recipe asks for.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at"], name="dataset_newest")]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="dataset_name_once",
                violation_error_message="This name is taken. Choose another one.",
            ),
            models.CheckConstraint(
                name="dataset_status_known",
                condition=Q(status__in=["queued", "generating", "ready", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="dataset_ready_has_time",
                condition=~Q(status="ready") | Q(ready_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClassCount(models.Model):
    """Signals per class of a ready dataset, stored once: cards and charts need no grouping."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="class_counts")
    fault_class = models.ForeignKey(FaultClass, on_delete=models.PROTECT, related_name="+")
    n_signals = models.PositiveIntegerField()

    class Meta:
        ordering = ["fault_class__position"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "fault_class"], name="class_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.fault_class}: {self.n_signals}"
