"""Splits of a store's signals into sides, so that nothing of one group lies on two of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from signals.models.signal import Signal
from signals.models.store import SignalStore
from signals.models.version import Version


class Split(models.Model):
    """A named split of the signals of one version; it never changes."""

    class By(models.TextChoices):
        SPECIMEN = "specimen", "Specimen"
        RUN = "run", "Run"
        RECORDING = "recording", "Recording"
        NONE = "none", "Single signals"

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="splits")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="splits")
    name = models.CharField(max_length=60)
    by = models.CharField(max_length=10, choices=By)
    seed = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["store", "-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "store",
                Lower("name"),
                name="split_name_once",
                violation_error_message="The dataset has a split of this name. Choose another one.",
            ),
            models.CheckConstraint(
                name="split_by_known", condition=Q(by__in=["specimen", "run", "recording", "none"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SplitSide(models.Model):
    """One side of a split, such as that which a model is trained on."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="sides")
    position = models.PositiveSmallIntegerField(help_text="From 0.")
    name = models.CharField(max_length=20)
    ratio = models.FloatField(help_text="Asked for, of 1.")
    n_signals = models.PositiveIntegerField()
    n_groups = models.PositiveIntegerField()

    class Meta:
        ordering = ["split", "position"]
        constraints = [
            models.UniqueConstraint(fields=["split", "position"], name="split_side_place"),
            models.UniqueConstraint(fields=["split", "name"], name="split_side_name"),
            models.CheckConstraint(
                name="split_side_ratio", condition=Q(ratio__gt=0) & Q(ratio__lt=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SplitMember(models.Model):
    """On which side a signal lies."""

    pk = models.CompositePrimaryKey("split_id", "signal_id")
    split = models.ForeignKey(
        Split, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    signal = models.ForeignKey(
        Signal,
        on_delete=models.CASCADE,
        related_name="split_members",
        db_index=False,
        db_constraint=False,  # signals are deleted by the hundred thousand, their splits before
    )
    side = models.PositiveSmallIntegerField(help_text="Position of the side.")

    class Meta:
        ordering = ["split", "signal"]
        indexes = [models.Index(fields=["split", "side", "signal"], name="split_member_of_side")]

    def __str__(self) -> str:
        return f"{self.signal_id} on side {self.side}"
