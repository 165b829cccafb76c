"""The admin pages of the catalogue: classes, severities and sources of noise."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.admin import act_on_each, swatch
from signals.admin.forms import FaultClassForm, SeverityForm
from signals.models import FaultClass, NoiseSource, Severity
from signals.services.labels import fault_class_move


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
