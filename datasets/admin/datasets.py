from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.admin import ShownRows, WrittenBySystem, act_on_each
from common.text import size
from datasets.admin.composing import DivideForm, MergeForm, ask_and_compose
from datasets.models import ClassCount, Dataset, DatasetSource, GenerationPart, Recipe
from datasets.selectors import datasets_visible
from datasets.services import (
    dataset_bearing_choose,
    dataset_cancel,
    dataset_delete,
    dataset_retry,
    dataset_share,
)
from datasets.services.composing import dataset_divide, dataset_merge
from signals.models import Bearing, SignalStore

SHARED, PRIVATE = SignalStore.Visibility.SHARED, SignalStore.Visibility.PRIVATE


class DatasetAdminForm(forms.ModelForm):
    bearing = forms.ModelChoiceField(
        Bearing.objects.all(),
        required=False,
        help_text="In which the signals were measured, where a signal names no other.",
    )

    class Meta:
        model = Dataset
        fields = ("name", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "bearing" in self.fields:  # those who only look get the fields as text
            self.initial["bearing"] = self.instance.store.bearing_id


class ClassCountInline(admin.TabularInline):
    model = ClassCount
    fields = readonly_fields = ("fault_class", "n_signals")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClassCount]:
        return super().get_queryset(request).select_related("fault_class")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("datasets.view_dataset")


class PartInline(ShownRows):
    """What workers make of it while it is generated, or made before it failed."""

    model = GenerationPart
    fields = readonly_fields = ("number", "first_row", "n_rows", "job")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GenerationPart]:
        return super().get_queryset(request).select_related("job")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("datasets.view_dataset")


class SourceInline(ShownRows):
    """What the dataset was put together from."""

    model = DatasetSource
    fk_name = "dataset"
    fields = readonly_fields = ("name", "version", "part", "n_signals")
    verbose_name_plural = "made from"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("datasets.view_dataset")


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    """Name and description are edited here; everything else goes through the services."""

    list_display = (
        "name",
        "status",
        "owner",
        "visibility",
        "n_signals",
        "size_shown",
        "created_at",
        "signals",
    )
    list_filter = ("status", "store__visibility", "created_at")
    search_fields = ("name", "description", "store__owner__username", "recipe__fingerprint")
    date_hierarchy = "created_at"
    actions = ("merge", "divide", "share", "unshare", "cancel", "retry")
    form = DatasetAdminForm
    inlines = (ClassCountInline, SourceInline, PartInline)
    fields = (
        "name",
        "description",
        "bearing",
        "status",
        "owner",
        "visibility",
        "n_signals",
        "n_planned",
        "size_shown",
        "signals",
        "recipe",
        "job",
        "created_at",
        "ready_at",
    )
    readonly_fields = fields[3:]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dataset]:
        return datasets_visible(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Dataset, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "bearing" in form.changed_data:
            bearing = form.cleaned_data["bearing"]
            dataset_bearing_choose(user=request.user, dataset=obj, bearing=bearing)

    def delete_model(self, request: HttpRequest, obj: Dataset) -> None:
        dataset_delete(user=request.user, dataset=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Dataset]) -> None:
        for dataset in queryset:
            self.delete_model(request, dataset)

    @admin.display(description="owner", ordering="store__owner__username")
    def owner(self, dataset: Dataset) -> str:
        return str(dataset.store.owner)

    @admin.display(description="visibility", ordering="store__visibility")
    def visibility(self, dataset: Dataset) -> str:
        return dataset.store.get_visibility_display()

    @admin.display(description="signals", ordering="store__n_signals")
    def n_signals(self, dataset: Dataset) -> int:
        return dataset.store.n_signals

    @admin.display(description="bearing")
    def bearing(self, dataset: Dataset) -> str:
        return str(dataset.store.bearing or "–")

    @admin.display(description="size", ordering="store__size_bytes")
    def size_shown(self, dataset: Dataset) -> str:
        return size(dataset.store.size_bytes)

    @admin.display(description="look at them")
    def signals(self, dataset: Dataset) -> SafeString:
        address = reverse("admin:signals_signal_changelist")
        return format_html(
            '<a href="{}?store__id__exact={}">List the signals</a>', address, dataset.store_id
        )

    @admin.action(description="Merge the selected datasets into a new one", permissions=["change"])
    def merge(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> HttpResponse | None:
        chosen = list(datasets.order_by("created_at", "pk"))
        if len(chosen) < 2:
            self.message_user(request, "Choose two datasets or more to merge.", messages.ERROR)
            return None

        def apply(given: dict[str, Any]) -> list[Dataset]:
            name, reason = given["name"], given["reason"]
            return [dataset_merge(user=request.user, datasets=chosen, name=name, reason=reason)]

        return ask_and_compose(self, request, chosen, MergeForm, "Merge datasets", apply)

    @admin.action(description="Divide the selected dataset into new ones", permissions=["change"])
    def divide(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> HttpResponse | None:
        chosen = list(datasets[:2])
        if len(chosen) != 1:
            self.message_user(request, "Choose one dataset to divide.", messages.ERROR)
            return None

        def apply(given: dict[str, Any]) -> list[Dataset]:
            by, _, split = given["by"].partition(":")
            return dataset_divide(
                user=request.user,
                dataset=chosen[0],
                by=by,
                reason=given["reason"],
                split=chosen[0].store.splits.filter(pk=int(split)).first() if split else None,
            )

        form = partial(DivideForm, dataset=chosen[0])
        return ask_and_compose(self, request, chosen, form, "Divide a dataset", apply)

    @admin.action(description="Share the selected datasets", permissions=["change"])
    def share(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> None:
        act = partial(_share, request.user, SHARED)
        act_on_each(self, request, datasets, act, done="shared")

    @admin.action(description="Make the selected datasets private", permissions=["change"])
    def unshare(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> None:
        act = partial(_share, request.user, PRIVATE)
        act_on_each(self, request, datasets, act, done="made private")

    @admin.action(description="Cancel the selected datasets", permissions=["change"])
    def cancel(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> None:
        act_on_each(self, request, datasets, partial(_cancel, request.user), done="asked to stop")

    @admin.action(description="Try the selected datasets again", permissions=["change"])
    def retry(self, request: HttpRequest, datasets: QuerySet[Dataset]) -> None:
        act_on_each(self, request, datasets, partial(_retry, request.user), done="queued again")


def _share(user: Any, visibility: str, dataset: Dataset) -> None:
    dataset_share(user=user, dataset=dataset, visibility=visibility)


def _cancel(user: Any, dataset: Dataset) -> None:
    dataset_cancel(user=user, dataset=dataset)


def _retry(user: Any, dataset: Dataset) -> None:
    dataset_retry(user=user, dataset=dataset)


@admin.register(Recipe)
class RecipeAdmin(WrittenBySystem):
    """A recipe fixes every sample of its dataset, so nobody edits one."""

    list_display = (
        "short_fingerprint",
        "dataset",
        "seed",
        "per_class",
        "augmentation",
        "fs_hz",
        "duration_s",
        "shaft_hz",
    )
    list_filter = ("augmentation", "classes", "severities", "noises")
    search_fields = ("fingerprint", "dataset__name")
    list_select_related = ("dataset",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipe]:
        visible = datasets_visible(request.user).order_by().values("pk")
        return super().get_queryset(request).filter(dataset__in=visible)

    @admin.display(description="fingerprint", ordering="fingerprint")
    def short_fingerprint(self, recipe: Recipe) -> str:
        return recipe.fingerprint[:12]
