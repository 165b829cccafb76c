"""Datasets: which there are, what each is made of, and new ones from a recipe."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from bearing_portal.api.access import needs
from bearing_portal.api.paging import Page
from datasets.models import Dataset
from datasets.selectors import dataset_get, datasets_visible
from datasets.services.creation import dataset_create, recipe_build
from vibration.simulation import Recipe

router = Router()


class DatasetOut(Schema):
    id: int
    name: str
    description: str
    status: str
    origin: str = Field(description="simulated or recorded")
    owner: str
    visibility: str
    n_signals: int
    classes: dict[str, int] = Field(description="Signals per class, by the class's code.")
    licence: str
    citation: str
    created_at: datetime
    ready_at: datetime | None
    job: str | None = Field(description="Id of the job that makes it.")

    @staticmethod
    def of(row: Dataset) -> "DatasetOut":
        counts = {count.fault_class.code: count.n_signals for count in row.class_counts.all()}
        return DatasetOut(
            id=row.pk,
            name=row.name,
            description=row.description,
            status=row.status,
            origin=row.origin,
            owner=row.store.owner.get_username(),
            visibility=row.store.visibility,
            n_signals=row.store.n_signals,
            classes=counts,
            licence=row.licence,
            citation=row.citation,
            created_at=row.created_at,
            ready_at=row.ready_at,
            job=str(row.job_id) if row.job_id else None,
        )


class DatasetsOut(Schema):
    items: list[DatasetOut]
    next: int | None


class RecipeIn(Schema):
    """What a simulated dataset is made from; what is left out is as on the page."""

    name: str
    description: str = ""
    visibility: Literal["private", "shared"] = "private"
    seed: int | None = None
    per_class: int | None = None
    classes: list[str] | None = None
    severities: list[str] | None = None
    noises: list[str] | None = None
    augmentation: bool | None = None
    fs_hz: float | None = None
    duration_s: float | None = None
    shaft_hz: float | None = None
    mains_hz: float | None = None

    def recipe(self) -> Recipe:
        given = self.dict(exclude={"name", "description", "visibility"}, exclude_none=True)
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in given.items()
        }
        return recipe_build(**values)


@router.get("/datasets", response=DatasetsOut, summary="Datasets that you may see")
def dataset_list(request: HttpRequest, page: Query[Page], name: str = "") -> DatasetsOut:
    rows, following = page.of(datasets_visible(request.user).filter(name__icontains=name))
    return DatasetsOut(items=[DatasetOut.of(row) for row in rows], next=following)


@router.get("/datasets/{dataset_id}", response=DatasetOut, summary="One dataset")
def dataset_show(request: HttpRequest, dataset_id: int) -> DatasetOut:
    return DatasetOut.of(dataset_get(request.user, dataset_id))


@router.post("/datasets", response={202: DatasetOut}, summary="Generate a dataset from a recipe")
def dataset_new(request: HttpRequest, body: RecipeIn, response: HttpResponse) -> Any:
    """Queue the generation; its job tells how far it is."""
    needs(request, "write")
    made = dataset_create(
        owner=request.user,
        name=body.name,
        recipe=body.recipe(),
        description=body.description,
        visibility=body.visibility,
    )
    response["Location"] = f"{request.path.rstrip('/')}/{made.pk}"
    return Status(202, DatasetOut.of(dataset_get(request.user, made.pk)))
