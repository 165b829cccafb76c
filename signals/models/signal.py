from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Upper
from django.utils import timezone

from signals.models.catalogue import FaultClass, Severity, Tag
from signals.models.features import FeatureColumns
from signals.models.store import MAINS_HZ, SignalStore


class Signal(FeatureColumns):
    """One record: where its samples are, how it came about, and its 36 features."""

    class Transient(models.TextChoices):
        NONE = "none", "None"
        SPEED_RAMP = "speed_ramp", "Speed ramp"
        LOAD_STEP = "load_step", "Load step"
        THERMAL_GROWTH = "thermal_growth", "Thermal growth"

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="signals")
    row = models.PositiveIntegerField(help_text="Row in the store's file.")
    label = models.CharField(max_length=60)
    channel = models.CharField(
        max_length=60, blank=True, default="", db_default="", help_text="As the file names it."
    )
    fs_hz = models.FloatField("sampling rate (Hz)")
    n_samples = models.PositiveBigIntegerField()
    unit = models.CharField(max_length=10, default="g")
    fault_class = models.ForeignKey(
        FaultClass, null=True, blank=True, on_delete=models.PROTECT, related_name="signals"
    )
    severity = models.ForeignKey(
        Severity, null=True, blank=True, on_delete=models.PROTECT, related_name="signals"
    )
    severity_factor = models.FloatField(null=True, blank=True)
    progresses = models.BooleanField(default=False)
    rpm = models.FloatField("speed (rpm)", null=True, blank=True)
    load_percent = models.FloatField("load (%)", null=True, blank=True)
    temperature_c = models.FloatField("temperature (°C)", null=True, blank=True)
    sommerfeld = models.FloatField("Sommerfeld number", null=True, blank=True)
    reynolds = models.FloatField("Reynolds number", null=True, blank=True)
    clearance_ratio = models.FloatField("clearance ratio C/R", null=True, blank=True)
    transient = models.CharField(max_length=20, choices=Transient, default=Transient.NONE)
    augmented = models.BooleanField(default=False)
    source_row = models.PositiveIntegerField(
        null=True, blank=True, help_text="Row of the record an augmented copy was made from."
    )
    seed_key = models.CharField(max_length=80, blank=True)
    rank_in_class = models.PositiveIntegerField(
        default=0, help_text="Random order within the class: the first N are a fair sample of N."
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="signals")
    bearing = models.ForeignKey(  # few signals name their own: the index holds those alone
        "Bearing",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="signals",
        db_index=False,
        help_text="Empty: that of the specimen, else of the store.",
    )
    recording = models.ForeignKey(  # generated signals have none: the index holds the others alone
        "Recording",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="signals",
        db_index=False,
    )
    segment = models.PositiveIntegerField(
        null=True, blank=True, help_text="Number in its recording, from 1; empty: the whole of it."
    )

    mains_hz = models.PositiveSmallIntegerField(
        "mains frequency (Hz)",
        choices=MAINS_HZ,
        null=True,
        blank=True,
        help_text="Empty: that of the store.",
    )

    class Meta:
        ordering = ["store", "row"]
        constraints = [
            models.UniqueConstraint(fields=["store", "row"], name="signal_row_once"),
            models.UniqueConstraint(fields=["store", "label"], name="signal_label_once"),
            models.CheckConstraint(name="signal_rate_positive", condition=Q(fs_hz__gt=0)),
            models.CheckConstraint(
                name="signal_source_only_of_copies",
                condition=Q(augmented=True) | Q(source_row__isnull=True),
            ),
        ]
        indexes = [
            # With what the explorer groups and filters by: it is answered from the index alone.
            models.Index(
                fields=["store", "fault_class", "severity"],
                include=["augmented", "rms", "rpm", "load_percent", "rank_in_class"],
                name="signal_counted",
            ),
            models.Index(fields=["store", "fault_class", "rank_in_class"], name="signal_sample"),
            models.Index(fields=["store", "rms"], name="signal_rms"),
            models.Index(fields=["store", "kurtosis"], name="signal_kurtosis"),
            models.Index(fields=["store", "rpm"], name="signal_rpm"),
            models.Index(fields=["store", "load_percent"], name="signal_load"),
            models.Index(
                fields=["bearing"], condition=Q(bearing__isnull=False), name="signal_own_bearing"
            ),
            models.Index(
                fields=["recording", "row"],
                condition=Q(recording__isnull=False),
                name="signal_of_recording",
            ),
            # The one collation in which an index serves both a beginning and an order.
            models.Index(Collate(Upper("label"), "C"), name="signal_label_beginning"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def duration_s(self) -> float:
        return self.n_samples / self.fs_hz

    @property
    def shaft_hz(self) -> float | None:
        return self.rpm / 60 if self.rpm else None


class Annotation(models.Model):
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="annotations")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="annotations"
    )
    text = models.CharField(max_length=500)
    start_s = models.FloatField(null=True, blank=True)
    end_s = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="annotation_span_ordered",
                condition=Q(start_s__isnull=True, end_s__isnull=True)
                | Q(start_s__gte=0, end_s__gte=F("start_s")),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
