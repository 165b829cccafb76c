from django.db import models

from datasets.models.dataset import Dataset


class DatasetSource(models.Model):
    """What a dataset was put together from: another dataset, or a part of it, at a version."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField(help_text="Its place among the sources, from 0.")
    source = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="became",
        help_text="Empty once it is gone.",
    )
    name = models.CharField(max_length=100, help_text="What it was called then.")
    version = models.PositiveIntegerField(help_text="Of its labels.")
    query = models.CharField(
        max_length=4000, blank=True, help_text="Filter, as in the explorer's address; empty: all."
    )
    part = models.CharField(max_length=200, blank=True, help_text="The part in words.")
    n_signals = models.PositiveIntegerField()

    class Meta:
        ordering = ["dataset", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "position"], name="source_place_once")
        ]

    def __str__(self) -> str:
        part = f", {self.part}" if self.part else ""
        return f"{self.name}, version {self.version}{part}"
