"""What the list of experiments shows, in which order, read with a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import F, Q
from django.db.models.functions import Lower

from common.roles import may_manage
from datasets.models import Dataset
from experiments.models import Experiment, ExperimentConfig, ExperimentTag
from experiments.selectors import experiments_visible
from signals.models import TableColumn

PER_PAGE = 500


@dataclass(frozen=True)
class ListColumn:
    """A column of the list; `look` is the class of its cells."""

    code: str
    title: str
    look: str = ""
    is_sorted: bool = True


NAME = "name"  # says which experiment a row is, so it is always shown
COLUMNS = (
    ListColumn("created", "Time"),
    ListColumn(NAME, "Name"),
    ListColumn("status", "Status"),
    ListColumn("dataset", "Dataset"),
    ListColumn("model", "Model"),
    ListColumn("score", "Score (%)", "num"),
    ListColumn("random", "Random split (%)", "num"),
    ListColumn("majority", "Majority (%)", "num"),
    ListColumn("balanced", "Balanced (%)", "num"),
    ListColumn("signals", "Signals", "num"),
    ListColumn("protocol", "Protocol", is_sorted=False),
    ListColumn("tags", "Tags", is_sorted=False),
    ListColumn("owner", "By", is_sorted=False),
)
CODES = tuple(column.code for column in COLUMNS)
AT_FIRST = tuple(code for code in CODES if code not in ("majority", "balanced", "signals"))
SORTS: dict[str, Any] = {
    "created": F("created_at"),
    "name": Lower("name"),
    "status": F("status"),
    "dataset": Lower("dataset__name"),
    "model": F("config__model"),
    "score": F("result__score"),
    "random": F("result__random_score"),
    "majority": F("result__majority"),
    "balanced": F("result__balanced_accuracy"),
    "signals": F("result__n_signals"),
}
LONGEST = 100


@dataclass(frozen=True)
class ExperimentQuery:
    """The state of the list, as its address holds it."""

    q: str = ""
    model: str = ""
    status: str = ""
    dataset: str = ""
    tag: str = ""
    mine: bool = False
    archived: bool = False
    sort: str = "created"
    descending: bool = True
    page: str = "1"
    columns: tuple[str, ...] = ()

    @classmethod
    def read(cls, params: Any) -> Self:
        sort = params.get("sort", "-created")
        known = sort.removeprefix("-")
        return cls(
            q=params.get("q", "").strip()[:LONGEST],
            model=_one_of(params.get("model"), ExperimentConfig.Model.values),
            status=_one_of(params.get("status"), Experiment.Status.values),
            dataset=_number(params.get("dataset", "")),
            tag=params.get("tag", "").strip()[:LONGEST],
            mine=params.get("mine") == "1",
            archived=params.get("archived") == "1",
            sort=known if known in SORTS else "created",
            descending=sort.startswith("-") if known in SORTS else True,
            page=params.get("page", "1"),
            columns=columns_read(params.get("columns", "").split(",")),
        )

    @property
    def is_filtered(self) -> bool:
        chosen = self.q or self.model or self.status or self.dataset or self.tag
        return bool(chosen or self.mine or self.archived)

    @property
    def sort_code(self) -> str:
        return ("-" if self.descending else "") + self.sort

    def url_part(self) -> str:
        """Return the query string with only what differs from the start."""
        pairs = {
            "q": self.q,
            "model": self.model,
            "status": self.status,
            "dataset": self.dataset,
            "tag": self.tag,
            "mine": "1" if self.mine else "",
            "archived": "1" if self.archived else "",
            "columns": ",".join(self.columns),
            "sort": self.sort_code,
            "page": "" if self.page == "1" else self.page,
        }
        kept = {key: value for key, value in pairs.items() if value and value != "-created"}
        return f"?{urlencode(kept, safe=',')}" if kept else ""


def experiments_listed(user: Any, query: ExperimentQuery) -> Page[Experiment]:
    """Return a page of the experiments that `user` may see."""
    rows = (
        experiments_visible(user)
        .filter(is_archived=query.archived)
        .select_related("config", "result", "dataset", "owner")
        .prefetch_related("tags")
    )
    if query.q:
        rows = rows.filter(Q(name__icontains=query.q) | Q(notes__icontains=query.q))
    if query.model:
        rows = rows.filter(config__model=query.model)
    if query.status:
        rows = rows.filter(status=query.status)
    if query.dataset:
        rows = rows.filter(dataset=int(query.dataset))
    if query.tag:
        tagged = ExperimentTag.objects.filter(name__iexact=query.tag)
        rows = rows.filter(pk__in=tagged.values("experiment"))
    if query.mine:
        rows = rows.filter(owner=user)
    key = SORTS[query.sort]
    order = key.desc(nulls_last=True) if query.descending else key.asc(nulls_last=True)
    page = Paginator(rows.order_by(order, "-pk"), PER_PAGE).get_page(query.page)
    for row in page.object_list:
        row.is_mine = may_manage(user, row.owner_id)  # type: ignore[attr-defined]
    return page


def columns_read(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the columns among some codes in the order of the list; the name's with any."""
    named = set(codes) & set(CODES)
    return tuple(code for code in CODES if code in named | {NAME}) if named else ()


def columns_shown(user: Any, query: ExperimentQuery) -> tuple[ListColumn, ...]:
    """Return the columns of the address, else those that `user` chose, else those of everybody."""
    chosen = query.columns
    if not chosen:
        kept = TableColumn.objects.filter(user=user.pk, table=TableColumn.Table.EXPERIMENTS)
        chosen = columns_read(kept.values_list("code", flat=True)) or AT_FIRST
    return tuple(column for column in COLUMNS if column.code in chosen)


def list_choices(user: Any) -> dict[str, Any]:
    """Return the datasets and tags of the experiments that `user` may see."""
    seen = experiments_visible(user).order_by()
    datasets = Dataset.objects.filter(pk__in=seen.values("dataset")).order_by("name")
    tags = ExperimentTag.objects.filter(experiment__in=seen.values("pk")).order_by("name")
    return {
        "datasets": list(datasets.values_list("pk", "name")[:300]),
        "tags": list(dict.fromkeys(tags.values_list("name", flat=True)))[:200],
        "models": ExperimentConfig.Model.choices,
        "statuses": Experiment.Status.choices,
    }


def _one_of(value: str | None, allowed: Any) -> str:
    return value if value is not None and value in allowed else ""


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 19 else ""
