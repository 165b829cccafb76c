from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from monitoring.models import Job
from signals.models.upload import Upload

MAINS_HZ: Final = ((50, "50 Hz"), (60, "60 Hz"))


class SignalStore(models.Model):
    """One file of waveforms, and who may see it: the rights of a signal are those of its store."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private"
        SHARED = "shared", "Shared"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="signal_stores",
        help_text="Nobody: it is on its way out, and nobody sees it.",
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    is_trashed = models.BooleanField(
        default=False, db_default=False, help_text="Thrown away; nobody sees it until it is back."
    )
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.CASCADE, related_name="stores"
    )
    attic_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="attic",
        help_text="The store whose removed signals it holds. It belongs to nobody.",
    )
    folder = models.CharField(
        max_length=200, blank=True, help_text="Below the data folder; empty until it is whole."
    )
    version = models.PositiveIntegerField(default=0, help_text="Part of every cache key.")
    n_signals = models.PositiveIntegerField(default=0)
    n_shards = models.PositiveIntegerField(
        default=0, db_default=0, help_text="0: the folder holds one file of all signals."
    )
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    bearing = models.ForeignKey(
        "Bearing",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stores",
        help_text="In which the signals were measured, where a signal names no other.",
    )
    mains_hz = models.PositiveSmallIntegerField(
        "mains frequency (Hz)",
        choices=MAINS_HZ,
        null=True,
        blank=True,
        help_text="Where the signals were recorded, unless a signal says other.",
    )
    removed_by = models.OneToOneField(
        Job,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The job that removes its signals and files.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["visibility", "owner"], name="store_who_may_see")]
        constraints = [
            models.CheckConstraint(
                name="store_visibility_known", condition=Q(visibility__in=["private", "shared"])
            ),
            models.CheckConstraint(
                name="store_mains_known",
                condition=Q(mains_hz__isnull=True) | Q(mains_hz__in=[50, 60]),
            ),
            models.CheckConstraint(
                name="store_of_upload_private",
                condition=Q(upload__isnull=True) | Q(visibility="private"),
            ),
        ]

    def __str__(self) -> str:
        return self.folder or f"store {self.pk}"

    @property
    def about(self) -> str:
        """What the event log calls it."""
        return f"store:{self.pk}"
