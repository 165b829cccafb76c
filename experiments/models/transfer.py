from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from datasets.models import Dataset
from monitoring.models import Job


class TransferRun(models.Model):
    """A comparison of two datasets, and of what a model keeps between them."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfer_runs"
    )
    first = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="transfers_from")
    second = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="transfers_to")
    model = models.CharField(max_length=20, default="forest")
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="transfer_runs"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="transfer_of_two_datasets", condition=~Q(first=F("second")))
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
