"""What brought-in signals were measured on, and when: specimens, their runs, their recordings."""

from django.db import models
from django.db.models import Q

from signals.models.bearing import Bearing
from signals.models.store import SignalStore


class Specimen(models.Model):
    """A physical bearing or machine, known by its name within one store."""

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="specimens")
    name = models.CharField(max_length=100)
    bearing = models.ForeignKey(
        Bearing,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="specimens",
        verbose_name="bearing type",
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"],
                name="specimen_name_once",
                violation_error_message="There is a specimen of this name in the dataset.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """Recordings of one specimen in the order of time, such as a run to failure."""

    specimen = models.ForeignKey(Specimen, on_delete=models.CASCADE, related_name="runs")
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["specimen", "name"]
        constraints = [models.UniqueConstraint(fields=["specimen", "name"], name="run_name_once")]

    def __str__(self) -> str:
        return f"{self.specimen} · {self.name}"


class Recording(models.Model):
    """One continuous measurement: which file it came in, and what is known of it.

    A file may hold several; they share name and checksum and differ in their part.
    """

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField("file", max_length=250, help_text="As it was brought, with folders.")
    part = models.CharField(max_length=100, blank=True, help_text="Which recording of its file.")
    part_number = models.PositiveIntegerField(default=0)
    sha256 = models.CharField("SHA-256 of the file", max_length=64)
    size_bytes = models.PositiveBigIntegerField("size of the file (bytes)")
    format = models.CharField("layout", max_length=40)
    recorded_at = models.DateTimeField(null=True, blank=True)
    fs_source = models.CharField("source of the rate", max_length=80, blank=True)
    rpm_source = models.CharField("source of the speed", max_length=80, blank=True)
    unit_source = models.CharField("source of the unit", max_length=80, blank=True)
    load = models.CharField(max_length=60, blank=True, help_text="As stated, with its unit.")
    fault_size_mm = models.FloatField("fault size (mm)", null=True, blank=True)
    fault_location = models.CharField(max_length=100, blank=True)
    fault_source = models.CharField(
        "source of fault size and location", max_length=80, blank=True, default=""
    )
    pulses_per_turn = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the tacho that was recorded with it."
    )
    pulses_source = models.CharField(
        "source of the pulses per turn", max_length=80, blank=True, default=""
    )
    specimen = models.ForeignKey(
        Specimen, null=True, blank=True, on_delete=models.RESTRICT, related_name="recordings"
    )
    run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.RESTRICT, related_name="recordings"
    )
    position = models.PositiveIntegerField(
        null=True, blank=True, help_text="Number in its run, from 1."
    )
    has_original = models.BooleanField(default=False, help_text="The file itself is kept.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "sha256", "part_number"], name="recording_once"
            ),
            models.UniqueConstraint(
                fields=["run", "position"],
                condition=Q(run__isnull=False, position__isnull=False),
                name="recording_place_once",
            ),
            models.CheckConstraint(
                name="recording_of_run_has_specimen",
                condition=Q(run__isnull=True) | Q(specimen__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.part}" if self.part else self.name


class Shard(models.Model):
    """One of several files of a store: records of one rate, length and unit.

    A store without shards is one file. With them, the row of a signal counts through all shards in
    the order of their numbers.
    """

    store = models.ForeignKey(SignalStore, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField(help_text="Name of its folder below the store's.")
    first_row = models.PositiveIntegerField()
    n_rows = models.PositiveIntegerField()
    fs_hz = models.FloatField("sampling rate (Hz)")
    n_samples = models.PositiveBigIntegerField()
    unit = models.CharField(max_length=10)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["store", "number"]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="shard_number_once"),
            models.UniqueConstraint(fields=["store", "first_row"], name="shard_first_row_once"),
            models.CheckConstraint(name="shard_holds_rows", condition=Q(n_rows__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.store}/{self.number}"
