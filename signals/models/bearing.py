"""The catalogue of rolling bearings, by geometry."""

from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from signals.errors import told_as
from vibration.machines.bearings import BearingGeometry, BearingOrders

FEWEST_ELEMENTS: Final = 3
MOST_ELEMENTS: Final = 500
_GEOMETRY = ("n_elements", "element_diameter_mm", "pitch_diameter_mm", "contact_angle_deg")


class Bearing(models.Model):
    """One type of rolling bearing; its orders follow from its geometry."""

    name = models.CharField(max_length=80)
    manufacturer = models.CharField(max_length=80, blank=True)
    n_elements = models.PositiveSmallIntegerField(
        "rolling elements",
        validators=[MaxValueValidator(MOST_ELEMENTS)],
        help_text="Balls or rollers in one row.",
    )
    element_diameter_mm = models.FloatField(
        "element diameter (mm)", help_text="d, of one ball or roller; the mean one if tapered."
    )
    pitch_diameter_mm = models.FloatField(
        "pitch diameter (mm)", help_text="D, of the circle through the elements' centres."
    )
    contact_angle_deg = models.FloatField("contact angle (°)", default=0)
    source = models.TextField(
        max_length=500, help_text="Where this geometry is published, and what in it is approximate."
    )

    is_proposed = models.BooleanField(
        "proposed", default=False, db_default=False, help_text="Until a curator accepts it."
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="proposed_bearings",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="bearing_name_once",
                violation_error_message="There is a bearing of this name already.",
            ),
            models.CheckConstraint(
                name="bearing_can_be_built",
                condition=Q(
                    n_elements__gte=FEWEST_ELEMENTS,
                    n_elements__lte=MOST_ELEMENTS,
                    element_diameter_mm__gt=0,
                    pitch_diameter_mm__gt=F("element_diameter_mm"),
                    contact_angle_deg__gte=0,
                    contact_angle_deg__lt=90,
                ),
                violation_error_message="No bearing can be built from these numbers.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (proposed)" if self.is_proposed else self.name

    def clean(self) -> None:
        if any(getattr(self, name) is None for name in _GEOMETRY):
            return  # the fields themselves have said so
        with told_as(ValidationError):
            self._geometry()

    @property
    def orders(self) -> BearingOrders:
        """The four passing frequencies in orders of the shaft."""
        return self._geometry().orders

    @property
    def bpfo(self) -> float:
        """Orders at which the elements pass a point of the outer race."""
        return self.orders.bpfo

    @property
    def bpfi(self) -> float:
        """Orders at which the elements pass a point of the inner race."""
        return self.orders.bpfi

    @property
    def bsf(self) -> float:
        """Orders at which an element spins."""
        return self.orders.bsf

    @property
    def ftf(self) -> float:
        """Orders at which the cage turns."""
        return self.orders.ftf

    def _geometry(self) -> BearingGeometry:
        return BearingGeometry(
            n_elements=self.n_elements,
            element_diameter_mm=self.element_diameter_mm,
            pitch_diameter_mm=self.pitch_diameter_mm,
            contact_angle_deg=self.contact_angle_deg,
        )
