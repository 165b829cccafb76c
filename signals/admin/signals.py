from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.admin import WrittenBySystem, act_on_each, measured, megabytes, swatch
from signals.admin.actions import add_tag, relabel, remove_tag
from signals.admin.bearings import BearingAdmin
from signals.admin.exploration import ProjectionAdmin, SavedViewAdmin, TableColumnAdmin
from signals.admin.forms import FaultClassForm, SeverityForm, SignalForm
from signals.admin.uploads import UploadAdmin
from signals.models import (
    Annotation,
    FaultClass,
    NoiseSource,
    Projection,
    SavedView,
    Severity,
    Signal,
    SignalStore,
    TableColumn,
    Tag,
    Upload,
)
from signals.selectors import signals_visible, stores_visible
from signals.services.bearings import bearing_attach
from signals.services.labels import Relabel, fault_class_move, signals_relabel
from vibration.features import FEATURE_NAMES

__all__ = ["BearingAdmin"]

admin.site.register(Upload, UploadAdmin)
admin.site.register(SavedView, SavedViewAdmin)
admin.site.register(Projection, ProjectionAdmin)
admin.site.register(TableColumn, TableColumnAdmin)


@admin.register(FaultClass)
class FaultClassAdmin(admin.ModelAdmin):
    form = FaultClassForm
    list_display = ("name", "short_name", "code", "label_prefix", "family", "position", "look")
    list_filter = ("family",)
    search_fields = ("name", "short_name", "code", "signature")
    actions = ("move_up", "move_down")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Recipes and files name a class by its code, signals by its prefix.
        return ("code", "label_prefix", "position") if obj else ()

    @admin.display(description="colour, symbol, dash")
    def look(self, row: FaultClass) -> SafeString:
        return format_html("{} · {} · {}", swatch(row.colour), row.symbol, row.dash)

    @admin.action(description="Move up", permissions=["change"])
    def move_up(self, request: HttpRequest, rows: QuerySet[FaultClass]) -> None:
        act = partial(_move, request.user, False)
        act_on_each(self, request, rows.order_by("position"), act, done="moved up")

    @admin.action(description="Move down", permissions=["change"])
    def move_down(self, request: HttpRequest, rows: QuerySet[FaultClass]) -> None:
        act = partial(_move, request.user, True)
        act_on_each(self, request, rows.order_by("-position"), act, done="moved down")


def _move(user: Any, down: bool, row: FaultClass) -> None:
    fault_class_move(user=user, fault_class=row, down=down)


class FixedRows(admin.ModelAdmin):
    """The simulator's own rows: their words and colours may be edited, no more."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Severity)
class SeverityAdmin(FixedRows):
    form = SeverityForm
    list_display = ("name", "code", "level", "factor_low", "factor_high", "look")
    search_fields = ("name", "code")
    fields = ("code", "level", "name", "factor_low", "factor_high", "colour_light", "colour_dark")
    readonly_fields = ("code", "level", "factor_low", "factor_high")

    @admin.display(description="on light, on dark")
    def look(self, row: Severity) -> SafeString:
        return swatch(row.colour_light, row.colour_dark)


@admin.register(NoiseSource)
class NoiseSourceAdmin(FixedRows):
    list_display = ("name", "code", "position", "model")
    search_fields = ("name", "code", "model")
    readonly_fields = ("code", "position")


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ("name", "n_signals")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(n_signals=Count("signals"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A tag in use may lie on other people's private signals.
        allowed = super().has_delete_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return allowed
        return allowed and not obj.signals.exists()

    @admin.display(description="signals", ordering="n_signals")
    def n_signals(self, tag: Tag) -> int:
        return int(tag.n_signals)  # type: ignore[attr-defined]


@admin.register(SignalStore)
class SignalStoreAdmin(WrittenBySystem):
    """Stores come and go with their datasets and uploads."""

    list_display = ("__str__", "owner", "visibility", "n_signals", "size", "version", "created_at")
    list_filter = ("visibility", "created_at")
    search_fields = ("folder", "owner__username", "sha256")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignalStore]:
        return stores_visible(request.user).select_related("owner")

    @admin.display(description="size", ordering="size_bytes")
    def size(self, store: SignalStore) -> str:
        return megabytes(store.size_bytes)


class AnnotationInline(admin.TabularInline):
    model = Annotation
    fields = ("text", "start_s", "end_s", "author", "created_at")
    readonly_fields = ("author", "created_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        return super().get_queryset(request).select_related("author")


@admin.register(Signal)
class SignalAdmin(admin.ModelAdmin):
    """Curators edit labels and tags; all else about a signal was measured or drawn."""

    form = SignalForm
    list_display = (
        "label",
        "of",
        "fault_class",
        "severity",
        "rms_g",
        "kurtosis_4",
        "speed_rpm",
        "load",
        "augmented",
        "tag_names",
    )
    list_filter = (
        "fault_class",
        "severity",
        "store__visibility",
        "transient",
        "augmented",
        "progresses",
        "tags",
    )
    search_fields = ("label", "store__folder")
    search_help_text = "A label such as OWH-0047, or a store such as datasets/3."
    autocomplete_fields = ("tags", "bearing")
    show_full_result_count = False
    list_per_page = 50
    actions = (relabel, add_tag, remove_tag)
    inlines = (AnnotationInline,)
    identity = ("label", "channel", "in_viewer", "store", "row", "fs_hz", "n_samples", "unit")
    conditions = (
        "severity_factor",
        "progresses",
        "rpm",
        "load_percent",
        "temperature_c",
        "sommerfeld",
        "reynolds",
        "clearance_ratio",
        "transient",
        "augmented",
        "source_row",
        "seed_key",
        "rank_in_class",
    )
    readonly_fields = (*identity, *conditions, *FEATURE_NAMES)
    fieldsets = (
        (None, {"fields": identity}),
        ("Labels", {"fields": ("fault_class", "severity", "tags", "bearing")}),
        ("Conditions", {"fields": conditions, "classes": ("collapse",)}),
        ("Features", {"fields": FEATURE_NAMES, "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signal]:
        signals = signals_visible(request.user).prefetch_related("tags")
        return signals.select_related("store__dataset", "store__upload")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="dataset or upload", ordering="store__dataset__name")
    def of(self, signal: Signal) -> str:
        store = signal.store
        return str(getattr(store, "dataset", None) or store.upload or store)

    rms_g = measured("rms", "RMS (g)")
    kurtosis_4 = measured("kurtosis", "kurtosis")
    speed_rpm = measured("rpm", "speed (rpm)")
    load = measured("load_percent", "load (%)", 3)

    @admin.display(description="tags")
    def tag_names(self, signal: Signal) -> str:
        return ", ".join(tag.name for tag in signal.tags.all()) or "–"

    @admin.display(description="look at it")
    def in_viewer(self, signal: Signal) -> SafeString:
        address = f"{reverse('viewer')}?signal={signal.pk}"
        return format_html('<a href="{}">Open in the Signal Viewer</a>', address)

    def save_model(self, request: HttpRequest, obj: Signal, form: Any, change: bool) -> None:
        labels = Relabel(fault_class=obj.fault_class, severity=obj.severity)
        signals_relabel(user=request.user, signals=Signal.objects.filter(pk=obj.pk), labels=labels)
        bearing_attach(user=request.user, signal=obj, bearing=obj.bearing)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        # The services have written what these were and became.
        labels = ("fault_class", "severity", "bearing")
        form.changed_data = [name for name in form.changed_data if name not in labels]
        return super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: HttpRequest, obj: Signal, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for annotation in formset.save(commit=False):
            if annotation.author_id is None:
                annotation.author = request.user
            annotation.save()
        for annotation in formset.deleted_objects:
            annotation.delete()


@admin.register(Annotation)
class AnnotationAdmin(admin.ModelAdmin):
    """Written on a signal's page; searched and corrected here."""

    list_display = ("text", "signal", "author", "start_s", "end_s", "created_at")
    list_filter = ("created_at",)
    search_fields = ("text", "signal__label", "author__username")
    date_hierarchy = "created_at"
    list_select_related = ("signal", "author")
    fields = ("signal", "author", "created_at", "text", "start_s", "end_s")
    readonly_fields = ("signal", "author", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        visible = stores_visible(request.user)
        return super().get_queryset(request).filter(signal__store__in=visible)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
