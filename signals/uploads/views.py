"""Private uploads: the dialog, the page that lists them, their deletion."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from common.errors import Invalid, NotAllowed
from common.roles import may_manage
from signals.selectors import upload_first_signal, upload_get, uploads_of
from signals.uploads.forms import AnswersForm
from signals.uploads.questions import Questions
from signals.uploads.receiving import limit_mb, size_prove
from signals.uploads.services import KEPT, MOST_UPLOADS, upload_create, upload_delete
from vibration.formats import SUFFIXES, sandbox

CHANGED = "uploads:changed"
FORM_BYTES = 1 << 16  # what the form's other fields and boundaries may take


@login_required
@require_GET
@vary_on_headers("HX-Request")
def upload_list(request: HttpRequest) -> HttpResponse:
    context = {"uploads": uploads_of(request.user), "now": timezone.now(), **_limits()}
    template = "signals/_uploads.html" if _is_fragment(request) else "signals/uploads.html"
    return render(request, template, context)


@csrf_exempt  # `_received` checks it: the check reads the body, whose size must be known first
@login_required
def upload_new(request: HttpRequest) -> HttpResponse:
    """The upload dialog, and what it sends."""
    if request.method != "POST":
        if not _is_fragment(request):
            return redirect(reverse("uploads:list") + "?dialog=upload")
        sandbox.warm()  # while the person chooses a file
        context = {"form": AnswersForm(), "then": _then(request.GET.get("then", "")), **_limits()}
        return render(request, "signals/_upload.html", context)
    try:
        size_prove(int(request.META.get("CONTENT_LENGTH") or 0) - FORM_BYTES)
    except Invalid as error:
        form = AnswersForm()
        form.refuse(error.field_errors)
        return _again(request, form)
    return _received(request)


@csrf_protect
def _received(request: HttpRequest) -> HttpResponse:
    form, file = AnswersForm(request.POST), request.FILES.get("file")
    if file is None:
        form.refuse({"file": ["Choose a file first."]})
        return _again(request, form)
    if not form.is_valid():
        return _again(request, form)
    try:
        upload = upload_create(
            owner=request.user, file=file, file_name=file.name or "", **form.answers()
        )
    except Questions as questions:
        form.ask(questions)
        return _again(request, form)
    except Invalid as error:
        form.refuse(error.field_errors)
        return _again(request, form)
    then = _then(request.POST.get("then", "")) or reverse("viewer")
    address = f"{then}{'&' if '?' in then else '?'}signal={upload_first_signal(upload)}"
    if not _is_fragment(request):
        return redirect(address)
    return HttpResponse(status=201, headers={"HX-Redirect": address, "Location": address})


@login_required
def upload_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before deleting, then delete."""
    upload = upload_get(request.user, pk)
    if not may_manage(request.user, upload.owner_id):
        raise NotAllowed("Only its owner may delete this upload.")
    if request.method != "POST":
        return render(request, "signals/_upload_delete.html", {"upload": upload})
    upload_delete(user=request.user, upload=upload)
    # In this order: closing removes the form on which htmx announces both.
    events = json.dumps({CHANGED: None, "dialog:close": None})
    return HttpResponse(status=204, headers={"HX-Trigger": events})


def _then(text: str) -> str:
    """Return the page of this site that shows the upload; empty for any other text."""
    is_own = url_has_allowed_host_and_scheme(text, allowed_hosts=None)
    return text if is_own and text.startswith("/") and text.isprintable() else ""


def _again(request: HttpRequest, form: AnswersForm) -> HttpResponse:
    """Swap what stands below the file, which the browser keeps."""
    context = {"form": form}
    return render(request, "signals/_upload_questions.html", context, status=422)


def _limits() -> dict[str, object]:
    return {
        "suffixes": SUFFIXES,
        "accept": ",".join(SUFFIXES),
        "max_mb": limit_mb(),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "kept_days": KEPT.days,
        "most": MOST_UPLOADS,
    }


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers
