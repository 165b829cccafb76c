"""Experiments: which models there are and how they score, new ones, what one says of a signal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from ninja import Field, Query, Router, Schema, Status

from bearing_portal.api.access import needs
from bearing_portal.api.paging import Page
from datasets.selectors import dataset_get
from experiments.inference.prediction import as_json
from experiments.inference.selectors import signal_predict
from experiments.models import Experiment
from experiments.selectors import experiment_get, experiments_visible
from experiments.services.requests import experiment_request
from experiments.training.feature_sets import OWN
from experiments.training.planning import Wish
from signals.filters.signal_filter import SignalFilter
from vibration.learning.plans import GROUP

router = Router()


class ScoreOut(Schema):
    protocol: str
    groups: str = Field(description="What is new in the test: bearings, recordings, …")
    n_signals: int
    n_groups: int
    score: float = Field(description="Accuracy on groups that the model has not seen.")
    interval: list[float] | None
    random_score: float = Field(description="The same by a random split, which flatters.")
    majority: float = Field(description="Of always answering the most common class.")
    gap: float
    warning: str


class ExperimentOut(Schema):
    id: int
    name: str
    status: str
    dataset: int
    owner: str
    created_at: datetime
    job: UUID | None
    result: ScoreOut | None

    @staticmethod
    def of(row: Experiment) -> "ExperimentOut":
        found = getattr(row, "result", None)
        return ExperimentOut(
            id=row.pk,
            name=row.name,
            status=row.status,
            dataset=row.dataset_id,
            owner=row.owner.get_username(),
            created_at=row.created_at,
            job=row.job_id,
            result=_score(found) if found is not None else None,
        )


class ExperimentsOut(Schema):
    items: list[ExperimentOut]
    next: int | None


class WishIn(Schema):
    """What is to be trained; what is left out is as on the page."""

    dataset: int
    name: str = ""
    model: str = "forest"
    features: list[str] = Field(default_factory=lambda: list(OWN))
    filter: str = Field("", description="As in the explorer's address: class=healthy&class=wear.")
    parameters: dict[str, float] = Field(default_factory=dict)
    top_k: int | None = Field(None, ge=1, le=1000)
    search: int = Field(0, ge=0, le=100)
    seed: int = 0
    protocol: str = Field(GROUP, description="group or leave-out")
    held_out: str = Field("", description="The condition that is left out.")

    def wish(self) -> Wish:
        return Wish(
            chosen=SignalFilter.from_query(QueryDict(self.filter)),
            features=tuple(self.features),
            model=self.model,
            parameters=self.parameters,
            top_k=self.top_k,
            n_tries=self.search,
            seed=self.seed,
            protocol=self.protocol,
            held_out=self.held_out,
        )


def _score(found: Any) -> ScoreOut:
    known = found.low is not None and found.high is not None
    return ScoreOut(
        protocol=found.protocol,
        groups=found.groups_are,
        n_signals=found.n_signals,
        n_groups=found.n_groups,
        score=found.score,
        interval=[found.low, found.high] if known else None,
        random_score=found.random_score,
        majority=found.majority,
        gap=found.gap,
        warning=found.warning,
    )


@router.get("/experiments", response=ExperimentsOut, summary="Experiments that you may see")
def experiment_list(
    request: HttpRequest, page: Query[Page], dataset: int | None = None
) -> ExperimentsOut:
    found = experiments_visible(request.user).select_related("owner", "result")
    rows, following = page.of(found if dataset is None else found.filter(dataset=dataset))
    return ExperimentsOut(items=[ExperimentOut.of(row) for row in rows], next=following)


@router.get("/experiments/{experiment_id}", response=ExperimentOut, summary="One experiment")
def experiment_show(request: HttpRequest, experiment_id: int) -> ExperimentOut:
    return ExperimentOut.of(experiment_get(request.user, experiment_id))


@router.post("/experiments", response={202: ExperimentOut}, summary="Train a model")
def experiment_new(request: HttpRequest, body: WishIn) -> Any:
    """Queue the training; its job tells how far it is."""
    needs(request, "train")
    dataset = dataset_get(request.user, body.dataset)
    made, _ = experiment_request(
        owner=request.user, dataset=dataset, wish=body.wish(), name=body.name
    )
    return Status(202, ExperimentOut.of(experiment_get(request.user, made.pk)))


@router.get("/experiments/{experiment_id}/predictions/{signal_id}", summary="Ask about a signal")
def experiment_predict(request: HttpRequest, experiment_id: int, signal_id: int) -> dict[str, Any]:
    """The set of classes at 90 % with its measured coverage, or an abstention; how far the signal
    is from the training; the features that decided, and the nearest training signals that you may
    see.
    """
    answer = signal_predict(request.user, experiment_get(request.user, experiment_id), signal_id)
    return as_json(answer.predictor, answer.said)
