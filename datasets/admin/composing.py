"""What merging and dividing datasets asks for in the admin."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join

from common.errors import Expected
from datasets.models import Dataset
from signals.admin.forms import ActionForm
from signals.models import Version

Apply = Callable[[dict[str, Any]], list[Dataset]]


class MergeForm(ActionForm):
    name = forms.CharField(max_length=100, help_text="Of the new dataset; the others stay.")
    reason = forms.CharField(
        max_length=Version._meta.get_field("reason").max_length,
        help_text="Why: the activity of each dataset keeps it.",
    )


class DivideForm(ActionForm):
    by = forms.ChoiceField(help_text="A new dataset each; this one stays as it is.")
    reason = forms.CharField(
        max_length=Version._meta.get_field("reason").max_length,
        help_text="Why: the activity of each dataset keeps it.",
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("class", "Class")]
        if dataset.store.specimens.exists():
            choices.append(("specimen", "Specimen"))
        splits = dataset.store.splits.all()
        choices += [(f"split:{row.pk}", f"Sides of the split “{row.name}”") for row in splits]
        self.fields["by"].choices = choices  # type: ignore[attr-defined]


def ask_and_compose(
    site: admin.ModelAdmin,
    request: HttpRequest,
    datasets: Sequence[Dataset],
    form_type: Callable[..., ActionForm],
    title: str,
    apply: Apply,
) -> HttpResponse | None:
    """Show the form; once it is filled in, ask for the new datasets and return to the list."""
    form = form_type(request.POST)
    if "apply" not in request.POST:
        form.errors.clear()  # nothing was asked yet, so nothing is wrong yet
    elif form.is_valid():
        try:
            made = apply(form.cleaned_data)
        except Expected as error:
            form.add_error(None, error.sentence)
        else:
            links = format_html_join(
                ", ",
                '<a href="{}">{}</a>',
                ((reverse("datasets:detail", args=[row.pk]), row.name) for row in made),
            )
            verb = "is" if len(made) == 1 else "are"
            site.message_user(request, links + f" {verb} being put together.", messages.SUCCESS)
            return None
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "title": title,
        "form": form,
        "datasets": datasets,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/datasets/action.html", context)
