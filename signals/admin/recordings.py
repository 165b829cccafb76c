"""What imported signals were measured on, and the files they came in; read, not edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from common.admin import ShownRows, WrittenBySystem
from common.text import size
from signals.models import Recording, Run, Shard, Specimen
from signals.selectors import stores_visible


class SpecimenAdmin(WrittenBySystem):
    """Physical bearings and machines of imported datasets."""

    list_display = ("name", "dataset", "bearing", "n_recordings", "note")
    list_filter = ("bearing",)
    search_fields = ("name", "note", "store__dataset__name")
    list_select_related = ("store__dataset", "bearing")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Specimen]:
        rows = Specimen.objects.filter(store__in=stores_visible(request.user))
        return rows.annotate(n_recordings=Count("recordings"))

    @admin.display(description="dataset", ordering="store__dataset__name")
    def dataset(self, specimen: Specimen) -> Any:
        return specimen.store.dataset

    @admin.display(description="recordings", ordering="n_recordings")
    def n_recordings(self, specimen: Specimen) -> int:
        return getattr(specimen, "n_recordings", 0)


class RunAdmin(WrittenBySystem):
    """Recordings of one specimen in time."""

    list_display = ("name", "specimen", "n_recordings")
    search_fields = ("name", "specimen__name")
    list_select_related = ("specimen",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        rows = Run.objects.filter(specimen__store__in=stores_visible(request.user))
        return rows.annotate(n_recordings=Count("recordings"))

    @admin.display(description="recordings", ordering="n_recordings")
    def n_recordings(self, run: Run) -> int:
        return getattr(run, "n_recordings", 0)


class RecordingAdmin(WrittenBySystem):
    """Continuous measurements with the file they came in."""

    list_display = (
        "name",
        "part",
        "format",
        "specimen",
        "run",
        "position",
        "recorded_at",
        "size_shown",
    )
    list_filter = ("format", "recorded_at")
    search_fields = ("name", "sha256", "specimen__name")
    date_hierarchy = "recorded_at"
    list_select_related = ("specimen", "run__specimen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recording]:
        return Recording.objects.filter(store__in=stores_visible(request.user))

    @admin.display(description="size", ordering="size_bytes")
    def size_shown(self, recording: Recording) -> str:
        return size(recording.size_bytes)


class ShardsInline(ShownRows):
    """The files of a store that has several."""

    model = Shard
    fields = ("number", "first_row", "n_rows", "fs_hz", "n_samples", "unit", "size_bytes", "sha256")
