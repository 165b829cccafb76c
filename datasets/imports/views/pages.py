"""The Import page, and a draft's page with what is done on it."""

import json
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid, NotAllowed
from common.roles import is_curator, is_engineer
from datasets.imports.forms import FROM, AnswersForm, BearingForm, DraftForm
from datasets.imports.listing import (
    channels_shown,
    files_of_pks,
    labels_of,
    outcome_of,
    plots_of,
    questions_of,
    remarks_of,
    rows_of,
    rows_page,
    specimens_of,
    summary_of,
    unfinished_of,
)
from datasets.imports.selectors import (
    SHOWN,
    Stage,
    counts_of,
    draft_get,
    drafts_of,
    files_of,
    import_file_get,
    stage_of,
)
from datasets.imports.services.answering import Answers as Said
from datasets.imports.services.answering import (
    answers_forget,
    channel_names_choose,
    channels_choose,
    files_answer,
    files_chosen,
    labels_map,
    specimen_describe,
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
from datasets.imports.services.receiving import CHUNK_BYTES
from datasets.imports.services.tables import COLUMNS_OFFERED, table_apply
from datasets.models import Dataset, ImportDraft, ImportFile
from datasets.selectors import dataset_get
from monitoring.jobs.lifecycle import job_cancel_request
from signals.models import FaultClass, Severity
from signals.services.bearings import bearing_add, bearing_get, bearings_offered
from vibration.formats import SUFFIXES, sandbox

STAGES = {
    Stage.COLLECTING: ("queued", "Files missing"),
    Stage.READING: ("generating", "Reading"),
    Stage.OPEN: ("queued", "Draft"),
    Stage.IMPORTING: ("generating", "Importing"),
    Stage.IMPORTED: ("ready", "Imported"),
}
SHOWS = {"all": "All", "open": "Open", "ready": "Ready", "out": "Left out"}
UNITS = ("g", "m/s²", "mg", "mm/s²", "mm/s", "in/s", "µm", "V")
BEARING_NUMBERS = ("n_elements", "element_diameter_mm", "pitch_diameter_mm", "contact_angle_deg")


@login_required
@require_GET
@vary_on_headers("HX-Request")
def import_list(request: HttpRequest) -> HttpResponse:
    """Where files are chosen, and the drafts that wait."""
    _engineer_or_refuse(request)
    sandbox.warm()
    drafts = list(drafts_of(request.user))
    for draft in drafts:
        draft.look = STAGES[stage_of(draft)]  # type: ignore[attr-defined]
    context = {"drafts": drafts, "kept_days": KEPT.days, "most": MOST_DRAFTS, **_limits()}
    template = "imports/_drafts.html" if _is_fragment(request) else "imports/list.html"
    return render(request, template, context)


@login_required
@require_GET
@vary_on_headers("HX-Request")
def draft_page(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_get(request.user, pk)
    template = "imports/_draft.html" if _is_fragment(request) else "imports/draft.html"
    return render(request, template, _draft_context(request, draft))


@login_required
@require_POST
def draft_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft of more recordings for a dataset that was imported."""
    draft = draft_create(owner=request.user, dataset=dataset_get(request.user, pk))
    return _gone_to(request, reverse("imports:draft", args=[draft.pk]))


@login_required
@require_POST
def draft_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the files that came whole read."""
    draft = draft_get(request.user, pk)
    reading_start(user=request.user, draft=draft, url=reverse("imports:draft", args=[pk]))
    return _draft_again(request, pk)


@login_required
@require_POST
def draft_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the reading or the import; what was read stays."""
    draft = draft_get(request.user, pk)
    if draft.job is None:
        raise Invalid("Nothing is under way.")
    job_cancel_request(user=request.user, job=draft.job)
    return _draft_again(request, pk)


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
    return render(request, "imports/_table.html", _table_context(request, draft))


@login_required
@require_GET
def file_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One file in full: its picture, its channels, what is open and left out."""
    return _file(request, import_file_get(request.user, pk))


@login_required
@require_POST
def file_channels(request: HttpRequest, pk: int) -> HttpResponse:
    """Which channels of a file are kept, there or in all files of the draft."""
    file = import_file_get(request.user, pk)
    kept = set(_numbers(request.POST.getlist("channel")))
    if request.POST.get("everywhere") == "true":
        for channel in file.channels.all():
            channel_names_choose(
                user=request.user,
                draft=file.draft,
                files=files_chosen(file.draft, None),
                name=channel.name,
                is_kept=channel.pk in kept,
            )
    else:
        channels_choose(user=request.user, draft=file.draft, file=file, kept=kept)
    return _work(request, draft_get(request.user, file.draft_id), shown=file)


@login_required
@require_POST
def file_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of the import for good."""
    file = import_file_get(request.user, pk)
    file_remove(user=request.user, file=file)
    return _draft_again(request, file.draft_id)


@login_required
@require_POST
def draft_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person says of the chosen files."""
    draft = draft_get(request.user, pk)
    form = AnswersForm(request.POST)
    chosen = _chosen(request, draft)
    action = request.POST.get("action", "answer")
    try:
        if action == "forget":
            answers_forget(user=request.user, draft=draft, files=chosen)
        elif action in ("leave", "take"):
            said = Said(is_left_out=action == "leave")
            files_answer(user=request.user, draft=draft, files=chosen, answers=said)
        elif form.is_valid():
            files_answer(user=request.user, draft=draft, files=chosen, answers=form.answers())
            form = AnswersForm()
        else:
            return _work(request, draft, form=form, status=422)
    except Invalid as error:
        form.is_valid()
        _refuse(form, error)
        return _work(request, draft, form=form, status=422)
    return _work(request, draft, form=None if action != "answer" else form)


@login_required
@require_POST
def draft_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Which class each label means."""
    draft = draft_get(request.user, pk)
    labels, codes = request.POST.getlist("label"), request.POST.getlist("means")
    if len(labels) != len(codes):
        raise Invalid("Each label has one class.")
    known = {each.code: each for each in FaultClass.objects.filter(code__in=codes)}
    if any(code and code not in known for code in codes):
        raise Invalid("Choose classes of the list.")
    classes = {label: known.get(code) for label, code in zip(labels, codes, strict=True)}
    labels_map(user=request.user, draft=draft, classes=classes)
    return _work(request, draft)


@login_required
@require_POST
def draft_labels_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers from a CSV file."""
    draft = draft_get(request.user, pk)
    sent = request.FILES.get("table")
    try:
        if sent is None:
            raise Invalid(
                "Choose a CSV file first.", field_errors={"table": ["Choose a CSV file."]}
            )
        outcome = table_apply(user=request.user, draft=draft, content=sent.read())
    except Invalid as error:
        return _work(request, draft, table_errors=[error.sentence], status=422)
    return _work(request, draft, table_said=outcome.sentence)


@login_required
@require_POST
def draft_specimen(request: HttpRequest, pk: int) -> HttpResponse:
    """Of which type a specimen is."""
    draft = draft_get(request.user, pk)
    chosen = _numbers([request.POST.get("bearing", "")])
    specimen_describe(
        user=request.user,
        draft=draft,
        name=request.POST.get("specimen", ""),
        bearing=bearing_get(chosen[0]) if chosen else None,
    )
    return HttpResponse(status=204)


@login_required
@require_http_methods(["GET", "POST"])
def bearing_new(request: HttpRequest) -> HttpResponse:
    """The dialog in which a bearing type is added, or proposed by who is no curator."""
    if not (is_curator(request.user) or is_engineer(request.user)):
        raise NotAllowed("Bearing types are added by curators and proposed by engineers.")
    form = BearingForm(request.POST) if request.method == "POST" else BearingForm()
    if request.method == "POST" and form.is_valid():
        try:
            bearing_add(user=request.user, **form.cleaned_data)
        except Invalid as error:
            _refuse(form, error)
        else:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {"form": form, "is_curator": is_curator(request.user), "numbers": BEARING_NUMBERS}
    status = 422 if request.method == "POST" else 200
    return render(request, "imports/_bearing.html", context, status=status)


@login_required
@require_POST
def draft_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed of the dataset; say what would come of it."""
    draft = draft_get(request.user, pk)
    form = DraftForm(request.POST, is_more=draft.dataset_id is not None)
    form.is_valid()
    draft = draft_describe(draft=draft, said=form.kept())
    context = _foot_context(draft_get(request.user, pk), form) | {"is_check": True}
    return render(request, "imports/_foot.html", context)


@login_required
@require_POST
def draft_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the dataset: a job does it, its page shows how far it is."""
    draft = draft_get(request.user, pk)
    form = DraftForm(request.POST, is_more=draft.dataset_id is not None)
    if form.is_valid():
        draft_describe(draft=draft, said=form.kept())
        try:
            dataset = import_start(user=request.user, draft=draft)
        except Invalid as error:
            _refuse(form, error)
        else:
            is_new = dataset.status != Dataset.Status.READY
            page = ("datasets:detail", dataset.pk) if is_new else ("imports:draft", draft.pk)
            return _gone_to(request, reverse(page[0], args=[page[1]]))
    context = _foot_context(draft_get(request.user, pk), form) | {"is_check": True}
    return render(request, "imports/_foot.html", context, status=422)


def _draft_context(request: HttpRequest, draft: ImportDraft) -> dict[str, Any]:
    stage = stage_of(draft)
    context: dict[str, Any] = {
        "draft": draft,
        "stage": stage.value,
        "look": STAGES[stage],
        "unfinished": unfinished_of(draft)[:10],
        "is_live": draft.job is not None and draft.job.is_active,
        **_limits(),
    }
    if stage == Stage.IMPORTED:
        context["refused"] = files_of(draft).filter(SHOWN["out"])[:100]
    if stage in (Stage.OPEN, Stage.COLLECTING) and counts_of(draft)["all"]:
        context |= _work_context(request, draft)
        context |= _foot_context(draft, DraftForm.of(draft))
    return context


def _work_context(
    request: HttpRequest, draft: ImportDraft, *, form: AnswersForm | None = None
) -> dict[str, Any]:
    return {
        "draft": draft,
        "form": form or AnswersForm(),
        "classes": FaultClass.objects.all(),
        "severities": Severity.objects.all(),
        "units": UNITS,
        "sources": FROM,
        "table_columns": COLUMNS_OFFERED,
        "labels": labels_of(draft),
        "specimens": specimens_of(draft),
        "bearings": bearings_offered(request.user),
        **_table_context(request, draft),
    }


def _table_context(request: HttpRequest, draft: ImportDraft) -> dict[str, Any]:
    said = request.POST if request.method == "POST" else request.GET
    show = said.get("show", "all")
    show = show if show in SHOWN else "all"
    page = rows_page(draft, show, said.get("page", "1"))
    counts = counts_of(draft)
    return {
        "draft": draft,
        "show": show,
        "shows": [(code, label, counts[code]) for code, label in SHOWS.items()],
        "page": page,
        "rows": rows_of(page.object_list),
        "chosen": set(_numbers(said.getlist("file"))),
        "everything": said.get("everything") == "true",
        "counts": counts,
        "summary": summary_of(counts),
    }


def _foot_context(draft: ImportDraft, form: DraftForm) -> dict[str, Any]:
    n_files, n_signals = outcome_of(draft)
    counts = counts_of(draft)
    reasons = (
        (not n_files, "No file is ready yet"),
        (counts["open"], f"{counts['open']} open: answer, or leave them out"),
        (not n_signals, "No record is as long as a segment"),
        (form.why_not, form.why_not),
    )
    return {
        "draft": draft,
        "dataset_form": form,
        "n_ready": n_files,
        "n_signals": n_signals,
        "why_not": next((reason for is_so, reason in reasons if is_so), ""),
    }


def _work(
    request: HttpRequest,
    draft: ImportDraft,
    *,
    form: AnswersForm | None = None,
    shown: ImportFile | None = None,
    table_errors: list[str] | None = None,
    table_said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the table and the answers again, and the foot that follows from them."""
    context = _work_context(request, draft, form=form)
    context |= _foot_context(draft, DraftForm.of(draft)) | {"is_swapped": True}
    context |= {"table_errors": table_errors or [], "table_said": table_said}
    number = request.POST.get("shown", "")
    if shown is None and number:
        found = files_chosen(draft, _numbers([number])).first()
        shown = found
    if shown is not None:
        context |= _file_context(request, shown)
    return render(request, "imports/_work.html", context, status=status)


def _file(request: HttpRequest, file: ImportFile) -> HttpResponse:
    return render(request, "imports/_file.html", _file_context(request, file))


def _file_context(request: HttpRequest, file: ImportFile) -> dict[str, Any]:
    file = files_of_pks([file.pk])[file.pk]
    said = request.POST if request.method == "POST" else request.GET
    numbers = _numbers([said.get("channel_shown", "")])
    channels = channels_shown(file)
    first_kept = next((n for n, each in enumerate(channels) if each.channel.is_kept), 0)
    number = numbers[0] if numbers and numbers[0] < len(channels) else first_kept
    return {
        "shown_file": file,
        "draft": file.draft,
        "channels": channels,
        "number_shown": number,
        "channel_shown": channels[number] if channels else None,
        "plots": plots_of(file, number),
        "questions": questions_of(file),
        "left_out": remarks_of(file, "left_out"),
    }


def _chosen(request: HttpRequest, draft: ImportDraft) -> QuerySet[ImportFile]:
    """Return the files meant: those ticked, or all that the table would show."""
    if request.POST.get("everything") == "true":
        show = request.POST.get("show", "all")
        return files_chosen(draft, None).filter(SHOWN[show if show in SHOWN else "all"])
    return files_chosen(draft, _numbers(request.POST.getlist("file")))


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if re.fullmatch("[0-9]{1,18}", text, re.ASCII)]


def _refuse(form: Any, error: Invalid) -> None:
    for field, sentences in error.field_errors.items():
        form.add_error(field if field in form.fields else None, sentences)


def _draft_again(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_get(request.user, pk)
    if not _is_fragment(request):
        return redirect(reverse("imports:draft", args=[pk]))
    return render(request, "imports/_draft.html", _draft_context(request, draft))


def _gone_to(request: HttpRequest, address: str) -> HttpResponse:
    if not _is_fragment(request):
        return redirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _limits() -> dict[str, Any]:
    words = {
        "chunk_bytes": CHUNK_BYTES,
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "new": reverse("imports:new"),
    }
    return {
        "suffixes": SUFFIXES,
        "max_bytes": settings.IMPORT_MAX_BYTES,
        "sending": json.dumps(words),
    }


def _engineer_or_refuse(request: HttpRequest) -> None:
    if not is_engineer(request.user):
        raise NotAllowed("Importing needs the engineer role; ask an administrator for it.")


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
