from django.db import models
from django.db.models import Q

from datasets.models.dataset import Dataset
from monitoring.models import Job


class GenerationPart(models.Model):
    """Some rows of a dataset that is being generated: what one worker makes at a time."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_row = models.PositiveIntegerField()
    n_rows = models.PositiveIntegerField()
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["dataset", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="part_number_once"),
            models.CheckConstraint(name="part_has_rows", condition=Q(n_rows__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}, part {self.number}"

    @property
    def rows(self) -> range:
        return range(self.first_row, self.first_row + self.n_rows)
