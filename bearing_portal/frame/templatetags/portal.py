"""Tags and filters of the frame: icons, marks of class and severity, numbers and times."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from bearing_portal.frame.design.tokens import TOKENS
from bearing_portal.frame.templatetags.symbols import SYMBOL_PATHS
from common import text

register = template.Library()

NOTHING: tuple[Any, ...] = (None, "")  # a missing attribute reaches a filter as an empty text
MIN_SHARE_TO_FORETELL = 0.05  # the start-up of the workers would be taken for their speed
MESSAGE_ICONS = {
    "success": "check-circle",
    "warning": "exclamation-triangle",
    "error": "x-circle",
}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    return _icon(_sprite(staticfiles_storage, settings.DEBUG), name, css_class)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, css_class: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        sprite,
        name,
    )


@lru_cache(maxsize=8)
def _sprite(storage: Any, is_debug: bool) -> str:
    """Return the address of the icons: a page of cards asks 600 times."""
    del storage, is_debug  # what it hangs on
    return static("vendor/bootstrap-icons/icons.svg")


@register.simple_tag
def symbol(fault_class: Any) -> SafeString:
    """Draw a fault class's mark in its own colour, solid or open."""
    shape = fault_class.symbol.removesuffix("-open")
    path = SYMBOL_PATHS.get(shape, SYMBOL_PATHS["circle"])
    paint = 'fill="none" stroke-width="1.6" stroke' if shape != fault_class.symbol else "fill"
    return format_html(
        '<svg class="symbol" viewBox="0 0 12 12" aria-hidden="true" focusable="false">'
        '<path d="{}" {}="{}"/></svg>',
        path,
        mark_safe(paint),  # noqa: S308 - one of the two constants above
        fault_class.colour,
    )


@register.inclusion_tag("includes/class_badge.html")
def class_badge(fault_class: Any) -> dict[str, Any]:
    return {"fault_class": fault_class}


@register.inclusion_tag("includes/severity.html")
def severity(item: Any) -> dict[str, Any]:
    """Four rising bars, filled up to the level."""
    level = item.level if item else 0
    bars = [
        {"x": 4 * step, "y": 9 - 2.4 * step, "height": 3 + 2.4 * step, "on": step < level}
        for step in range(4)
    ]
    return {"severity": item, "bars": bars, "level": level}


@register.inclusion_tag("includes/status_badge.html")
def status_badge(status: str, label: str) -> dict[str, str]:
    look = TOKENS["status"][status]
    return {"role": look["role"], "icon_name": look["icon"], "label": label, "status": status}


@register.simple_tag
def class_strip(dataset: Any) -> SafeString:
    """One strip as wide as the card, shared out among the classes as the signals are."""
    counts = [(row.fault_class, row.n_signals) for row in dataset.class_counts.all()]
    planned = not counts and dataset.recipe is not None
    if planned and dataset.status != "failed":
        counts = [(fault_class, 1) for fault_class in dataset.recipe.classes.all()]
    return _strip(tuple((row.name, row.colour, n) for row, n in counts), planned)


@lru_cache(maxsize=256)
def _strip(counts: tuple[tuple[str, str, int], ...], planned: bool) -> SafeString:
    """Draw a strip; most datasets hold the same classes in the same numbers."""
    total = sum(n for _, _, n in counts) or 1
    segments, start = [], 0.0
    for name, colour, n in counts:
        width = 100 * n / total
        look = {"x": f"{start:.3f}%", "width": f"{width:.3f}%"}
        segments.append({**look, "name": name, "colour": colour, "n": n})
        start += width
    context = {"segments": segments, "planned": planned}
    return render_to_string("includes/class_strip.html", context)


@register.filter
def class_names(counts: Any) -> str:
    """Name the classes of a dataset's counts."""
    return ", ".join(row.fault_class.name for row in counts)


@register.inclusion_tag("includes/class_bars.html")
def class_bars(dataset: Any) -> dict[str, Any]:
    rows = list(dataset.class_counts.all())
    most = max((row.n_signals for row in rows), default=1)
    return {
        "bars": [
            {
                "fault_class": row.fault_class,
                "n": row.n_signals,
                "percent": f"{100 * row.n_signals / most:.2f}",
            }
            for row in rows
        ]
    }


@register.inclusion_tag("includes/sort_header.html", takes_context=True)
def sort_header(
    context: dict[str, Any],
    key: str,
    label: str,
    css_class: str = "",
    target: str = "#dataset-live",
) -> dict[str, str]:
    """A column's heading that sorts: a second click turns the order round."""
    query, params = context["query"], context["request"].GET.copy()
    here = query.sort == key
    params["sort"] = f"-{key}" if here and not query.descending else key
    params.pop("page", None)
    direction = ("descending" if query.descending else "ascending") if here else ""
    href = f"?{params.urlencode()}"
    return {
        "key": key,
        "label": label,
        "css_class": css_class,
        "direction": direction,
        "href": href,
        "target": target,
    }


@register.inclusion_tag("includes/progress.html")
def progress(job: Any, unit: str) -> dict[str, Any]:
    total = job.progress_total or 1
    return {
        "job": job,
        "unit": unit,
        "percent": round(100 * job.progress_done / total, 1),
        "remaining_s": _remaining_s(job),
    }


def _remaining_s(job: Any) -> float | None:
    early = job.progress_done < MIN_SHARE_TO_FORETELL * job.progress_total
    if early or not job.progress_done or job.started_at is None:
        return None
    elapsed_s = (timezone.now() - job.started_at).total_seconds()
    return elapsed_s / job.progress_done * (job.progress_total - job.progress_done)


@register.simple_tag(takes_context=True)
def nav_link(
    context: dict[str, Any], view_name: str, icon_name: str, label: str, also: str = ""
) -> SafeString:
    match = context["request"].resolver_match
    room = view_name.split(":", maxsplit=1)[0] if ":" in view_name else ""
    here = bool(match) and (
        match.view_name == view_name or match.namespace in {each for each in (room, also) if each}
    )
    return format_html(
        '<a class="nav-item" href="{}" data-go="{}" title="{}"{}>{}'
        '<span class="nav-label">{}</span></a>',
        reverse(view_name),
        view_name.split(":", maxsplit=1)[0],
        label,
        mark_safe(' aria-current="page"') if here else "",
        icon(icon_name),
        label,
    )


@register.simple_tag
def person(user: Any) -> str:
    return user.get_full_name() or user.get_username()


@register.simple_tag
def avatar(user: Any) -> SafeString:
    words = person(user).replace(".", " ").replace("_", " ").split()
    initials = "".join(word[0] for word in words[:2]).upper()
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials)


@register.filter
def thousands(value: float | None) -> str:
    """Write a whole number with thin spaces; undefined is an en dash."""
    return text.NOTHING if value in NOTHING else text.thousands(value)


@register.filter
def rpm(speed_hz: float) -> float:
    return speed_hz * 60


@register.filter
def number(value: float | None, digits: int = 4) -> str:
    """Write a measured number with so many significant digits; undefined is an en dash."""
    return text.NOTHING if value in NOTHING else text.number(value, digits)


@register.filter
def size(n_bytes: int | None) -> str:
    """Write a size as people say it, in powers of 1000."""
    return text.NOTHING if n_bytes in NOTHING else text.size(n_bytes)


@register.filter
def span(seconds: float | None) -> str:
    """Write a length of time roughly: 6 s, 3 min, 2 h."""
    return text.NOTHING if seconds in NOTHING else text.span(seconds)


@register.filter
def counted(n: int, words: str) -> str:
    """Write how many of a thing there are: `5|counted:"class,classes"`."""
    return text.counted(n, *words.split(","))


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    return "–" if moment is None else _time(moment, _moment_in_words(timezone.localtime(moment)))


@register.filter
def moment(at: datetime | None, form: str = "Y-m-d H:i") -> SafeString | str:
    """Write a time in the person's zone; the pointer shows it in UTC."""
    return "–" if at is None else _time(at, date_format(timezone.localtime(at), form))


@register.filter
def expires_in(moment: datetime) -> SafeString:
    """Write how many days are left: in 30 days, tomorrow, today."""
    days = (timezone.localtime(moment).date() - timezone.localdate()).days
    return _time(moment, {0: "today", 1: "tomorrow"}.get(max(days, 0), f"in {days} days"))


def _time(at: datetime, words: str) -> SafeString:
    in_utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), in_utc, words)


def _moment_in_words(local: datetime) -> str:
    now = timezone.localtime()
    seconds = (now - local).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    days = (now.date() - local.date()).days
    if days < 2:
        return f"{'Today' if days == 0 else 'Yesterday'}, {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"


@register.filter
def message_icon(level: str) -> str:
    return MESSAGE_ICONS.get(level, "info-circle")
