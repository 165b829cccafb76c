"""What the Datasets pages list, in which order, read with a constant number of queries."""

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Coalesce, Lower

from common.roles import is_engineer, may_manage
from datasets.models import ClassCount, Dataset
from datasets.selectors import dataset_signals, datasets_trashed, datasets_visible
from datasets.services.splits import may_delete_split, may_split
from datasets.versioning.splits import splits_of
from datasets.versioning.versions import change_words, versions_of
from monitoring.health.checks import is_served
from monitoring.jobs.kinds import Queue
from monitoring.models import Job
from monitoring.selectors import settings_of
from signals.models import Bearing, FaultClass, Recording, Run, Severity, Signal, Specimen, Version
from signals.selectors import may_label
from signals.services.bearings import bearings_all, bearings_offered, may_attach
from signals.services.feature_groups import may_measure, why_not
from signals.services.versions import may_remove
from vibration.features.groups import FEATURE_GROUPS

RECORDINGS_EACH = 25
MOST_SPECIMENS = 100
VERSIONS_SHOWN = 6

DATASETS_PER_PAGE = 36  # a dozen rows of three cards
SCOPES: dict[str, str] = {
    "all": "All",
    "own": "Own",
    "shared": "Shared",
    "trash": "Trash",
}
LAYOUTS = ("cards", "list")
KEYS = {"fault_class": "class"}  # of the address, where it is not the field's own name
SORTS = {
    "newest": ("Newest first", ["-created_at", "-id"]),
    "oldest": ("Oldest first", ["created_at", "id"]),
    "name": ("Name", [Lower("name")]),
    "signals": ("Most signals", ["-store__n_signals", "-id"]),
    "size": ("Largest", ["-store__size_bytes", "-id"]),
}
SIGNAL_SORTS = {
    "label": "row",
    "class": "fault_class__position",
    "severity": "severity_factor",
    "rms": "rms",
    "kurtosis": "kurtosis",
    "speed": "rpm",
    "load": "load_percent",
}


def _one_of(value: str | None, allowed: Any, default: str) -> str:
    return value if value in allowed else default


@dataclass(frozen=True)
class DatasetQuery:
    """The state of the Datasets page, as its URL holds it."""

    q: str = ""
    scope: str = "all"
    source: str = ""
    fault_class: str = ""
    sort: str = "newest"
    layout: str = "cards"
    page: str = "1"

    @classmethod
    def read(cls, params: Any) -> Self:
        return cls(
            q=params.get("q", "").strip()[:100],
            scope=_one_of(params.get("scope"), SCOPES, "all"),
            source=_one_of(params.get("source"), Dataset.Origin.values, ""),
            fault_class=params.get("class", "")[:40],
            sort=_one_of(params.get("sort"), SORTS, "newest"),
            layout=_one_of(params.get("layout"), LAYOUTS, "cards"),
            page=params.get("page", "1"),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.source or self.fault_class) or self.scope != "all"

    def url_part(self) -> str:
        """Return the query string with only what differs from the start."""
        start = type(self)()
        kept = {
            KEYS.get(name, name): value
            for name, value in vars(self).items()
            if value != getattr(start, name)
        }
        return f"?{urlencode(kept)}" if kept else ""


def datasets_listed(user: Any, query: DatasetQuery) -> Page[Dataset]:
    datasets = _in_scope(user, query.scope)
    if query.q:
        datasets = datasets.filter(name__icontains=query.q)
    if query.source:
        datasets = datasets.filter(origin=query.source)
    if query.fault_class:
        holding = ClassCount.objects.filter(
            dataset=OuterRef("pk"), fault_class__code=query.fault_class
        )
        datasets = datasets.filter(Exists(holding))
    page = Paginator(datasets.order_by(*SORTS[query.sort][1]), DATASETS_PER_PAGE).get_page(
        query.page
    )
    for_display(user, page.object_list)
    return page


def _in_scope(user: Any, scope: str) -> QuerySet[Dataset]:
    if scope == "trash":
        return datasets_trashed(user)
    datasets = datasets_visible(user).prefetch_related("recipe__classes")
    if scope == "own":
        return datasets.filter(store__owner=user)
    return datasets.exclude(store__owner=user) if scope == "shared" else datasets


def class_choices(user: Any) -> list[FaultClass]:
    """Return the classes of which some dataset that this person sees holds signals."""
    seen = datasets_visible(user).order_by().values("pk")
    held = ClassCount.objects.filter(fault_class=OuterRef("pk"), dataset__in=seen)
    return list(FaultClass.objects.filter(Exists(held)).order_by("position"))


def totals(user: Any, scope: str = "all") -> dict[str, int]:
    """Return how many datasets this person sees, or has in the trash, and how large they are."""
    datasets = datasets_trashed(user) if scope == "trash" else datasets_visible(user)
    return datasets.order_by().aggregate(
        n_datasets=Count("pk"), size_bytes=Coalesce(Sum("store__size_bytes"), 0)
    )


def for_display(user: Any, datasets: Any) -> None:
    """Note on each dataset what this person may do with it and how many jobs are before it."""
    waiting = [row.job_id for row in datasets if row.status == Dataset.Status.QUEUED]
    queue = _queue() if waiting else []
    lacks_worker = bool(waiting) and is_served(Queue.LONG) is False
    may_create = is_engineer(user)
    for row in datasets:
        row.is_mine = may_manage(user, row.store.owner_id)
        row.may_repeat = may_create and row.recipe_id is not None
        row.lacks_worker = lacks_worker
        row.n_ahead = queue.index(row.job_id) if row.job_id in queue else 0


def _queue() -> list[Any]:
    waiting = Job.objects.filter(status=Job.Status.QUEUED).order_by("created_at")
    return list(waiting.values_list("pk", flat=True))


@dataclass(frozen=True)
class SignalQuery:
    """The state of a dataset's table of signals."""

    fault_class: str = ""
    severity: str = ""
    sort: str = "label"
    descending: bool = False
    page: str = "1"

    @classmethod
    def read(cls, params: Any) -> Self:
        sort = params.get("sort", "label")
        return cls(
            fault_class=params.get("class", ""),
            severity=params.get("severity", ""),
            sort=_one_of(sort.removeprefix("-"), SIGNAL_SORTS, "label"),
            descending=sort.startswith("-"),
            page=params.get("page", "1"),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.fault_class or self.severity)


def signals_listed(user: Any, dataset: Dataset, query: SignalQuery) -> Page[Signal]:
    signals: QuerySet[Signal] = dataset_signals(user, dataset)
    if query.fault_class:
        signals = signals.filter(fault_class__code=query.fault_class)
    if query.severity:
        signals = signals.filter(severity__code=query.severity)
    key = F(SIGNAL_SORTS[query.sort])
    order = key.desc(nulls_last=True) if query.descending else key.asc(nulls_last=True)
    return Paginator(signals.order_by(order, "row"), settings_of(user).page_size).get_page(
        query.page
    )


def versions_listed(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return the newest versions of a dataset, and whether there are more."""
    versions = list(versions_of(user, dataset)[: VERSIONS_SHOWN + 1])
    return {
        "versions": [version_described(user, dataset, each) for each in versions[:VERSIONS_SHOWN]],
        "has_more_versions": len(versions) > VERSIONS_SHOWN,
    }


def version_described(user: Any, dataset: Dataset, version: Version) -> Version:
    """Note on a version what it changed, in words, and whether this person may undo it."""
    may = may_label if version.n_relabelled else may_remove
    version.words = change_words(version)  # type: ignore[attr-defined]
    version.may_be_undone = (  # type: ignore[attr-defined]
        version.act != Version.Act.MADE and may(user, dataset.store)
    )
    return version


def splits_listed(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return the splits of a dataset, and what this person may do with them."""
    splits = list(splits_of(user, dataset))
    for split in splits:
        split.may_go = may_delete_split(user, dataset, split)  # type: ignore[attr-defined]
    return {"splits": splits, "may_split": may_split(user, dataset)}


def recordings_listed(user: Any, dataset: Dataset, page: str) -> dict[str, Any]:
    """Return a page of an imported dataset's recordings, and its specimens."""
    rows = Recording.objects.filter(store=dataset.store_id).select_related("specimen", "run")
    specimens = Specimen.objects.filter(store=dataset.store_id)
    counted = specimens.select_related("bearing").prefetch_related("runs")
    return {
        "recordings": Paginator(rows.order_by("pk"), RECORDINGS_EACH).get_page(page),
        "specimens": counted.annotate(n_recordings=Count("recordings"))[:MOST_SPECIMENS],
        "n_specimens": specimens.count(),
        "types": list(bearings_offered(user)) if may_attach(user, dataset.store) else [],
        "n_runs": Run.objects.filter(specimen__store=dataset.store_id).count(),
    }


def bearing_choices(user: Any, dataset: Dataset) -> list[Bearing]:
    """Return the bearings from which this person may choose the dataset's: none, or all."""
    return list(bearings_all()) if may_attach(user, dataset.store) else []


@dataclass(frozen=True)
class GroupShown:
    """A group of features as the dataset's page shows it.

    Attributes
    ----------
    code, title : str
    n_known : int or None
        Signals with a value; None where it was not measured.
    job : Job or None
        The one that is measuring it.
    why_not : str
        Why it cannot be measured; empty where it can.
    """

    code: str
    title: str
    n_known: int | None
    job: Job | None
    why_not: str


def feature_groups(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return the groups of features beside the 36, and what this person may do about them."""
    rows = {row.group: row for row in dataset.store.feature_groups.select_related("job")}
    shown = []
    for code, group in FEATURE_GROUPS.items():
        row = rows.get(code)
        job = row.job if row and row.job and row.job.is_active else None
        n_known = row.n_known if row and row.stamp else None
        shown.append(GroupShown(code, group.title, n_known, job, why_not(dataset.store, code)))
    return {
        "feature_groups": shown,
        "may_measure": may_measure(user, dataset.store),
        "is_measuring": any(group.job for group in shown),
    }


def signal_filters(dataset: Dataset) -> dict[str, Any]:
    """Return the classes and severities a dataset can be filtered by."""
    classes = FaultClass.objects.filter(pk__in=dataset.class_counts.values("fault_class"))
    return {"classes": classes, "severities": Severity.objects.all()}
