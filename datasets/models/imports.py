"""Drafts of imports: files on their way in, what was read of them, what a person answered."""

from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from datasets.models.dataset import Dataset
from monitoring.models import Job
from signals.models import Bearing, FaultClass, Severity

LONGEST_PATH: Final = 400
LONGEST_WORD: Final = 100
LONGEST_WINDOW: Final = 32
LONGEST_REASON: Final = 500
FEWEST_SEGMENT_SAMPLES: Final = 64
MOST_OVERLAP_PERCENT: Final = 95
MOST_PULSES: Final = 10_000


class ImportDraft(models.Model):
    """An import that is being prepared. It is its owner's alone, and expires.

    Attributes
    ----------
    window : str
        The window that a request comes from; not kept.
    """

    window = ""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="import_drafts"
    )
    name = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=500, blank=True)
    licence = models.CharField(max_length=LONGEST_WORD, blank=True)
    citation = models.CharField(max_length=500, blank=True)
    keeps_originals = models.BooleanField(default=True)
    segment_samples = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(FEWEST_SEGMENT_SAMPLES)]
    )
    overlap_percent = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(MOST_OVERLAP_PERCENT)]
    )
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="import_drafts"
    )
    dataset = models.ForeignKey(
        Dataset,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="import_drafts",
        help_text="What it became, or is to be added to.",
    )
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text="Grows with each answer and each word of the dataset."
    )
    changed_in = models.CharField(
        max_length=LONGEST_WINDOW,
        blank=True,
        default="",
        editable=False,
        help_text="The window that changed it last.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True, help_text="It is deleted by itself then.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="import_draft_expires_after_creation",
                condition=Q(expires_at__gt=F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return self.name or f"import {self.pk}"


class ImportFile(models.Model):
    """One file of a draft: how much of it has come, what it is, what a person says of it."""

    class Status(models.TextChoices):
        COMING = "coming", "On its way"
        RECEIVED = "received", "Not read yet"
        READ = "read", "Read"
        REFUSED = "refused", "Refused"
        BESIDE = "beside", "Beside a recording"

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=LONGEST_PATH, help_text="As its owner calls it.")
    stored = models.CharField(max_length=60, unique=True, help_text="Name of the bytes on disk.")
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.COMING)
    sha256 = models.CharField(max_length=64, blank=True)
    format = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    load = models.CharField(max_length=60, blank=True, default="", help_text="As stated.")
    label = models.CharField(
        max_length=LONGEST_WORD, blank=True, help_text="Of the file, its folder or name, or a CSV."
    )
    # What a person answers.
    is_left_out = models.BooleanField(default=False)
    fs_hz = models.FloatField(null=True, blank=True)
    rpm = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    fault_class = models.ForeignKey(
        FaultClass, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    severity = models.ForeignKey(
        Severity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    specimen = models.CharField(max_length=LONGEST_WORD, blank=True)
    run = models.CharField(max_length=LONGEST_WORD, blank=True)
    pulses_per_turn = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PULSES)],
        help_text="Of the tacho in the file.",
    )
    fault_size_mm = models.FloatField("fault size (mm)", null=True, blank=True)
    fault_location = models.CharField(max_length=LONGEST_WORD, blank=True, default="")

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "path"], name="import_file_once"),
            models.CheckConstraint(
                name="import_file_received_within_size",
                condition=Q(received_bytes__lte=F("size_bytes")),
            ),
            models.CheckConstraint(
                name="import_file_status_known",
                condition=Q(status__in=["coming", "received", "read", "refused", "beside"]),
            ),
            models.CheckConstraint(
                name="import_file_received_is_whole",
                condition=Q(status="coming") | Q(received_bytes=F("size_bytes")),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class ImportChannel(models.Model):
    """One channel that was read of a file, each fact with its source."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="channels")
    recording = models.PositiveIntegerField(help_text="Which recording of the file, from 0.")
    position = models.PositiveIntegerField(help_text="Which channel of the recording, from 0.")
    recording_name = models.CharField(max_length=LONGEST_WORD, blank=True)
    name = models.CharField(max_length=LONGEST_WORD)
    n_samples = models.PositiveBigIntegerField()
    fs_hz = models.FloatField(null=True, blank=True)
    fs_source = models.CharField(max_length=20, blank=True)
    rpm = models.FloatField(null=True, blank=True)
    rpm_source = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    unit_source = models.CharField(max_length=20, blank=True)
    quantity = models.CharField(max_length=40, blank=True)
    is_vibration = models.BooleanField(default=True)
    is_measurable = models.BooleanField(default=True)
    is_tacho = models.BooleanField(default=False)
    waits_for_rate = models.BooleanField(
        default=False, help_text="A rate given for the file holds for it."
    )
    is_kept = models.BooleanField(default=True)

    class Meta:
        ordering = ["recording", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "recording", "position"], name="import_channel_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportRate(models.Model):
    """One statement of a channel's sampling rate, agreeing with others or not."""

    channel = models.ForeignKey(ImportChannel, on_delete=models.CASCADE, related_name="rates")
    fs_hz = models.FloatField()
    source = models.CharField(max_length=20)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.fs_hz:g} Hz"


class ImportRemark(models.Model):
    """What a file leaves open, or holds beside its channels."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Open"
        LEFT_OUT = "left_out", "Left out"

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=200, help_text="The fact asked for, or what is left out.")
    sentence = models.CharField(max_length=LONGEST_REASON)
    proposal_hz = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="import_remark_kind_known", condition=Q(kind__in=["question", "left_out"])
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class ImportSpecimen(models.Model):
    """A bearing or machine that files of a draft name, and its type."""

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="specimens")
    name = models.CharField(max_length=LONGEST_WORD)
    bearing = models.ForeignKey(
        Bearing, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "name"], name="import_specimen_once")
        ]

    def __str__(self) -> str:
        return self.name
