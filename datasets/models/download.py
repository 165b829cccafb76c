from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from datasets.models.dataset import Dataset
from monitoring.models import Job


class Download(models.Model):
    """A file built for one person from a dataset, or a part of it; it goes when it expires."""

    class Format(models.TextChoices):
        HDF5 = "hdf5", "HDF5"
        NPZ = "npz", "NumPy"
        MAT = "mat", "MATLAB"
        ARCHIVE = "archive", "Archive"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="downloads")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="downloads"
    )
    format = models.CharField(max_length=10, choices=Format)
    query = models.CharField(
        max_length=4000, blank=True, help_text="Filter and selection, as in the explorer's address."
    )
    store_version = models.PositiveIntegerField(help_text="Of the labels that are in it.")
    content = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="Digest of what else decides it: signals, tags, the words of the dataset.",
    )
    n_signals = models.PositiveIntegerField(default=0)
    filename = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="downloads"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="Empty until the file is whole."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "dataset"], name="download_of_person")]
        constraints = [
            models.CheckConstraint(
                name="download_format_known",
                condition=Q(format__in=["hdf5", "npz", "mat", "archive"]),
            ),
        ]

    def __str__(self) -> str:
        return self.filename or f"{self.get_format_display()} of {self.dataset}"

    @property
    def is_ready(self) -> bool:
        return self.expires_at is not None
