"""Actions on selected signals that ask for something first."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from common.errors import Expected
from common.text import counted
from signals.admin.forms import ActionForm, RelabelForm, TaggingForm
from signals.models import Signal
from signals.services.labels import signals_relabel
from signals.services.tags import Tagging, signals_tag

N_EXAMPLES = 8
Apply = Callable[[Any], int | Tagging]


@admin.action(description="Relabel the selected signals", permissions=["change"])
def relabel(
    site: admin.ModelAdmin, request: HttpRequest, signals: QuerySet[Signal]
) -> HttpResponse | None:
    def apply(form: RelabelForm) -> int:
        why = form.cleaned_data["reason"]
        return signals_relabel(
            user=request.user, signals=signals, labels=form.labels(), reason=why
        ).n

    return _ask_and_apply(site, request, signals, RelabelForm, "Relabel", apply)


@admin.action(description="Add a tag to the selected signals", permissions=["change"])
def add_tag(
    site: admin.ModelAdmin, request: HttpRequest, signals: QuerySet[Signal]
) -> HttpResponse | None:
    def apply(form: TaggingForm) -> Tagging:
        return signals_tag(user=request.user, signals=signals, name=form.cleaned_data["tag"])

    return _ask_and_apply(site, request, signals, TaggingForm, "Add tag", apply)


@admin.action(description="Remove a tag from the selected signals", permissions=["change"])
def remove_tag(
    site: admin.ModelAdmin, request: HttpRequest, signals: QuerySet[Signal]
) -> HttpResponse | None:
    def apply(form: TaggingForm) -> Tagging:
        name = form.cleaned_data["tag"]
        return signals_tag(user=request.user, signals=signals, name=name, remove=True)

    return _ask_and_apply(site, request, signals, TaggingForm, "Remove tag", apply)


def _ask_and_apply(
    site: admin.ModelAdmin,
    request: HttpRequest,
    signals: QuerySet[Signal],
    form_type: type[ActionForm],
    title: str,
    apply: Apply,
) -> HttpResponse | None:
    """Show the form; once it is filled in, apply it and return to the list."""
    if "apply" in request.POST:
        form = form_type(request.POST)
        if form.is_valid():
            _apply(site, request, form, apply)
            return None
    else:
        form = form_type(request.POST)
        form.errors.clear()  # nothing was asked yet, so nothing is wrong yet
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "title": title,
        "form": form,
        "n_selected": signals.count(),
        "examples": list(signals.values_list("label", flat=True)[:N_EXAMPLES]),
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/signals/action.html", context)


def _apply(site: admin.ModelAdmin, request: HttpRequest, form: ActionForm, apply: Apply) -> None:
    try:
        done = apply(form)
    except Expected as error:
        site.message_user(request, str(error), messages.ERROR)
        return
    n_changed = len(done.signals) if isinstance(done, Tagging) else done
    said = f"{counted(n_changed, 'signal')} changed."
    if isinstance(done, Tagging) and done.undo:
        said = format_html(
            '{} <form method="post" action="{}" class="undo">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button type="submit" name="undo" value="{}">Undo</button></form>',
            said,
            reverse("admin:signals_signal_tagging_undo"),
            get_token(request),
            done.undo,
        )
    site.message_user(request, said, messages.SUCCESS)
