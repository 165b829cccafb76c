"""The admin pages of notes, and their lines on a signal's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from signals.admin.forms import NoteForm
from signals.models import Annotation
from signals.selectors import stores_visible
from signals.services.notes import note_change


class AnnotationInline(admin.TabularInline):
    model = Annotation
    form = NoteForm
    fields = ("text", "start_s", "end_s", "author", "created_at")
    readonly_fields = ("author", "created_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        return super().get_queryset(request).select_related("author")


@admin.register(Annotation)
class AnnotationAdmin(admin.ModelAdmin):
    """Written on a signal's page; searched and corrected here."""

    list_display = ("text", "signal", "author", "start_s", "end_s", "created_at")
    list_filter = ("created_at",)
    search_fields = ("text", "signal__label", "author__username")
    date_hierarchy = "created_at"
    list_select_related = ("signal", "author")
    form = NoteForm
    fields = ("signal", "author", "created_at", "text", "start_s", "end_s")
    readonly_fields = ("signal", "author", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        visible = stores_visible(request.user)
        return super().get_queryset(request).filter(signal__store__in=visible)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Annotation, form: Any, change: bool) -> None:
        note_change(user=request.user, note=obj, text=obj.text, span_s=form.span_s())
