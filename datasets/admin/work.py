"""What was asked of datasets: files to be built, comparisons with what they were made of."""

from django.contrib import admin

from common.admin import ShownRows, WrittenBySystem
from datasets.models import Download, Verification, VerificationFinding


@admin.register(Download)
class DownloadAdmin(WrittenBySystem):
    """Files built for people; they go when they expire."""

    list_display = (
        "dataset",
        "owner",
        "format",
        "n_signals",
        "size_bytes",
        "created_at",
        "expires_at",
    )
    list_filter = ("format", "created_at")
    search_fields = ("dataset__name", "owner__username", "filename", "sha256")
    date_hierarchy = "created_at"
    list_select_related = ("dataset", "owner")
    show_full_result_count = False


class FindingsInline(ShownRows):
    """What differed."""

    model = VerificationFinding
    fields = ("row", "sample", "sentence")


@admin.register(Verification)
class VerificationAdmin(WrittenBySystem):
    """Comparisons of datasets with what they were made of."""

    list_display = ("dataset", "asked_by", "unit", "n_checked", "n_different", "asked_at")
    list_filter = ("unit", "asked_at")
    search_fields = ("dataset__name", "asked_by__username")
    date_hierarchy = "asked_at"
    list_select_related = ("dataset", "asked_by")
    inlines = (FindingsInline,)
    show_full_result_count = False
