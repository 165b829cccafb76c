"""What the pages of a draft show, and how a request says which files are meant."""

import json
import re
import secrets
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from common.errors import Invalid, NotAllowed
from common.roles import is_engineer
from datasets.imports.forms import FROM, AnswersForm, DraftForm
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
    files_of,
    stage_of,
)
from datasets.imports.services.answering import (
    files_chosen,
)
from datasets.imports.services.receiving import CHUNK_BYTES
from datasets.imports.services.tables import COLUMNS_OFFERED
from datasets.imports.services.windows import draft_seen
from datasets.models import ImportDraft, ImportFile
from signals.models import FaultClass, Severity
from signals.services.bearings import bearings_offered
from vibration.formats import SUFFIXES

STAGES = {
    Stage.COLLECTING: ("queued", "Files missing"),
    Stage.READING: ("generating", "Reading"),
    Stage.OPEN: ("queued", "Draft"),
    Stage.IMPORTING: ("generating", "Importing"),
    Stage.IMPORTED: ("ready", "Imported"),
}
SHOWS = {"all": "All", "open": "Open", "ready": "Ready", "out": "Left out"}
UNITS = ("g", "m/s²", "mg", "mm/s²", "mm/s", "in/s", "µm", "V")
_WINDOW = re.compile("[0-9a-f]{1,32}", re.ASCII)
_REVISION = re.compile("[0-9]{1,9}", re.ASCII)
BEARING_NUMBERS = ("n_elements", "element_diameter_mm", "pitch_diameter_mm", "contact_angle_deg")


def draft_shown(request: HttpRequest, pk: int) -> ImportDraft:
    """Return a draft as the window that sends the request has shown it."""
    draft = draft_get(request.user, pk)
    window, revision = request.POST.get("window", ""), request.POST.get("revision", "")
    if not (_WINDOW.fullmatch(window) and _REVISION.fullmatch(revision)):
        return draft
    return draft_seen(draft, window=window, revision=int(revision))


def draft_context(request: HttpRequest, draft: ImportDraft) -> dict[str, Any]:
    stage = stage_of(draft)
    context: dict[str, Any] = {
        "draft": draft,
        "stage": stage.value,
        "look": STAGES[stage],
        "unfinished": unfinished_of(draft)[:10],
        "is_live": draft.job is not None and draft.job.is_active,
        **limits(),
    }
    if stage == Stage.IMPORTED:
        context["refused"] = files_of(draft).filter(SHOWN["out"])[:100]
    if stage in (Stage.OPEN, Stage.COLLECTING) and counts_of(draft)["all"]:
        context |= work_context(request, draft)
        context |= foot_context(request, draft, DraftForm.of(draft))
    return context


def work_context(
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
        **table_context(request, draft),
    }


def table_context(request: HttpRequest, draft: ImportDraft) -> dict[str, Any]:
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
        "chosen": set(numbers_of(said.getlist("file"))),
        "everything": said.get("everything") == "true",
        "counts": counts,
        "summary": summary_of(counts),
    }


def foot_context(request: HttpRequest, draft: ImportDraft, form: DraftForm) -> dict[str, Any]:
    n_files, n_signals = outcome_of(draft)
    counts = counts_of(draft)
    reasons = (
        (not n_files, "No file is ready yet"),
        (counts["open"], f"{counts['open']} open: answer, or leave them out"),
        (not n_signals, "No record is as long as a segment"),
        (form.why_not, form.why_not),
    )
    window = request.POST.get("window", "")
    return {
        "draft": draft,
        "window": window if _WINDOW.fullmatch(window) else secrets.token_hex(8),
        "dataset_form": form,
        "n_ready": n_files,
        "n_signals": n_signals,
        "why_not": next((reason for is_so, reason in reasons if is_so), ""),
    }


def work_shown(
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
    context = work_context(request, draft, form=form)
    draft.refresh_from_db(fields=["revision"])
    context |= foot_context(request, draft, DraftForm.of(draft)) | {"is_swapped": True}
    context |= {"table_errors": table_errors or [], "table_said": table_said}
    number = request.POST.get("shown", "")
    if shown is None and number:
        found = files_chosen(draft, numbers_of([number])).first()
        shown = found
    if shown is not None:
        context |= file_context(request, shown)
    return render(request, "imports/_work.html", context, status=status)


def file_shown(request: HttpRequest, file: ImportFile) -> HttpResponse:
    return render(request, "imports/_file.html", file_context(request, file))


def file_context(request: HttpRequest, file: ImportFile) -> dict[str, Any]:
    file = files_of_pks([file.pk])[file.pk]
    said = request.POST if request.method == "POST" else request.GET
    numbers = numbers_of([said.get("channel_shown", "")])
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


def files_meant(request: HttpRequest, draft: ImportDraft) -> QuerySet[ImportFile]:
    """Return the files meant: those ticked, or all that the table would show."""
    if request.POST.get("everything") == "true":
        show = request.POST.get("show", "all")
        return files_chosen(draft, None).filter(SHOWN[show if show in SHOWN else "all"])
    return files_chosen(draft, numbers_of(request.POST.getlist("file")))


def numbers_of(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if re.fullmatch("[0-9]{1,18}", text, re.ASCII)]


def refuse(form: Any, error: Invalid) -> None:
    for field, sentences in error.field_errors.items():
        form.add_error(field if field in form.fields else None, sentences)


def draft_again(request: HttpRequest, pk: int) -> HttpResponse:
    draft = draft_get(request.user, pk)
    if not is_fragment(request):
        return redirect(reverse("imports:draft", args=[pk]))
    return render(request, "imports/_draft.html", draft_context(request, draft))


def gone_to(request: HttpRequest, address: str) -> HttpResponse:
    if not is_fragment(request):
        return redirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def limits() -> dict[str, Any]:
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


def engineer_or_refuse(request: HttpRequest) -> None:
    if not is_engineer(request.user):
        raise NotAllowed("Importing needs the engineer role; ask an administrator for it.")


def is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
