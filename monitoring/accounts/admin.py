"""What people chose and where they are logged in: for superusers, to look and to log out."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from common.admin import WrittenBySystem
from monitoring.accounts.client import device_name
from monitoring.accounts.sessions import session_end
from monitoring.accounts.single_sign_on.services import identity_end
from monitoring.accounts.tokens import token_revoke
from monitoring.accounts.two_factor.services import two_factor_reset
from monitoring.models import ApiToken, NoticeChoice, SignOnIdentity, UserSession, UserSettings


class GoesWithItsPerson(WrittenBySystem):
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
