"""What people keep of the Data Explorer: views by name, columns, projections that took a while."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from monitoring.models import Job


class SavedView(models.Model):
    """A query of the explorer's address, by a name of its owner's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=80)
    query = models.CharField(
        max_length=2000, blank=True, help_text="Of the address, without its question mark."
    )
    is_shared = models.BooleanField("shared", default=False, help_text="Everybody may open it.")
    selected = models.ManyToManyField(
        "signals.Signal",
        blank=True,
        db_constraint=False,  # signals are deleted by the hundred thousand; what is gone is skipped
        related_name="+",
        help_text="What an area drawn upon a projection held: the projection goes, these stay.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_name_once",
                violation_error_message="You have a view of this name. Choose another one.",
            )
        ]
        indexes = [
            models.Index(fields=["name"], condition=Q(is_shared=True), name="saved_view_shared")
        ]

    def __str__(self) -> str:
        return self.name


class TableColumn(models.Model):
    """A column that somebody wants in a table; who chose none for it has no rows."""

    class Table(models.TextChoices):
        SIGNALS = "signals", "Signals of the explorer"
        EXPERIMENTS = "experiments", "List of experiments"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="table_columns"
    )
    table = models.CharField(
        max_length=20, choices=Table, default=Table.SIGNALS, db_default="signals"
    )
    position = models.PositiveSmallIntegerField(help_text="From the left, from 0.")
    code = models.CharField(max_length=40)

    class Meta:
        ordering = ["user", "table", "position"]
        constraints = [
            models.UniqueConstraint(fields=["user", "table", "code"], name="table_column_once"),
            models.UniqueConstraint(
                fields=["user", "table", "position"], name="table_column_place"
            ),
            models.CheckConstraint(
                name="table_column_table_known",
                condition=Q(table__in=["signals", "experiments"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.user}"


class Projection(models.Model):
    """Points of some signals in the plane, shared by all who may see their store.

    The key holds the store's version, so a relabel makes the row unreachable; a sweep removes it
    and its file.
    """

    class Method(models.TextChoices):
        PCA = "pca", "PCA"
        TSNE = "tsne", "t-SNE"
        UMAP_LIKE = "umap", "UMAP-like"

    store = models.ForeignKey(
        "signals.SignalStore", on_delete=models.CASCADE, related_name="projections"
    )
    store_version = models.PositiveIntegerField()
    query = models.CharField(max_length=2000, blank=True, help_text="The filter, as in a URL.")
    method = models.CharField(max_length=4, choices=Method)
    perplexity = models.FloatField(default=30)
    n_neighbours = models.PositiveIntegerField(default=15)
    min_dist = models.FloatField(default=0.1)
    metric = models.CharField(max_length=12, default="euclidean")
    seed = models.PositiveIntegerField(default=0)
    features = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Codes of families and groups of features, with commas; empty: the 36.",
    )
    key = models.CharField(max_length=64, unique=True, help_text="Hash of all that decides it.")
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="projections"
    )
    is_done = models.BooleanField(default=False, help_text="Its file is whole.")
    n_points = models.PositiveIntegerField(default=0)
    n_signals = models.PositiveIntegerField(default=0, help_text="Of the filter, drawn or not.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="projection_method_known", condition=Q(method__in=["pca", "tsne", "umap"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} of {self.store}"
