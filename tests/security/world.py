"""One owner's things, two whom they let in, and all others: what the table of rights is about."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.test import Client

from datasets.imports.services.drafts import Offered, draft_create, files_offer
from datasets.models import Dataset, Download
from datasets.scope import explorer_scope
from datasets.services import dataset_delete, dataset_member_set
from datasets.services.downloads import download_build, download_request
from datasets.services.splits import split_create
from datasets.services.verifying import verification_request
from experiments.services.predictions import predictions_request
from experiments.services.transfers import transfer_request
from monitoring.accounts.tokens import token_create
from monitoring.jobs.lifecycle import job_start
from monitoring.jobs.pulse import JobRun
from monitoring.models import Notification, UserSession
from signals.filters.signal_filter import SignalFilter
from signals.models import FaultClass, Projection
from signals.projections.services import projection_request
from signals.services.labels import Relabel, signals_relabel
from signals.services.saved_views import saved_view_save
from tests.datasets.importing import imported, planned, samples
from tests.experiments.training import asked, small_dataset, trained
from tests.factories import make_dataset, make_user
from tests.signals.recordings import npy, sine, upload
from vibration.statistics.projection import ProjectionParameters

ROLES = (
    "anonymous",
    "no group",
    "viewer",
    "stranger",
    "curator",
    "reads",
    "labels",
    "owner",
    "superuser",
)


@dataclass(frozen=True)
class World:
    """What there is, by the names that addresses give to their parts."""

    people: dict[str, Any]
    simulated: Dataset
    recorded: Dataset
    queued: Dataset
    trashed: Dataset
    things: dict[str, Any]

    @cached_property
    def signal(self) -> Any:
        return self.simulated.store.signals.order_by("pk")[0]

    @cached_property
    def wear(self) -> FaultClass:
        return FaultClass.objects.get(code="wear")


def make_world(folder: Path) -> World:
    """Make all of it: nothing is shared with everybody."""
    people = {
        "no group": make_user(None),
        "viewer": make_user("viewer"),
        "stranger": make_user("engineer"),
        "curator": make_user("curator"),
        "reads": make_user("viewer"),
        "labels": make_user("viewer"),
        "owner": make_user("engineer"),
        "superuser": make_user("superuser"),
    }
    owner = people["owner"]
    simulated = small_dataset(owner, name="Secret pump")
    recorded = imported(
        planned(folder / "a.npy", samples(), specimen="B1", run="to failure"),
        owner=owner,
        name="Secret rig",
    )
    queued = make_dataset(owner, ready=False, name="Secret plan")
    trashed = make_dataset(owner, name="Secret waste")
    for dataset in (simulated, recorded, queued, trashed):
        for role, right in (("reads", "read"), ("labels", "label")):
            name = people[role].get_username()
            dataset_member_set(user=owner, dataset=dataset, name=name, right=right)
    dataset_delete(user=owner, dataset=trashed)
    things = _of_data(owner, simulated, recorded) | _of_person(owner)
    return World(people, simulated, recorded, queued, trashed, things)


def _of_data(owner: Any, simulated: Dataset, recorded: Dataset) -> dict[str, Any]:
    experiment = trained(owner, simulated)
    wear = simulated.store.signals.filter(fault_class__code="wear").order_by("pk")[:1]
    labels = Relabel(fault_class=FaultClass.objects.get(code="imbalance"))
    signals_relabel(user=owner, signals=wear, labels=labels, reason="heard again")
    query = QueryDict(f"dataset={simulated.pk}")
    download = download_request(user=owner, dataset=simulated, form="npz", query="class=wear")
    download_build(run=JobRun(job_start(download.job_id)))
    scope = explorer_scope(owner, SignalFilter.from_query(query))
    projection = projection_request(
        user=owner,
        scope=scope,
        method=Projection.Method.TSNE,
        parameters=ProjectionParameters(perplexity=5),
    )
    return {
        "experiment": experiment,
        "asked": asked(owner, simulated, seed=3),
        "split": split_create(
            user=owner, dataset=simulated, name="main", ratios=(0.5, 0.5), by="none"
        ),
        "download": Download.objects.get(pk=download.pk),
        "building": download_request(user=owner, dataset=simulated, form="mat", query=""),
        "verification": verification_request(user=owner, dataset=simulated),
        "projection": projection,
        "prediction": predictions_request(user=owner, experiment=experiment, query=query),
        "transfer": transfer_request(
            user=owner, first=simulated.pk, second=recorded.pk, model="logistic"
        ),
        "recording": recorded.store.recordings.get(),
        "specimen": recorded.store.specimens.get(),
    }


def _of_person(owner: Any) -> dict[str, Any]:
    draft = draft_create(owner=owner)
    content = npy(sine())
    return {
        "draft": draft,
        "file": files_offer(user=owner, draft=draft, files=[Offered("secret.npy", len(content))])[
            0
        ],
        "upload": upload(content, owner=owner, name="secret.npy"),
        "notice": Notification.objects.create(user=owner, title="Secret notice", url="/"),
        "session": _session_of(owner),
        "token": token_create(user=owner, name="rig")[0],
        "view": saved_view_save(user=owner, name="Secret view", query="class=wear"),
    }


def _session_of(person: Any) -> UserSession:
    browser = Client()
    browser.force_login(person)
    return UserSession.objects.get(session_key=browser.session.session_key)
