from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import WrittenBySystem
from signals.models import Projection, SavedView, TableColumn
from signals.selectors import stores_visible
from signals.services.saved_views import saved_view_delete, saved_views_visible
from signals.services.table_columns import columns_forget


class SavedViewAdmin(WrittenBySystem):
    """Views are kept and changed on the explorer; here one is found, and deleted if need be."""

    list_display = ("name", "owner", "is_shared", "query", "created_at")
    list_filter = ("is_shared", "created_at")
    search_fields = ("name", "owner__username", "query")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        return saved_views_visible(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: SavedView) -> None:
        saved_view_delete(user=request.user, view=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SavedView]) -> None:
        for view in queryset:
            self.delete_model(request, view)


class ProjectionAdmin(WrittenBySystem):
    """Points that were computed; they go by themselves when nobody looks at them any more."""

    list_display = ("__str__", "query", "n_points", "n_signals", "is_done", "created_at", "used_at")
    list_filter = ("method", "is_done", "created_at")
    search_fields = ("query", "key", "store__folder")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Projection]:
        rows = Projection.objects.select_related("store")
        return rows.filter(store__in=stores_visible(request.user))


class TableColumnAdmin(WrittenBySystem):
    """People choose their columns above a table; here their choice is looked at, and forgotten
    as a whole.
    """

    list_display = ("user", "table", "position", "code")
    list_filter = ("table", "code")
    search_fields = ("user__username",)
    list_select_related = ("user",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: TableColumn) -> None:
        columns_forget(user=obj.user, table=obj.table)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TableColumn]) -> None:
        for row in queryset:
            self.delete_model(request, row)
