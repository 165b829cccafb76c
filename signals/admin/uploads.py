from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from common.admin import WrittenBySystem
from common.text import size
from signals.models import Upload
from signals.selectors import uploads_visible
from signals.uploads.services import upload_delete


class UploadAdmin(WrittenBySystem):
    """What people brought in for themselves; deleted here, files and all."""

    list_display = (
        "file_name",
        "owner",
        "format",
        "n_channels",
        "size_shown",
        "created_at",
        "expires_at",
    )
    list_filter = ("format", "created_at", "expires_at")
    search_fields = ("file_name", "owner__username", "sha256")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        uploads = uploads_visible(request.user).select_related("owner")
        return uploads.annotate(n_channels=Count("stores__signals"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        # Its stores and signals go with it, though nobody may delete one of those alone.
        names = [str(upload) for upload in objs]
        return names, {"uploads": len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Upload) -> None:
        upload_delete(user=request.user, upload=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Upload]) -> None:
        for upload in queryset:
            self.delete_model(request, upload)

    @admin.display(description="channels", ordering="n_channels")
    def n_channels(self, upload: Upload) -> int:
        return int(upload.n_channels)  # type: ignore[attr-defined]

    @admin.display(description="size", ordering="size_bytes")
    def size_shown(self, upload: Upload) -> str:
        return size(upload.size_bytes)
