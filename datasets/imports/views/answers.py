"""What a person answers on a draft's page: of files, labels, specimens and channels."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import Invalid, NotAllowed
from common.roles import is_curator, is_engineer
from datasets.imports.forms import AnswersForm, BearingForm
from datasets.imports.selectors import import_file_get
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
from datasets.imports.services.tables import table_apply
from datasets.imports.views.shown import (
    BEARING_NUMBERS,
    draft_shown,
    files_meant,
    numbers_of,
    refuse,
    work_shown,
)
from signals.models import FaultClass
from signals.services.bearings import bearing_add, bearing_get


@login_required
@require_POST
def file_channels(request: HttpRequest, pk: int) -> HttpResponse:
    """Which channels of a file are kept, there or in all files of the draft."""
    file = import_file_get(request.user, pk)
    file.draft = draft_shown(request, file.draft_id)
    kept = set(numbers_of(request.POST.getlist("channel")))
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
    return work_shown(request, file.draft, form=_typed(request), shown=file)


@login_required
@require_POST
def draft_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person says of the chosen files."""
    draft = draft_shown(request, pk)
    form = AnswersForm(request.POST)
    chosen = files_meant(request, draft)
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
            return work_shown(request, draft, form=form, status=422)
    except Invalid as error:
        form.is_valid()
        refuse(form, error)
        return work_shown(request, draft, form=form, status=422)
    return work_shown(request, draft, form=form if action == "answer" else _typed(request))


@login_required
@require_POST
def draft_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Which class each label means."""
    draft = draft_shown(request, pk)
    labels, codes = request.POST.getlist("label"), request.POST.getlist("means")
    if len(labels) != len(codes):
        raise Invalid("Each label has one class.")
    known = {each.code: each for each in FaultClass.objects.filter(code__in=codes)}
    if any(code and code not in known for code in codes):
        raise Invalid("Choose classes of the list.")
    classes = {label: known.get(code) for label, code in zip(labels, codes, strict=True)}
    labels_map(user=request.user, draft=draft, classes=classes)
    return work_shown(request, draft, form=_typed(request))


@login_required
@require_POST
def draft_labels_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers from a CSV file."""
    draft = draft_shown(request, pk)
    sent = request.FILES.get("table")
    try:
        if sent is None:
            raise Invalid(
                "Choose a CSV file first.", field_errors={"table": ["Choose a CSV file."]}
            )
        outcome = table_apply(user=request.user, draft=draft, content=sent.read())
    except Invalid as error:
        errors = [error.sentence]
        return work_shown(request, draft, form=_typed(request), table_errors=errors, status=422)
    return work_shown(request, draft, form=_typed(request), table_said=outcome.sentence)


@login_required
@require_POST
def draft_specimen(request: HttpRequest, pk: int) -> HttpResponse:
    """Of which type a specimen is."""
    draft = draft_shown(request, pk)
    chosen = numbers_of([request.POST.get("bearing", "")])
    specimen_describe(
        user=request.user,
        draft=draft,
        name=request.POST.get("specimen", ""),
        bearing=bearing_get(request.user, chosen[0]) if chosen else None,
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
            refuse(form, error)
        else:
            events = '{"imports:bearings": null, "dialog:close": null}'
            return HttpResponse(status=204, headers={"HX-Trigger": events})
    context = {"form": form, "is_curator": is_curator(request.user), "numbers": BEARING_NUMBERS}
    status = 422 if request.method == "POST" else 200
    return render(request, "imports/_bearing.html", context, status=status)


def _typed(request: HttpRequest) -> AnswersForm:
    """Return the answers as they are typed and not given yet: another form keeps them."""
    return AnswersForm(initial=request.POST.dict())
