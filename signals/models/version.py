"""Versions of a store: who changed what and why, and what its signals were before."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from signals.models.catalogue import FaultClass, Severity
from signals.models.signal import Signal
from signals.models.store import SignalStore


class Version(models.Model):
    """One act that changed a store's labels or signals; its number is that of `store.version`."""

    class Act(models.TextChoices):
        MADE = "made", "Made"
        RELABELLED = "relabelled", "Relabelled"
        ADDED = "added", "Added"
        REMOVED = "removed", "Removed"
        UNDONE = "undone", "Undone"

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=10, choices=Act)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    undoes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    n_signals = models.PositiveIntegerField(help_text="That it holds.")
    n_rows = models.PositiveIntegerField(help_text="Of the files, those removed among them.")
    n_relabelled = models.PositiveIntegerField(default=0)
    n_added = models.PositiveIntegerField(default=0)
    n_removed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["store", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="version_number_once"),
            models.CheckConstraint(
                name="version_act_known",
                condition=Q(act__in=["made", "relabelled", "added", "removed", "undone"]),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class SignalPast(models.Model):
    """What a signal was in the versions from `since` up to, not including, `until`.

    What it is now says its own row. So the version that is current reads no row of this table, and
    a version costs a row for each signal that it changed.
    """

    store = models.ForeignKey(
        SignalStore, on_delete=models.CASCADE, related_name="past", db_index=False
    )
    signal = models.ForeignKey(
        Signal, on_delete=models.CASCADE, related_name="past", db_index=False
    )
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField()
    fault_class = models.ForeignKey(
        FaultClass, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    severity = models.ForeignKey(
        Severity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_absent = models.BooleanField(default=False, help_text="It was removed in these versions.")

    class Meta:
        ordering = ["signal", "until"]
        constraints = [
            models.UniqueConstraint(fields=["signal", "until"], name="signal_past_once"),
            models.CheckConstraint(name="signal_past_ordered", condition=Q(since__lt=F("until"))),
        ]
        indexes = [models.Index(fields=["store", "until"], name="signal_past_of_store")]

    def __str__(self) -> str:
        return f"{self.signal_id} in versions {self.since}–{self.until - 1}"
