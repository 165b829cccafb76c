"""The Import page, and a draft's page with what is done to the draft."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid
from datasets.imports.forms import DraftForm
from datasets.imports.selectors import (
    draft_get,
    drafts_of,
    import_file_get,
    stage_of,
)
from datasets.imports.services.describing import draft_describe
from datasets.imports.services.drafts import (
    KEPT,
    MOST_DRAFTS,
    draft_create,
    draft_delete,
    file_remove,
)
from datasets.imports.services.importing import import_start
from datasets.imports.services.reading import reading_start
from datasets.imports.services.windows import ChangedElsewhere
from datasets.imports.views.shown import (
    STAGES,
    draft_again,
    draft_context,
    draft_shown,
    engineer_or_refuse,
    file_shown,
    foot_context,
    gone_to,
    is_fragment,
    limits,
    refuse,
    table_context,
)
from datasets.models import Dataset, ImportDraft
from datasets.selectors import dataset_get
from monitoring.jobs.lifecycle import job_cancel_request
from vibration.formats import sandbox


@login_required
@require_GET
@vary_on_headers("HX-Request")
def import_list(request: HttpRequest) -> HttpResponse:
    """Where files are chosen, and the drafts that wait."""
    engineer_or_refuse(request)
    sandbox.warm()
    drafts = list(drafts_of(request.user))
    for draft in drafts:
        draft.look = STAGES[stage_of(draft)]  # type: ignore[attr-defined]
    context = {"drafts": drafts, "kept_days": KEPT.days, "most": MOST_DRAFTS, **limits()}
    template = "imports/_drafts.html" if is_fragment(request) else "imports/list.html"
    return render(request, template, context)


@login_required
@require_GET
@vary_on_headers("HX-Request")
def draft_page(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_get(request.user, pk)
    template = "imports/_draft.html" if is_fragment(request) else "imports/draft.html"
    return render(request, template, draft_context(request, draft))


@login_required
@require_POST
def draft_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft of more recordings for a dataset that was imported."""
    draft = draft_create(owner=request.user, dataset=dataset_get(request.user, pk))
    return gone_to(request, reverse("imports:draft", args=[draft.pk]))


@login_required
@require_POST
def draft_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the files that came whole read."""
    draft = draft_get(request.user, pk)
    reading_start(user=request.user, draft=draft, url=reverse("imports:draft", args=[pk]))
    return draft_again(request, pk)


@login_required
@require_POST
def draft_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the reading or the import; what was read stays."""
    draft = draft_get(request.user, pk)
    if draft.job is None:
        raise Invalid("Nothing is under way.")
    job_cancel_request(user=request.user, job=draft.job)
    return draft_again(request, pk)


@login_required
@require_http_methods(["GET", "POST"])
def draft_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before deleting, then delete."""
    draft = draft_get(request.user, pk)
    if request.method != "POST":
        return render(request, "imports/_delete.html", {"draft": draft})
    draft_delete(user=request.user, draft=draft)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("imports:list")})


@login_required
@require_GET
def draft_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of files: another page, or only some of them."""
    draft = draft_get(request.user, pk)
    return render(request, "imports/_table.html", table_context(request, draft))


@login_required
@require_GET
def file_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One file in full: its picture, its channels, what is open and left out."""
    return file_shown(request, import_file_get(request.user, pk))


@login_required
@require_POST
def file_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of the import for good."""
    file = import_file_get(request.user, pk)
    file_remove(user=request.user, file=file)
    return draft_again(request, file.draft_id)


@login_required
@require_POST
def draft_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed of the dataset; say what would come of it."""
    draft = draft_shown(request, pk)
    form = DraftForm(request.POST, is_more=draft.dataset_id is not None)
    form.is_valid()
    try:
        draft_describe(draft=draft, said=form.kept())
    except ChangedElsewhere:
        return _reload_asked(request, draft, form)
    context = foot_context(request, draft_get(request.user, pk), form) | {"is_check": True}
    return render(request, "imports/_foot.html", context)


@login_required
@require_POST
def draft_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the dataset: a job does it, its page shows how far it is."""
    draft = draft_shown(request, pk)
    form = DraftForm(request.POST, is_more=draft.dataset_id is not None)
    if form.is_valid():
        try:
            draft_describe(draft=draft, said=form.kept())
            dataset = import_start(user=request.user, draft=draft)
        except ChangedElsewhere:
            return _reload_asked(request, draft, form)
        except Invalid as error:
            refuse(form, error)
        else:
            is_new = dataset.status != Dataset.Status.READY
            page = ("datasets:detail", dataset.pk) if is_new else ("imports:draft", draft.pk)
            return gone_to(request, reverse(page[0], args=[page[1]]))
    context = foot_context(request, draft_get(request.user, pk), form) | {"is_check": True}
    return render(request, "imports/_foot.html", context, status=422)


def _reload_asked(request: HttpRequest, draft: ImportDraft, form: DraftForm) -> HttpResponse:
    """Keep what another window has said; this one shows it when it is loaded again."""
    why_not = "Changed in another window or tab: reload this page to see how it is now"
    context = foot_context(request, draft, form) | {"is_check": True, "why_not": why_not}
    return render(request, "imports/_foot.html", context, status=422)
