"""What the admin pages of all rooms share."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from common.errors import Expected
from common.text import NOTHING, minus


class WrittenBySystem(admin.ModelAdmin):
    """Rows that people read and nobody edits."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShownRows(admin.TabularInline):
    """Rows below the one they belong to, that people read and nobody edits."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def act_on_each(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rows: Iterable[Any],
    act: Callable[[Any], object],
    *,
    done: str,
) -> None:
    """Call a service for each row and say how many it did and why it refused the others."""
    n_done = 0
    for row in rows:
        try:
            act(row)
        except Expected as error:
            model_admin.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            n_done += 1
    if n_done:
        model_admin.message_user(request, f"{n_done} {done}.", messages.SUCCESS)


def swatch(*colours: str) -> SafeString:
    """Show colours beside their hex code, so that nothing is said by colour alone."""
    return format_html_join(
        " ",
        '<span style="display:inline-block;width:1.2em;height:1.2em;vertical-align:-.2em;'
        'border-radius:3px;background:{}"></span> {}',
        ((colour, colour) for colour in colours),
    )


def measured(field: str, title: str, digits: int = 4) -> Any:
    """Return a column that shows a measured number with so many significant digits."""

    @admin.display(description=title, ordering=field)
    def shown(self: admin.ModelAdmin, row: Any) -> str:
        value = getattr(row, field)
        return NOTHING if value is None else minus(f"{value:.{digits}g}")

    return shown
