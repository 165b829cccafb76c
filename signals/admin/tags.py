from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from signals.admin.forms import TagForm
from signals.models import Tag
from signals.selectors import stores_visible, tags_visible
from signals.services.tags import tag_delete, tag_rename


class TaggedFilter(admin.RelatedFieldListFilter):
    """Offers only tags of signals that the person sees."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        del field, model_admin
        return [
            (str(pk), name) for pk, name in tags_visible(request.user).values_list("pk", "name")
        ]


class TagAdmin(admin.ModelAdmin):
    """A tag comes with the first signal that bears it; here it is renamed, or taken from all."""

    form = TagForm
    list_display = ("name", "n_signals")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        seen = Q(signals__store__in=stores_visible(request.user))
        return tags_visible(request.user).annotate(n_signals=Count("signals", filter=seen))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="signals", ordering="n_signals")
    def n_signals(self, tag: Tag) -> int:
        return int(tag.n_signals)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        before = Tag.objects.get(pk=obj.pk)
        obj.pk = tag_rename(user=request.user, tag=before, name=obj.name).pk

    def log_change(self, request: HttpRequest, obj: Tag, message: Any) -> Any:
        """The service has written what it was called before."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        # Not the signals that bear it: some may be other people's private ones.
        names = [str(tag) for tag in objs]
        return names, {"tags": len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        tag_delete(user=request.user, tag=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        for tag in queryset:
            self.delete_model(request, tag)
