from django.db import models
from django.db.models import Q

from datasets.models.dataset import Dataset
from monitoring.models import Job


class GenerationPart(models.Model):
    """What one worker makes at a time: some rows of a dataset that is being generated, or some
    files of the plan by which one is imported.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_row = models.PositiveIntegerField(help_text="Of the recipe, or file of the plan, from 0.")
    n_rows = models.PositiveIntegerField(help_text="Rows of the recipe, or files of the plan.")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(
        Job,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The job whose work was cut.",
    )

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

    @property
    def led_by(self) -> Job | None:
        """The job whose work was cut: of parts that the previous release cut, the dataset's."""
        return self.lead or self.dataset.job
