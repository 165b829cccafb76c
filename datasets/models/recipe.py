from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from signals.models import FaultClass, NoiseSource, Severity


class Recipe(models.Model):
    """How a generated dataset is made: with the simulator's version it fixes every sample."""

    seed = models.PositiveBigIntegerField(default=0)
    per_class = models.PositiveIntegerField(default=100, validators=[MinValueValidator(1)])
    augmentation = models.BooleanField(default=True)
    fs_hz = models.FloatField(default=20_480, validators=[MinValueValidator(1_000)])
    duration_s = models.FloatField(default=5, validators=[MaxValueValidator(60)])
    shaft_hz = models.FloatField(default=60, validators=[MinValueValidator(1)])
    mains_hz = models.FloatField(default=50, validators=[MinValueValidator(1)])
    classes = models.ManyToManyField(FaultClass, related_name="recipes")
    severities = models.ManyToManyField(Severity, related_name="recipes")
    noises = models.ManyToManyField(NoiseSource, related_name="recipes", blank=True)
    fingerprint = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recipe_in_range",
                condition=Q(
                    per_class__gte=1,
                    fs_hz__gte=1_000,
                    fs_hz__lte=200_000,
                    duration_s__gte=0.1,
                    duration_s__lte=60,
                    shaft_hz__gte=1,
                    shaft_hz__lte=1_000,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"recipe {self.fingerprint[:12]}"
