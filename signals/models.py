from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Upper
from django.utils import timezone

from signals.feature_columns import FeatureColumns

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


class Upload(models.Model):
    """A recording somebody brought in for himself. Its channels are signals in private stores."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=40, help_text="The layout it was recognised by.")
    size_bytes = models.PositiveBigIntegerField("size of the file (bytes)")
    sha256 = models.CharField("SHA-256 of the file", max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True, help_text="It is deleted by itself then.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="upload_expires_after_creation", condition=Q(expires_at__gt=F("created_at"))
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class SignalStore(models.Model):
    """One file of waveforms, and who may see it: the rights of a signal are those of its store."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private"
        SHARED = "shared", "Shared"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signal_stores"
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.CASCADE, related_name="stores"
    )
    folder = models.CharField(
        max_length=200, blank=True, help_text="Below the data folder; empty until it is whole."
    )
    version = models.PositiveIntegerField(default=0, help_text="Part of every cache key.")
    n_signals = models.PositiveIntegerField(default=0)
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["visibility", "owner"], name="store_who_may_see")]
        constraints = [
            models.CheckConstraint(
                name="store_visibility_known", condition=Q(visibility__in=["private", "shared"])
            ),
            models.CheckConstraint(
                name="store_of_upload_private",
                condition=Q(upload__isnull=True) | Q(visibility="private"),
            ),
        ]

    def __str__(self) -> str:
        return self.folder or f"store {self.pk}"


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
                include=["rms", "rpm", "load_percent", "rank_in_class"],
                name="signal_explored",
            ),
            models.Index(fields=["store", "fault_class", "rank_in_class"], name="signal_sample"),
            models.Index(fields=["store", "rms"], name="signal_rms"),
            models.Index(fields=["store", "kurtosis"], name="signal_kurtosis"),
            models.Index(fields=["store", "rpm"], name="signal_rpm"),
            models.Index(fields=["store", "load_percent"], name="signal_load"),
            models.Index(
                fields=["bearing"], condition=Q(bearing__isnull=False), name="signal_own_bearing"
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


# Models in modules of their own, which Django finds only here.
from signals.bearing_models import Bearing  # noqa: E402
from signals.explorer_models import Projection, SavedView, TableColumn  # noqa: E402

__all__ = [
    "Annotation",
    "Bearing",
    "FaultClass",
    "NoiseSource",
    "Projection",
    "SavedView",
    "Severity",
    "Signal",
    "SignalStore",
    "TableColumn",
    "Tag",
]
