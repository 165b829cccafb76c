"""What the training page says, read from its address or from what it sends."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.http import QueryDict

from common.errors import Invalid
from common.page_state import read_float, read_id
from datasets.models import Dataset
from datasets.selectors import datasets_visible
from datasets.versioning.splits import splits_of
from experiments.training.feature_sets import OWN, FeatureSet, feature_sets
from experiments.training.planning import Wish
from experiments.training.rows import CONDITIONS
from signals.filters.signal_filter import FILTER_KEYS, SignalFilter
from vibration.learning.models import MODELS, Model
from vibration.learning.plans import GROUP, LEAVE_OUT, SPLIT

LONGEST: Final = 120
MOST_DATASETS: Final = 300
_HIGHEST: Final = 10**9
_KEPT: Final = tuple(key for key in FILTER_KEYS if key not in ("dataset", "class"))


@dataclass(frozen=True)
class ShownParameter:
    """A parameter of the chosen model as the page shows it."""

    name: str
    title: str
    placeholder: str
    lowest: float
    highest: float
    text: str


@dataclass
class TrainingForm:
    """The page's fields as texts, and the wish that they make."""

    dataset: Dataset | None
    datasets: list[tuple[int, str]]
    query: QueryDict
    features: tuple[str, ...]
    model: Model
    texts: dict[str, str]
    protocol: str
    sets: list[FeatureSet] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, user: Any, data: QueryDict) -> Self:
        """Read the fields; what is missing or made up gets its default."""
        ready = datasets_visible(user).filter(status=Dataset.Status.READY)
        pk = read_id(data.get("dataset", ""))
        dataset = ready.filter(pk=pk).first() if pk is not None else None
        sets = feature_sets(user, dataset.store) if dataset else []
        asked = tuple(data.getlist("features"))
        query = QueryDict(mutable=True)
        for key in _KEPT:
            query.setlist(key, data.getlist(key))
        if dataset is not None:
            own = set(dataset.class_counts.values_list("fault_class__code", flat=True))
            chosen = [code for code in data.getlist("class") if code]
            query.setlist("class", [] if own <= set(chosen) else chosen)
        return cls(
            dataset=dataset,
            datasets=list(ready.order_by("name").values_list("pk", "name")[:MOST_DATASETS]),
            query=query,
            features=asked or OWN,
            model=MODELS.get(data.get("model", ""), MODELS["forest"]),
            texts={
                key: value[:LONGEST].strip()
                for key, value in data.items()
                if isinstance(value, str)
            },
            protocol=data.get("protocol", GROUP),
            sets=sets,
            splits=[split.name for split in splits_of(user, dataset)] if dataset else [],
        )

    @property
    def chosen(self) -> SignalFilter:
        """The filter of the signals; a made-up value is refused."""
        return SignalFilter.from_query(self.query)

    @property
    def kept_pairs(self) -> list[tuple[str, str]]:
        """What of the filter the page carries along without a field of its own."""
        return [(key, value) for key in _KEPT for value in self.query.getlist(key) if value]

    @property
    def parameters(self) -> list[ShownParameter]:
        return [
            ShownParameter(
                each.name,
                each.title,
                "by itself" if each.default is None else f"{each.default:g}",
                each.lowest,
                each.highest,
                self.texts.get(f"p_{each.name}", ""),
            )
            for each in self.model.parameters
        ]

    def wish(self) -> Wish:
        """Return what is asked for.

        Raises
        ------
        Invalid
            Where a field cannot be read.
        """
        protocol, held_out = self._protocol()
        parameters = {}
        for each in self.model.parameters:
            text = self.texts.get(f"p_{each.name}", "")
            if text:
                parameters[each.name] = self._number(f"p_{each.name}", each.title)
        top_k = self.texts.get("top_k", "")
        return Wish(
            chosen=self.chosen,
            features=self.features,
            model=self.model.code,
            parameters=parameters,
            top_k=self._whole("top_k", "Features kept") if top_k else None,
            n_tries=self._whole("tries", "Sets tried") if self.texts.get("tries") else 0,
            seed=self._whole("seed", "The seed") if self.texts.get("seed") else 0,
            protocol=protocol,
            held_out=held_out,
        )

    def _protocol(self) -> tuple[str, str]:
        if self.protocol == GROUP:
            return GROUP, ""
        if self.protocol in CONDITIONS:
            return LEAVE_OUT, self.protocol
        kind, _, name = self.protocol.partition(":")
        if kind == SPLIT and name:
            return SPLIT, name
        raise Invalid("Choose a protocol of the list.")

    def _number(self, key: str, title: str) -> float:
        value = read_float(self.texts.get(key))
        if value is None:
            raise Invalid(f"{title}: “{self.texts.get(key, '')[:20]}” is no number.")
        return value

    def _whole(self, key: str, title: str) -> int:
        value = read_float(self.texts.get(key))
        if value is None or value != int(value) or not 0 <= value < _HIGHEST * 10:
            raise Invalid(f"{title} is a whole number from 0 up.")
        return int(value)
