"""What signals are labelled with: rows that are seeded, and curated afterwards."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

hex_colour = RegexValidator(r"^#[0-9a-f]{6}$", "Write the colour as # and six hex digits.")


class FaultClass(models.Model):
    class Family(models.TextChoices):
        JOURNAL = "journal", "Journal bearing"
        ROLLING = "rolling", "Rolling bearing"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    short_name = models.CharField(max_length=40)
    label_prefix = models.CharField(
        max_length=4, unique=True, help_text="Begins the label of each signal, as in OWH-0047."
    )
    family = models.CharField(max_length=10, choices=Family, default=Family.JOURNAL)
    position = models.PositiveSmallIntegerField(unique=True, help_text="Order on every page.")
    colour = models.CharField(max_length=7, validators=[hex_colour])
    symbol = models.CharField(max_length=20, help_text="Plotly marker symbol, the second cue.")
    dash = models.CharField(max_length=40, help_text="Plotly line dash.")
    signature = models.CharField(max_length=300, blank=True, help_text="What it does to a signal.")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "fault classes"

    def __str__(self) -> str:
        return self.name


class Severity(models.Model):
    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40, unique=True)
    level = models.PositiveSmallIntegerField(unique=True)
    factor_low = models.FloatField()
    factor_high = models.FloatField()
    colour_light = models.CharField(max_length=7, validators=[hex_colour])
    colour_dark = models.CharField(max_length=7, validators=[hex_colour])

    class Meta:
        ordering = ["level"]
        verbose_name_plural = "severities"
        constraints = [
            models.CheckConstraint(
                name="severity_factors_ordered",
                condition=Q(factor_low__gte=0, factor_high__lte=1)
                & Q(factor_low__lt=F("factor_high")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class NoiseSource(models.Model):
    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(unique=True)
    model = models.CharField(max_length=200, help_text="What is added to the signal.")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
