"""Versions, splits and reviews of stores, and who is let in: to be read."""

from django.contrib import admin

from common.admin import ShownRows, WrittenBySystem
from signals.models import LabelReview, Split, SplitSide, StoreMember, Version


class MembersInline(ShownRows):
    """Whom the owner of a store lets in."""

    model = StoreMember
    fields = ("user", "group", "may_label")


@admin.register(Version)
class VersionAdmin(WrittenBySystem):
    """What was done to the labels and signals of a store, by whom and why."""

    list_display = (
        "store",
        "number",
        "act",
        "author",
        "created_at",
        "n_signals",
        "n_relabelled",
        "n_added",
        "n_removed",
    )
    list_filter = ("act", "created_at")
    search_fields = ("author__username", "reason")
    date_hierarchy = "created_at"
    list_select_related = ("store__owner", "author")
    show_full_result_count = False


class SidesInline(ShownRows):
    """The sides of a split."""

    model = SplitSide
    fields = ("position", "name", "ratio", "n_signals", "n_groups")


@admin.register(Split)
class SplitAdmin(WrittenBySystem):
    """Stored splits; which signal lies where the explorer shows."""

    list_display = ("store", "name", "version", "by", "seed", "author", "created_at")
    list_filter = ("by", "created_at")
    search_fields = ("name", "author__username")
    date_hierarchy = "created_at"
    list_select_related = ("store__owner", "version", "author")
    inlines = (SidesInline,)
    show_full_result_count = False


@admin.register(LabelReview)
class LabelReviewAdmin(WrittenBySystem):
    """Labels that people looked at again and kept."""

    list_display = ("signal", "fault_class", "reviewer", "reviewed_at")
    list_filter = ("reviewed_at",)
    search_fields = ("signal__label", "reviewer__username")
    date_hierarchy = "reviewed_at"
    list_select_related = ("signal", "fault_class", "reviewer")
    show_full_result_count = False
