"""People, what they chose and where they are logged in."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin  # registers its own
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from common.admin import WrittenBySystem
from common.text import counted
from monitoring.accounts.client import device_name
from monitoring.accounts.people import (
    people_activate,
    people_deactivate,
    rights_of,
    rights_record,
)
from monitoring.accounts.sessions import session_end
from monitoring.accounts.single_sign_on.services import identity_end
from monitoring.accounts.tokens import token_revoke
from monitoring.accounts.two_factor.services import two_factor_reset
from monitoring.models import ApiToken, NoticeChoice, SignOnIdentity, UserSession, UserSettings

User = get_user_model()
admin.site.unregister(User)


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


class GoesWithItsPerson(WrittenBySystem):
    """Rows that superusers look at, and that end with the account."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Asked when an account is deleted too.
        return bool(request.user.is_superuser)


class GoesByItsService(GoesWithItsPerson):
    """Rows whose end is more than a row less: `delete_model` is asked for each of many."""

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset.select_related("user"):
            self.delete_model(request, row)


class SecondStepAdmin(GoesWithItsPerson):
    list_display = ("user", "created_at", "last_used_at", "throttling_failure_count")
    search_fields = ("user__username",)
    list_filter = ("created_at", "last_used_at")
    date_hierarchy = "created_at"
    list_select_related = ("user",)
    show_full_result_count = False
    fields = ("user", "created_at", "last_used_at", "throttling_failure_count")


@admin.register(UserSettings)
class UserSettingsAdmin(GoesWithItsPerson):
    list_display = ("user", "theme", "page_size")
    list_filter = ("theme", "page_size")
    search_fields = ("user__username",)
    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(NoticeChoice)
class NoticeChoiceAdmin(GoesWithItsPerson):
    list_display = ("user", "kind", "in_portal", "by_email")
    list_filter = ("kind", "in_portal", "by_email")
    search_fields = ("user__username",)
    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(UserSession)
class UserSessionAdmin(GoesByItsService):
    """The key of a session is a password: it is not shown."""

    list_display = ("user", "device", "address", "seen_at", "created_at")
    list_filter = ("seen_at",)
    search_fields = ("user__username", "address", "user_agent")
    date_hierarchy = "seen_at"
    list_select_related = ("user",)
    show_full_result_count = False
    fields = ("user", "device", "user_agent", "address", "seen_at", "created_at")
    actions = ("log_out",)

    @admin.display(description="device")
    def device(self, session: UserSession) -> str:
        return device_name(session.user_agent)

    @admin.action(description="Log out the selected sessions", permissions=["delete"])
    def log_out(self, request: HttpRequest, sessions: QuerySet[UserSession]) -> None:
        rows = list(sessions)
        self.delete_queryset(request, sessions)
        self.message_user(request, f"{len(rows)} logged out.")

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        session_end(user=obj.user, session_key=obj.session_key)


@admin.register(ApiToken)
class ApiTokenAdmin(GoesWithItsPerson):
    """Tokens of all people: to see who uses what, and to take one back."""

    list_display = ("user", "name", "hint", "may", "created_at", "expires_at", "used_at", "ended")
    list_filter = ("may_write", "may_train", "used_at")
    search_fields = ("user__username", "name", "hint")
    date_hierarchy = "created_at"
    list_select_related = ("user",)
    show_full_result_count = False
    fields = ("user", "name", "hint", "may", "created_at", "expires_at", "used_at", "revoked_at")
    actions = ("revoke",)

    @admin.display(description="may")
    def may(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @admin.display(description="revoked", ordering="revoked_at")
    def ended(self, token: ApiToken) -> Any:
        return token.revoked_at

    @admin.action(description="Revoke the selected tokens", permissions=["delete"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        rows = list(tokens.select_related("user"))
        n_revoked = sum(token_revoke(user=token.user, pk=token.pk) for token in rows)
        self.message_user(request, f"{n_revoked} revoked.")


@admin.register(TOTPDevice)
class AppAdmin(GoesByItsService, SecondStepAdmin):
    """Who has a second step; its key is a password and is not shown."""

    actions = ("reset",)

    @admin.action(
        description="Reset the second step of the selected people", permissions=["delete"]
    )
    def reset(self, request: HttpRequest, apps: QuerySet[TOTPDevice]) -> None:
        rows = list(apps.select_related("user"))
        self.delete_queryset(request, apps)
        self.message_user(request, f"{len(rows)} reset; they are logged out everywhere.")

    def delete_model(self, request: HttpRequest, obj: TOTPDevice) -> None:
        two_factor_reset(user=request.user, person=obj.user)


@admin.register(StaticDevice)
class RecoveryCodesAdmin(SecondStepAdmin):
    """Whose recovery codes were used when; of the codes there are only hashes."""


@admin.register(SignOnIdentity)
class SignOnIdentityAdmin(GoesByItsService):
    """Who is who at the provider; deleted, that person is a new one at the next log-in."""

    list_display = ("user", "issuer", "subject", "created_at", "used_at")
    search_fields = ("user__username", "issuer", "subject")
    list_filter = ("issuer", "used_at")
    date_hierarchy = "created_at"
    list_select_related = ("user",)
    show_full_result_count = False
    fields = ("user", "issuer", "subject", "created_at", "used_at")

    def delete_model(self, request: HttpRequest, obj: SignOnIdentity) -> None:
        identity_end(user=request.user, identity=obj)
