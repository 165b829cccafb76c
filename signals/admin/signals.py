from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from common.admin import WrittenBySystem, measured
from common.errors import Expected
from common.page_state import read_id
from common.text import counted, size
from signals.admin.actions import add_tag, relabel, remove_tag
from signals.admin.bearings import BearingAdmin
from signals.admin.exploration import ProjectionAdmin, SavedViewAdmin, TableColumnAdmin
from signals.admin.feature_groups import SignalFeaturesInline, StoreFeaturesInline
from signals.admin.forms import SignalForm
from signals.admin.notes import AnnotationInline
from signals.admin.recordings import RecordingAdmin, RunAdmin, ShardsInline, SpecimenAdmin
from signals.admin.tags import TagAdmin, TaggedFilter
from signals.admin.uploads import UploadAdmin
from signals.admin.versions import MembersInline
from signals.models import (
    Annotation,
    Projection,
    Recording,
    Run,
    SavedView,
    Signal,
    SignalStore,
    Specimen,
    TableColumn,
    Tag,
    Upload,
)
from signals.selectors import label_history, signals_visible, stores_visible, tags_visible
from signals.services.bearings import bearing_attach
from signals.services.labels import Relabel, signals_relabel
from signals.services.notes import note_add, note_change, note_delete
from signals.services.tags import signal_tags_set, tagging_undo
from signals.services.versions import versions_undo
from vibration.features import FEATURE_NAMES

__all__ = ["BearingAdmin"]

admin.site.register(Tag, TagAdmin)

admin.site.register(Upload, UploadAdmin)
admin.site.register(Specimen, SpecimenAdmin)
admin.site.register(Run, RunAdmin)
admin.site.register(Recording, RecordingAdmin)
admin.site.register(SavedView, SavedViewAdmin)
admin.site.register(Projection, ProjectionAdmin)
admin.site.register(TableColumn, TableColumnAdmin)


@admin.register(SignalStore)
class SignalStoreAdmin(WrittenBySystem):
    """Stores come and go with their datasets and uploads."""

    list_display = (
        "__str__",
        "owner",
        "visibility",
        "n_signals",
        "size_shown",
        "version",
        "created_at",
    )
    list_filter = ("visibility", "created_at")
    search_fields = ("folder", "owner__username", "sha256")
    date_hierarchy = "created_at"
    inlines = (ShardsInline, StoreFeaturesInline, MembersInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignalStore]:
        return stores_visible(request.user).select_related("owner")

    @admin.display(description="size", ordering="size_bytes")
    def size_shown(self, store: SignalStore) -> str:
        return size(store.size_bytes)


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
        ("tags", TaggedFilter),
    )
    search_fields = ("label", "store__folder")
    search_help_text = "A label such as OWH-0047, or a store such as datasets/3."
    autocomplete_fields = ("tags", "bearing")
    show_full_result_count = False
    list_per_page = 50
    actions = (relabel, add_tag, remove_tag)
    inlines = (AnnotationInline, SignalFeaturesInline)
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
        ("Labels", {"fields": ("fault_class", "severity", "reason", "tags", "bearing")}),
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

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.tagging_undo))
        undo = self.admin_site.admin_view(require_POST(self.version_undo))
        return [
            path("tagging-undo/", view, name="signals_signal_tagging_undo"),
            path("version-undo/", undo, name="signals_signal_version_undo"),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Tell what the labels were beside the lines of everything else."""
        signal = self.get_object(request, unquote(object_id))
        history = label_history(signal) if signal is not None else []
        context = {**(extra_context or {}), "label_history": history}
        return super().history_view(request, object_id, context)

    def version_undo(self, request: HttpRequest) -> HttpResponse:
        """Take back what a version changed, of all its signals."""
        try:
            n = versions_undo(user=request.user, text=request.POST.get("undo", ""))
        except Expected as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"Undone for {counted(n, 'signal')}.")
        pk = read_id(request.POST.get("signal", ""))
        if pk is None:
            return redirect("admin:signals_signal_changelist")
        return redirect("admin:signals_signal_history", pk)

    def tagging_undo(self, request: HttpRequest) -> HttpResponse:
        """Take back what an action on tags did."""
        try:
            n = tagging_undo(user=request.user, token=request.POST.get("undo", ""))
        except Expected as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"Undone for {counted(n, 'signal')}.")
        return redirect("admin:signals_signal_changelist")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **values: Any) -> Any:
        if db_field.name == "tags":
            values["queryset"] = tags_visible(request.user)
        return super().formfield_for_manytomany(db_field, request, **values)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **values: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **values)
        if field is not None and db_field.name in ("fault_class", "severity", "bearing", "tags"):
            # What another one has changed since the page was opened is no change of who saves it.
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Signal, form: Any, change: bool) -> None:
        changed = {"fault_class", "severity"} & set(form.changed_data)
        labels = Relabel(**{name: getattr(obj, name) for name in changed})
        if changed:
            signals_relabel(
                user=request.user,
                signals=Signal.objects.filter(pk=obj.pk),
                labels=labels,
                reason=form.cleaned_data["reason"],
            )
        if "bearing" in form.changed_data:
            bearing_attach(user=request.user, signal=obj, bearing=obj.bearing)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        # The services have written what these were and became.
        labels = ("fault_class", "severity", "reason", "bearing", "tags")
        form.changed_data = [name for name in form.changed_data if name not in labels]
        return super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: HttpRequest, obj: Signal, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "tags" in form.changed_data:
            signal_tags_set(user=request.user, signal=form.instance, names=_tags_meant(form))
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # sorts the notes into new, changed and deleted ones
        user, signal = request.user, form.instance
        for note in formset.new_objects:
            span_s = _span_of(note)
            note_add(user=user, signal=signal, text=note.text, span_s=span_s)
        for note, _ in formset.changed_objects:
            note_change(user=user, note=note, text=note.text, span_s=_span_of(note))
        for note in formset.deleted_objects:
            note_delete(user=user, signal=signal, note_id=note.pk)


def _tags_meant(form: Any) -> set[str]:
    """Return the tags of a signal once what was ticked and taken away on its page has been done."""
    tags = form["tags"]
    widget = tags.field.hidden_widget()
    shown = set(widget.value_from_datadict(form.data, form.files, tags.html_initial_name) or ())
    meant = {str(tag.pk): tag.name for tag in form.cleaned_data["tags"]}
    before = {str(pk): name for pk, name in form.instance.tags.values_list("pk", "name")}
    kept = {name for pk, name in before.items() if pk not in shown - meant.keys()}
    return kept | {name for pk, name in meant.items() if pk not in shown}


def _span_of(note: Annotation) -> tuple[float, float] | None:
    return None if note.start_s is None or note.end_s is None else (note.start_s, note.end_s)
