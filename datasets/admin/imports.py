"""Imports that are being prepared: their owners work on them, administrators look."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from common.admin import ShownRows, WrittenBySystem
from common.text import size
from datasets.models import (
    ImportChannel,
    ImportDraft,
    ImportFile,
    ImportRate,
    ImportRemark,
    ImportSpecimen,
)


class FilesInline(ShownRows):
    model = ImportFile
    fields = ("path", "status", "format", "size_bytes", "received_bytes", "reason")
    show_change_link = True


class SpecimensInline(ShownRows):
    model = ImportSpecimen
    fields = ("name", "bearing")


class ChannelsInline(ShownRows):
    model = ImportChannel
    fields = ("name", "recording_name", "n_samples", "fs_hz", "unit", "quantity", "is_kept")
    show_change_link = True


class RemarksInline(ShownRows):
    model = ImportRemark
    fields = ("kind", "about", "sentence", "proposal_hz")


class RatesInline(ShownRows):
    model = ImportRate
    fields = ("fs_hz", "source", "words")


@admin.register(ImportDraft)
class ImportDraftAdmin(WrittenBySystem):
    list_display = ("__str__", "owner", "n_files", "created_at", "expires_at", "dataset")
    list_filter = ("created_at", "expires_at")
    search_fields = ("name", "owner__username")
    date_hierarchy = "created_at"
    inlines = (FilesInline, SpecimensInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportDraft]:
        rows = super().get_queryset(request).select_related("owner", "dataset")
        return rows.annotate(n_files=Count("files"))

    @admin.display(description="files", ordering="n_files")
    def n_files(self, draft: ImportDraft) -> int:
        return getattr(draft, "n_files", 0)


@admin.register(ImportFile)
class ImportFileAdmin(WrittenBySystem):
    list_display = ("path", "draft", "status", "format", "size_shown", "reason")
    list_filter = ("status", "format")
    search_fields = ("path", "sha256", "draft__name")
    list_select_related = ("draft",)
    inlines = (ChannelsInline, RemarksInline)

    @admin.display(description="size", ordering="size_bytes")
    def size_shown(self, file: ImportFile) -> str:
        return size(file.size_bytes)


@admin.register(ImportChannel)
class ImportChannelAdmin(WrittenBySystem):
    list_display = ("name", "file", "n_samples", "fs_hz", "unit", "quantity", "is_kept")
    list_filter = ("is_kept", "is_vibration")
    search_fields = ("name", "file__path")
    list_select_related = ("file",)
    inlines = (RatesInline,)
