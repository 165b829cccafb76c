"""Recordings from a rig: files in chunks that go on after a break, read, answered, imported."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from bearing_portal.api.access import needs
from bearing_portal.api.datasets import DatasetOut
from bearing_portal.api.jobs import JobOut
from bearing_portal.api.paging import Page
from common.errors import Invalid
from datasets.imports.forms import LONGEST_SIZE, DraftForm
from datasets.imports.listing import rows_of
from datasets.imports.selectors import (
    SHOWN,
    counts_of,
    draft_get,
    drafts_of,
    files_of,
    stage_of,
)
from datasets.imports.services.answering import Answers, files_answer, files_chosen, labels_map
from datasets.imports.services.describing import draft_describe
from datasets.imports.services.drafts import draft_create, draft_delete, files_offer, offer
from datasets.imports.services.importing import import_start
from datasets.imports.services.reading import reading_start
from datasets.imports.views.files import file_exchange
from datasets.models import ImportDraft, ImportFile
from datasets.models.imports import LONGEST_WORD
from datasets.selectors import dataset_get
from signals.models import FaultClass, Severity
from signals.uploads.questions import UNIT_CHARACTERS

router = Router()

MOST_OFFERED = 500
CHUNKS = ["OPTIONS", "HEAD", "PATCH", "DELETE"]


class BeginIn(Schema):
    dataset: int | None = Field(None, description="Add to this dataset; none makes a new one.")


class OfferedIn(Schema):
    path: str = Field(description="Name, with its folders: they tell specimens and runs apart.")
    size: int = Field(ge=0, le=2**50, description="Bytes.")


class FilesIn(Schema):
    files: list[OfferedIn] = Field(min_length=1, max_length=MOST_OFFERED)


class FileOut(Schema):
    id: int
    path: str
    url: str = Field(description="Where its bytes are sent, by the tus protocol 1.0.")
    size: int
    received: int


class ReadOut(Schema):
    id: int
    path: str
    state: str = Field(description="ready, open, out, refused or beside")
    problem: str
    recordings: int
    channels: str
    rate: str
    rate_source: str
    speed: str
    unit: str
    label: str
    fault_class: str | None
    specimen: str
    run: str


class ReadsOut(Schema):
    items: list[ReadOut]
    next: int | None


class ImportOut(Schema):
    id: int
    stage: str = Field(description="collecting, reading, open, importing or imported")
    files: dict[str, int] = Field(description="How many are there, open, ready and left out.")
    job: JobOut | None
    dataset: int | None

    @staticmethod
    def of(draft: ImportDraft) -> "ImportOut":
        return ImportOut(
            id=draft.pk,
            stage=stage_of(draft).value,
            files=counts_of(draft),
            job=JobOut.from_orm(draft.job) if draft.job else None,
            dataset=draft.dataset_id,
        )


class AnswersIn(Schema):
    """What is said of files; what is left out stays as it is."""

    files: list[int] | None = Field(None, max_length=20_000, description="None means all.")
    fs_hz: float | None = None
    rpm: float | None = None
    unit: str | None = Field(None, max_length=UNIT_CHARACTERS)
    fault_class: str | None = Field(None, max_length=LONGEST_WORD, description="Code of a class.")
    severity: str | None = Field(None, max_length=LONGEST_WORD, description="Code of a severity.")
    specimen: str | None = Field(None, max_length=LONGEST_WORD)
    specimen_from: Literal["", "folder", "name"] = ""
    run: str | None = Field(None, max_length=LONGEST_WORD)
    run_from: Literal["", "folder", "name"] = ""
    label_from: Literal["", "folder", "name"] = ""
    pulses_per_turn: int | None = None
    fault_size_mm: str | None = Field(None, max_length=LONGEST_SIZE)
    fault_location: str | None = Field(None, max_length=LONGEST_WORD)
    is_left_out: bool | None = None

    def answers(self) -> Answers:
        said = self.dict(exclude={"files", "fault_class", "severity"})
        return Answers(
            fault_class=_of_code(FaultClass, self.fault_class, "class"),
            severity=_of_code(Severity, self.severity, "severity"),
            **said,
        )


class FinishIn(Schema):
    name: str = ""
    description: str = ""
    licence: str = ""
    citation: str = ""
    keeps_originals: bool = True
    segment_samples: int | None = Field(None, description="Cut records into pieces so long.")
    overlap_percent: int | None = None


class LabelsIn(Schema):
    classes: dict[str, str | None] = Field(description="Label → code of the class it means.")


def _of_code(model: Any, code: str | None, what: str) -> Any:
    if code is None:
        return None
    found = model.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(model.objects.values_list("code", flat=True))
        raise Invalid(f"“{code[:60]}” is no {what} of this portal; choose one of {known}.")
    return found


def _file_out(file: ImportFile) -> FileOut:
    return FileOut(
        id=file.pk,
        path=file.path,
        url=reverse("api-1:import_chunks", args=[file.pk]),
        size=file.size_bytes,
        received=file.received_bytes,
    )


@router.get("/imports", response=list[ImportOut], summary="Your imports that wait")
def import_list(request: HttpRequest) -> list[ImportOut]:
    return [ImportOut.of(draft) for draft in drafts_of(request.user)]


@router.post("/imports", response={201: ImportOut}, summary="Begin an import")
def import_begin(request: HttpRequest, body: BeginIn) -> Any:
    needs(request, "write")
    dataset = None if body.dataset is None else dataset_get(request.user, body.dataset)
    draft = draft_create(owner=request.user, dataset=dataset)
    return Status(201, ImportOut.of(draft_get(request.user, draft.pk)))


@router.get("/imports/{import_id}", response=ImportOut, summary="How far an import is")
def import_show(request: HttpRequest, import_id: int) -> ImportOut:
    return ImportOut.of(draft_get(request.user, import_id))


@router.api_operation(
    ["DELETE"], "/imports/{import_id}", response={204: None}, summary="Give an import up"
)
def import_remove(request: HttpRequest, import_id: int) -> Any:
    needs(request, "write")
    draft_delete(user=request.user, draft=draft_get(request.user, import_id))
    return Status(204, None)


@router.post("/imports/{import_id}/files", response=list[FileOut], summary="Make room for files")
def import_offer(request: HttpRequest, import_id: int, body: FilesIn) -> list[FileOut]:
    """Ask again after a break: each file tells how much of it has come, and goes on there."""
    needs(request, "write")
    draft = draft_get(request.user, import_id)
    offered = offer([each.dict() for each in body.files])
    rows = files_offer(user=request.user, draft=draft, files=offered)
    return [_file_out(row) for row in rows]


@router.api_operation(
    CHUNKS,
    "/imports/files/{file_id}",
    url_name="import_chunks",
    summary="Send a file in chunks, by tus 1.0",
)
def import_chunks(request: HttpRequest, file_id: int) -> HttpResponse:
    """`HEAD` tells how much has come, `PATCH` with `Upload-Offset` sends more."""
    if request.method in ("PATCH", "DELETE"):
        needs(request, "write")
    return file_exchange(request, file_id)


@router.post("/imports/{import_id}/read", response={202: JobOut}, summary="Read what has come")
def import_read(request: HttpRequest, import_id: int) -> Any:
    needs(request, "write")
    draft = draft_get(request.user, import_id)
    page = reverse("imports:draft", args=[import_id])
    return Status(202, JobOut.from_orm(reading_start(user=request.user, draft=draft, url=page)))


@router.get("/imports/{import_id}/files", response=ReadsOut, summary="What was read")
def import_files(
    request: HttpRequest,
    import_id: int,
    page: Query[Page],
    show: Literal["all", "open", "ready", "out"] = "all",
) -> ReadsOut:
    files = files_of(draft_get(request.user, import_id)).filter(SHOWN[show])
    rows, following = page.of(files)
    return ReadsOut(items=[_read_out(row) for row in rows_of(rows)], next=following)


def _read_out(row: Any) -> ReadOut:
    file = row.file
    return ReadOut(
        id=file.pk,
        path=file.path,
        state=row.state,
        problem=row.problem,
        recordings=row.n_recordings,
        channels=row.channels,
        rate=row.rate,
        rate_source=row.rate_source,
        speed=row.speed,
        unit=row.unit,
        label=file.label,
        fault_class=file.fault_class.code if file.fault_class else None,
        specimen=file.specimen,
        run=file.run,
    )


@router.post("/imports/{import_id}/answers", response=ImportOut, summary="Answer what is open")
def import_answer(request: HttpRequest, import_id: int, body: AnswersIn) -> ImportOut:
    needs(request, "write")
    draft = draft_get(request.user, import_id)
    chosen = files_chosen(draft, body.files)
    files_answer(user=request.user, draft=draft, files=chosen, answers=body.answers())
    return ImportOut.of(draft_get(request.user, import_id))


@router.post("/imports/{import_id}/labels", response=ImportOut, summary="Say what labels mean")
def import_labels(request: HttpRequest, import_id: int, body: LabelsIn) -> ImportOut:
    needs(request, "write")
    draft = draft_get(request.user, import_id)
    known = {code: _of_code(FaultClass, code, "class") for code in set(body.classes.values())}
    meant = {label: known[code] for label, code in body.classes.items()}
    labels_map(user=request.user, draft=draft, classes=meant)
    return ImportOut.of(draft_get(request.user, import_id))


@router.post("/imports/{import_id}/import", response={202: DatasetOut}, summary="Make the dataset")
def import_finish(request: HttpRequest, import_id: int, body: FinishIn) -> Any:
    """Queue the import; the job of `/imports/{import_id}` tells how far it is."""
    needs(request, "write")
    draft = draft_get(request.user, import_id)
    said = body.dict() | {"is_cut": body.segment_samples is not None}
    form = DraftForm(said, is_more=draft.dataset_id is not None)
    if not form.is_valid():
        by_field = {name: list(map(str, told)) for name, told in form.errors.items()}
        first, sentences = next(iter(by_field.items()))
        raise Invalid(f"{first}: {sentences[0]}", field_errors=by_field)
    draft_describe(draft=draft, said=form.kept())
    made = import_start(user=request.user, draft=draft)
    return Status(202, DatasetOut.of(dataset_get(request.user, made.pk)))
