"""Groups of features beside the 36 columns: a row a signal and group, whatever the group holds."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from monitoring.models import Job
from signals.models.signal import Signal
from signals.models.store import SignalStore


class SignalFeatures(models.Model):
    """The values of one group for one signal, in the order of `vibration.features.groups`."""

    signal = models.ForeignKey(
        Signal, on_delete=models.CASCADE, related_name="feature_groups", db_index=False
    )
    group = models.CharField(max_length=40)
    values = ArrayField(
        models.FloatField(null=True), help_text="NULL where the record does not carry a feature."
    )

    class Meta:
        ordering = ["signal", "group"]
        constraints = [
            models.UniqueConstraint(fields=["signal", "group"], name="signal_features_once")
        ]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.group}"


class StoreFeatures(models.Model):
    """That a group was measured for the signals of a store, and which measurement it was."""

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="feature_groups")
    group = models.CharField(max_length=40)
    stamp = models.UUIDField(
        null=True, editable=False, help_text="Part of cache keys; empty until it is measured."
    )
    n_known = models.PositiveIntegerField(default=0, help_text="Signals with a value.")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    measured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["store", "group"]
        constraints = [
            models.UniqueConstraint(fields=["store", "group"], name="store_features_once")
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.group}"
