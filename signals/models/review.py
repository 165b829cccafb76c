from django.conf import settings
from django.db import models
from django.utils import timezone

from signals.models.catalogue import FaultClass
from signals.models.signal import Signal


class LabelReview(models.Model):
    """That somebody has looked at a signal's label and found it right; it holds for that label."""

    signal = models.ForeignKey(
        Signal, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    fault_class = models.ForeignKey(FaultClass, on_delete=models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reviews"
    )
    reviewed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["signal", "fault_class"], name="label_review_once")
        ]

    def __str__(self) -> str:
        return f"{self.signal}: {self.fault_class}"
