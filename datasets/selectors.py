"""Reads of datasets; the user comes first and sees only what that person may."""

from typing import Any

from django.db.models import QuerySet

from common.database import only_row
from common.errors import NotFound
from common.remembered import remembered
from common.roles import visible_to
from common.storage import Stored
from datasets.models import Dataset
from datasets.models import Recipe as RecipeRow
from signals.models import Recording, Signal, Specimen
from signals.selectors import (
    recordings_visible,
    store_folder,
    store_found,
    store_path,
    stores_seen,
    stores_visible,
)
from vibration.simulation import Recipe
from vibration.store import SIGNALS_FILE

ORIGINALS = "originals"

__all__ = [
    "dataset_brief",
    "dataset_checksums",
    "dataset_files",
    "dataset_folder",
    "dataset_get",
    "dataset_path",
    "dataset_signals",
    "dataset_trashed_get",
    "datasets_trashed",
    "datasets_visible",
    "name_is_taken",
    "name_suggestion",
    "original_path",
    "recipe_of",
    "recording_get",
]


def datasets_visible(user: Any) -> QuerySet[Dataset]:
    """Return the datasets `user` may see."""
    datasets = Dataset.objects.select_related("store__owner", "job", "recipe").prefetch_related(
        "class_counts__fault_class"
    )
    return datasets.filter(store__in=stores_seen(user))


def dataset_get(user: Any, pk: int) -> Dataset:
    """Return one dataset that `user` may see."""
    dataset = only_row(datasets_visible(user).filter(pk=pk))
    if dataset is None:
        raise NotFound("There is no such dataset.")
    return dataset


def dataset_brief(user: Any, pk: int) -> Dataset:
    """Return one dataset that `user` may see, with its store alone."""
    found = Dataset.objects.filter(pk=pk, store__in=stores_seen(user))
    dataset = remembered(("dataset", user.pk, pk), lambda: only_row(found.select_related("store")))
    if dataset is None:
        raise NotFound("There is no such dataset.")
    store_found(user, dataset.store)
    return dataset


def datasets_trashed(user: Any) -> QuerySet[Dataset]:
    """Return what `user` may restore or remove for good: own datasets that were deleted."""
    trashed = Dataset.objects.filter(trashed_at__isnull=False).select_related("store__owner", "job")
    return visible_to(user, trashed, owner="store__owner").order_by("-trashed_at", "-pk")


def dataset_trashed_get(user: Any, pk: int) -> Dataset:
    """Return one dataset in the trash of `user`."""
    dataset = datasets_trashed(user).filter(pk=pk).first()
    if dataset is None:
        raise NotFound("There is no such dataset in your trash.")
    return dataset


def dataset_signals(user: Any, dataset: Dataset) -> QuerySet[Signal]:
    """Return the signals of a dataset that `user` may see, in the order of the file."""
    visible = datasets_visible(user).filter(pk=dataset.pk).exists()
    signals = Signal.objects.select_related("fault_class", "severity")
    return signals.filter(store=dataset.store_id).order_by("row") if visible else signals.none()


def dataset_folder(dataset: Dataset) -> Stored:
    """Return the folder of a ready dataset's files."""
    return store_folder(dataset.store)


def dataset_path(dataset: Dataset) -> Stored:
    """Return the file of a ready dataset's waveforms."""
    return store_path(dataset.store)


def dataset_files(dataset: Dataset) -> list[tuple[str, Stored]]:
    """Return the files of a ready dataset's waveforms, each with a name of its own."""
    store = dataset.store
    if not store.n_shards:
        return [(SIGNALS_FILE, store_path(store))]
    numbers = store.shards.order_by("number").values_list("number", flat=True)
    folder = store_folder(store)
    return [(f"signals-{n}.h5", folder / n / SIGNALS_FILE) for n in numbers]


def dataset_checksums(dataset: Dataset) -> dict[str, str]:
    """Return the SHA-256 of each of `dataset_files`, by its name."""
    store = dataset.store
    if not store.n_shards:
        return {SIGNALS_FILE: store.sha256}
    known = store.shards.values_list("number", "sha256")
    return {f"signals-{number}.h5": sha256 for number, sha256 in known}


def recording_get(user: Any, dataset: Dataset, pk: int) -> Recording:
    """Return one recording of a dataset that `user` may see."""
    found = recordings_visible(user).filter(store=dataset.store_id, pk=pk).first()
    if found is None:
        raise NotFound("There is no such recording.")
    return found


def specimen_get(user: Any, dataset: Dataset, pk: int) -> Specimen:
    """Return one specimen of a dataset that `user` may see."""
    rows = Specimen.objects.filter(store__in=stores_visible(user), store=dataset.store_id, pk=pk)
    found = rows.select_related("bearing").first()
    if found is None:
        raise NotFound("There is no such specimen.")
    return found


def original_path(dataset: Dataset, recording: Recording) -> Stored:
    """Return where the file of a recording lies."""
    if not recording.has_original:
        raise NotFound("The file of this recording was not kept.")
    return store_folder(dataset.store) / ORIGINALS / recording.sha256


def recipe_of(dataset: Dataset) -> Recipe:
    """Return what a generated dataset is made from."""
    if dataset.recipe is None:
        raise NotFound("This dataset was brought in, it has no recipe.")
    return recipe_from_row(dataset.recipe)


def recipe_from_row(row: RecipeRow) -> Recipe:
    return Recipe(
        seed=row.seed,
        per_class=row.per_class,
        classes=tuple(part.code for part in row.classes.all()),
        severities=tuple(part.code for part in row.severities.all()),
        noises=tuple(part.code for part in row.noises.all()),
        augmentation=row.augmentation,
        fs_hz=row.fs_hz,
        duration_s=row.duration_s,
        shaft_hz=row.shaft_hz,
        mains_hz=row.mains_hz,
    )


def name_is_taken(name: str) -> bool:
    """Tell whether any dataset, seen or unseen, has this name in any case of letters."""
    return Dataset.objects.kept().filter(name__iexact=name).exists()


def name_suggestion(name: str) -> str:
    """Return a free name that reads like `name`."""
    stem = name[:94]
    taken = {
        other.casefold()
        for other in Dataset.objects.kept()
        .filter(name__istartswith=stem)
        .values_list("name", flat=True)
    }
    number = 2
    while f"{stem} {number}".casefold() in taken:
        number += 1
    return f"{stem} {number}"
