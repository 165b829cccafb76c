from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from monitoring.models import Job
from signals.models import FaultClass, NoiseSource, Severity, SignalStore


class Recipe(models.Model):
    """How a generated dataset is made: with the simulator's version it fixes every sample."""

    seed = models.PositiveBigIntegerField(default=0)
    per_class = models.PositiveIntegerField(default=100, validators=[MinValueValidator(1)])
    augmentation = models.BooleanField(default=True)
    fs_hz = models.FloatField(default=20_480, validators=[MinValueValidator(1_000)])
    duration_s = models.FloatField(default=5, validators=[MaxValueValidator(60)])
    shaft_hz = models.FloatField(default=60, validators=[MinValueValidator(1)])
    mains_hz = models.FloatField(default=50, validators=[MinValueValidator(1)])
    classes = models.ManyToManyField(FaultClass, related_name="recipes")
    severities = models.ManyToManyField(Severity, related_name="recipes")
    noises = models.ManyToManyField(NoiseSource, related_name="recipes", blank=True)
    fingerprint = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recipe_in_range",
                condition=Q(
                    per_class__gte=1,
                    fs_hz__gte=1_000,
                    fs_hz__lte=200_000,
                    duration_s__gte=0.1,
                    duration_s__lte=60,
                    shaft_hz__gte=1,
                    shaft_hz__lte=1_000,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"recipe {self.fingerprint[:12]}"


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
