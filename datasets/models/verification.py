from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from datasets.models.dataset import Dataset
from monitoring.models import Job


class Verification(models.Model):
    """One comparison of a dataset with what it was made of: who asked, and what it found."""

    class Unit(models.TextChoices):
        RECORD = "record", "Record"
        FILE = "file", "File"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="verifications")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="verifications",
    )
    row = models.PositiveIntegerField(null=True, blank=True, help_text="Of one record alone.")
    sample = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many are drawn; empty: all."
    )
    unit = models.CharField(max_length=10, choices=Unit)
    n_checked = models.PositiveIntegerField(default=0)
    n_different = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="verifications"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="verification_row_or_sample", condition=Q(row=None) | Q(sample=None)
            ),
            models.CheckConstraint(
                name="verification_unit_known", condition=Q(unit__in=["record", "file"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}, {self.asked_at:%Y-%m-%d %H:%M}"


class VerificationFinding(models.Model):
    """Something that differs. A record is named by its row: it may be deleted meanwhile."""

    verification = models.ForeignKey(
        Verification, on_delete=models.CASCADE, related_name="findings"
    )
    row = models.PositiveIntegerField(null=True, blank=True)
    sample = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Number of the first sample that differs."
    )
    sentence = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.sentence
