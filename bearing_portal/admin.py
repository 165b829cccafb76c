"""The admin site as a whole, and the people who use the portal."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_plotly_dash.admin import DashApp, StatelessApp  # registers them
from django_rq.admin import models as queue_models

from common.text import counted
from monitoring.accounts.people import (
    people_activate,
    people_deactivate,
    rights_of,
    rights_record,
)
from monitoring.accounts.two_factor.services import two_factor_reset

User = get_user_model()

admin.site.site_header = admin.site.site_title = "Bearing Portal"
admin.site.index_title = "Administration"

# The portal keeps no Dash apps in rows; the queues have their own pages, for superusers.
for model in (User, DashApp, StatelessApp, queue_models.Dashboard):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = (
        "username",
        "full_name",
        "email",
        "roles",
        "is_active",
        "is_staff",
        "last_login",
    )
    list_filter = ("is_active", "is_superuser", "is_staff", "groups", "last_login")
    date_hierarchy = "date_joined"
    actions = ("deactivate", "activate", "two_factor_reset")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def _changeform_view(self, request: HttpRequest, object_id: Any, *args: Any) -> Any:
        person = self.get_object(request, object_id) if object_id else None
        request.rights_before = rights_of(person) if person is not None else ""  # type: ignore[attr-defined]
        return super()._changeform_view(request, object_id, *args)  # type: ignore[misc]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before = request.rights_before  # type: ignore[attr-defined]
        rights_record(user=request.user, person=form.instance, before=before)

    @admin.display(description="name", ordering="last_name")
    def full_name(self, user: Any) -> str:
        return user.get_full_name() or "–"

    @admin.display(description="roles")
    def roles(self, user: Any) -> str:
        names = [group.name for group in user.groups.all()]
        return ", ".join(["superuser", *names] if user.is_superuser else names) or "–"

    @admin.action(description="Deactivate the selected people", permissions=["change"])
    def deactivate(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        n = people_deactivate(user=request.user, people=people)
        self.message_user(request, f"{n} deactivated; you are never among them.")

    @admin.action(description="Activate the selected people", permissions=["change"])
    def activate(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        self.message_user(
            request, f"{people_activate(user=request.user, people=people)} activated."
        )

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description="Reset two-factor log-in", permissions=["reset"])
    def two_factor_reset(self, request: HttpRequest, people: QuerySet[Any]) -> None:
        n = sum(two_factor_reset(user=request.user, person=person) for person in people)
        self.message_user(request, f"Two-factor log-in of {counted(n, 'account')} reset.")
