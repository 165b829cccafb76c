"""Ask for datasets made of others: several merged into one, one divided into several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db import transaction

from common.database import after_commit
from common.errors import Invalid, NotAllowed
from common.roles import is_curator
from common.text import counted, joined
from datasets.kinds import COMPOSE
from datasets.models import Dataset, DatasetSource
from datasets.scope import scope_of_part
from datasets.selectors import name_is_taken, name_suggestion
from datasets.services.creation import name_and_description, name_taken
from datasets.services.downloads import ready_prove
from datasets.services.events import dataset_event
from datasets.services.files import space_prove
from datasets.services.hints import dataset_hint
from monitoring.jobs.lifecycle import job_create, job_enqueue
from monitoring.models import SystemEvent
from signals.models import Signal, SignalStore, Split
from signals.services.versions import reason_clean

MOST_SOURCES: Final = 20
MOST_PARTS: Final = 20
_LONGEST_NAME: Final = Dataset._meta.get_field("name").max_length or 0
_LONGEST_PART: Final = DatasetSource._meta.get_field("part").max_length or 0


@dataclass(frozen=True)
class Ingredient:
    """A dataset, or a part of it: the filter as in the explorer's address, and in words."""

    dataset: Dataset
    query: str = ""
    part: str = ""


def dataset_merge(*, user: Any, datasets: Sequence[Dataset], name: str, reason: str) -> Dataset:
    """Ask for a dataset of all signals of several; these stay as they are.

    Raises
    ------
    NotAllowed
        Where `user` is no curator.
    Invalid
        Where there are fewer than two, one is not ready, or the name or reason is refused.
    """
    if not 2 <= len(datasets) <= MOST_SOURCES:
        raise Invalid(f"Choose 2 to {MOST_SOURCES} datasets to merge.")
    recipes = [dataset.recipe.fingerprint for dataset in datasets if dataset.recipe]
    if len(set(recipes)) < len(recipes):
        raise Invalid(
            "Two of these datasets were made from the same recipe, so they hold the same signals; "
            "leave one of them out."
        )
    ingredients = [Ingredient(dataset) for dataset in datasets]
    with transaction.atomic():
        made = _ask(user, name, ingredients, reason)
        for dataset in datasets:
            said = f"version {dataset.store.version} merged into {made.name}. {reason}"[:200]
            dataset_event(dataset, SystemEvent.Kind.EDITED, user, said)
    return made


def dataset_divide(
    *, user: Any, dataset: Dataset, by: str, reason: str, split: Split | None = None
) -> list[Dataset]:
    """Ask for a dataset of each class, specimen or side of a split; this one stays as it is.

    Parameters
    ----------
    by : str
        ``class``, ``specimen`` or ``split``.
    split : Split, optional
        Whose sides, where it is by split.
    """
    ready_prove(dataset)
    parts = _parts(dataset, by, split)
    if not 2 <= len(parts) <= MOST_PARTS:
        raise Invalid(
            f"This makes {counted(len(parts), 'dataset')}; divide into 2 to {MOST_PARTS}."
        )
    with transaction.atomic():
        made = [
            _ask(user, _free_name(dataset.name, part), [Ingredient(dataset, query, part)], reason)
            for part, query in parts
        ]
        names = joined([each.name for each in made], "and")
        said = f"version {dataset.store.version} divided into {names}. {reason}"[:200]
        dataset_event(dataset, SystemEvent.Kind.EDITED, user, said)
    return made


def _parts(dataset: Dataset, by: str, split: Split | None) -> list[tuple[str, str]]:
    """Return each part in words and as a filter."""
    if by == "class":
        rows = dataset.class_counts.filter(n_signals__gt=0).select_related("fault_class")
        found = [(row.fault_class.name, f"class={row.fault_class.code}") for row in rows]
        unlabelled = Signal.objects.filter(store=dataset.store_id, fault_class__isnull=True)
        return found + ([("without a class", "class=none")] if unlabelled.exists() else [])
    if by == "specimen":
        signals = Signal.objects.filter(store=dataset.store_id)
        if n := signals.filter(recording__specimen__isnull=True).count():
            raise Invalid(
                f"{counted(n, 'signal')} would be in none of the new datasets, for want of a "
                "specimen: divide by class or by a split."
            )
        names = signals.values_list("recording__specimen__name", flat=True)
        return [
            (name, urlencode({"specimen": name}))
            for name in names.distinct().order_by("recording__specimen__name")
        ]
    if by != "split" or split is None or split.store_id != dataset.store_id:
        raise Invalid("Divide by class, by specimen, or by a split of this dataset.")
    return [
        (f"{split.name} {side.name}", urlencode({"split": split.name, "side": side.name}))
        for side in split.sides.filter(n_signals__gt=0)
    ]


def _free_name(base: str, part: str) -> str:
    ending = f" {part}"[: _LONGEST_NAME // 2]
    name = base[: _LONGEST_NAME - len(ending) - 3].rstrip() + ending
    return name_suggestion(name) if name_is_taken(name) else name


def _ask(user: Any, name: str, ingredients: Sequence[Ingredient], reason: str) -> Dataset:
    """Write a queued dataset with its sources and its job, and hand the job to the queue."""
    if not is_curator(user):
        raise NotAllowed("Datasets are merged and divided by curators.")
    why = reason_clean(reason)
    name, description = name_and_description(name, "")
    if name_is_taken(name):
        raise name_taken(name)
    counts = []
    for each in ingredients:
        ready_prove(each.dataset)
        counts.append(scope_of_part(user, each.dataset.pk, each.query).signals().count())
    if not all(counts):
        raise Invalid("One of the parts holds no signal.")
    space_prove(sum(each.dataset.store.size_bytes for each in ingredients))
    with transaction.atomic():
        dataset = _write(user, name, description, ingredients, counts)
        dataset.job = job_create(
            owner=user,
            kind=COMPOSE,
            title=f"Put {name} together",
            url=f"/datasets/{dataset.pk}/",
            total=sum(counts),
        )
        dataset.save(update_fields=["job"])
        job_enqueue(dataset.job)
        said = f"from {joined([each.dataset.name for each in ingredients], 'and')}. {why}"[:200]
        dataset_event(dataset, SystemEvent.Kind.CREATED, user, said)
        after_commit(dataset_hint, dataset)
    return dataset


def _write(
    user: Any,
    name: str,
    description: str,
    ingredients: Sequence[Ingredient],
    counts: Sequence[int],
) -> Dataset:
    bearings = {each.dataset.store.bearing_id for each in ingredients}
    bearing = bearings.pop() if len(bearings) == 1 else None
    store = SignalStore(owner=user, bearing_id=bearing)
    store.full_clean()
    store.save()
    dataset = Dataset(
        name=name,
        description=description,
        licence=_said(ingredients, "licence", 200),
        citation=_said(ingredients, "citation", 1000),
        store=store,
        n_planned=sum(counts),
    )
    dataset.full_clean()
    dataset.save()
    for position, (each, n) in enumerate(zip(ingredients, counts, strict=True)):
        row = DatasetSource(
            dataset=dataset,
            position=position,
            source=each.dataset,
            name=each.dataset.name,
            version=each.dataset.store.version,
            query=each.query,
            part=each.part[:_LONGEST_PART],
            n_signals=n,
        )
        row.full_clean()
        row.save()
    return dataset


def _said(ingredients: Sequence[Ingredient], field: str, longest: int) -> str:
    """Return what the sources say, each once; their pages hold the rest of what is too long."""
    texts = dict.fromkeys(getattr(each.dataset, field) for each in ingredients)
    return "; ".join(text for text in texts if text)[:longest]
