from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from datasets.models.recipe import Recipe
from monitoring.models import Job
from signals.models import FaultClass, SignalStore


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def kept(self) -> Self:
        """Return those that are not in the trash."""
        return self.filter(trashed_at__isnull=True)


class Dataset(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        GENERATING = "generating", "Generating"
        IMPORTING = "importing", "Importing"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Origin(models.TextChoices):
        SIMULATED = "simulated", "Simulated"
        RECORDED = "recorded", "Recorded"

    name = models.CharField(max_length=100)
    description = models.TextField(max_length=10_000, blank=True, help_text="Markdown.")
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    store = models.OneToOneField(SignalStore, on_delete=models.CASCADE, related_name="dataset")
    recipe = models.OneToOneField(
        Recipe, null=True, blank=True, on_delete=models.PROTECT, related_name="dataset"
    )
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="datasets"
    )
    n_planned = models.PositiveIntegerField(
        help_text="Signals the recipe asks for; of an import its files."
    )
    origin = models.CharField(
        max_length=10, choices=Origin, default=Origin.SIMULATED, db_default=Origin.SIMULATED
    )
    licence = models.CharField(max_length=200, blank=True, default="", db_default="")
    citation = models.CharField(max_length=1000, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was thrown away, if it was."
    )

    objects = models.Manager.from_queryset(DatasetQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at"], name="dataset_newest"),
            models.Index(
                fields=["trashed_at"],
                name="dataset_trashed",
                condition=Q(trashed_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="dataset_name_once",
                condition=Q(trashed_at__isnull=True),
                violation_error_message="This name is taken. Choose another one.",
            ),
            models.CheckConstraint(
                name="dataset_status_known",
                condition=Q(
                    status__in=[
                        "queued",
                        "generating",
                        "importing",
                        "ready",
                        "failed",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="dataset_origin_known", condition=Q(origin__in=["simulated", "recorded"])
            ),
            models.CheckConstraint(
                name="dataset_ready_has_time",
                condition=~Q(status="ready") | Q(ready_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_recorded(self) -> bool:
        """Whether people brought its signals, rather than a recipe made them."""
        return self.origin == self.Origin.RECORDED

    @property
    def removed_at(self) -> datetime | None:
        """When it is removed for good, where it is in the trash."""
        return self.trashed_at and self.trashed_at + timedelta(days=settings.TRASH_DAYS)

    @property
    def is_being_made(self) -> bool:
        """Whether a job makes it now."""
        return self.status in (self.Status.GENERATING, self.Status.IMPORTING)


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
