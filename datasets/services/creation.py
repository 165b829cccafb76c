"""Ask for a new dataset."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import NoReverseMatch, reverse

from common.database import after_commit
from common.errors import Invalid, NotAllowed, Unavailable
from common.roles import is_engineer
from common.text import counted
from common.text.names import name_clean, text_clean
from datasets.kinds import GENERATE
from datasets.models import Dataset
from datasets.models import Recipe as RecipeRow
from datasets.selectors import name_is_taken, name_suggestion
from datasets.services.events import dataset_event
from datasets.services.files import space_prove
from datasets.services.hints import dataset_hint
from monitoring.jobs.lifecycle import job_create, job_enqueue
from monitoring.models import SystemEvent
from signals.errors import told_as
from signals.models import FaultClass, NoiseSource, Severity, SignalStore
from vibration.generation import estimate
from vibration.simulation import Recipe
from vibration.simulation.recipe_text import recipe_from_yaml

_LONGEST_NAME = Dataset._meta.get_field("name").max_length or 0
_LONGEST_DESCRIPTION = Dataset._meta.get_field("description").max_length or 2_000

M = TypeVar("M", bound=models.Model)


def recipe_build(**values: Any) -> Recipe:
    """Make the simulator's recipe; what it refuses is said at the field it concerns."""
    with told_as():
        return Recipe(**values)


def recipe_read(text: str) -> Recipe:
    """Read the simulator's recipe from its text."""
    with told_as(names=dict.fromkeys(("", *Recipe().to_dict()), "text")):
        return recipe_from_yaml(text)


def recipe_size_bytes(recipe: Recipe) -> int:
    """Return the size of the dataset's file."""
    return estimate(recipe).size_bytes


def dataset_create(
    *,
    owner: Any,
    name: str,
    recipe: Recipe,
    description: str = "",
    visibility: str = "private",
) -> Dataset:
    """Write a queued dataset with its recipe and its job, and hand the job to the queue.

    Raises
    ------
    NotAllowed
        Where `owner` is no engineer.
    Invalid
        Where a field is refused; a taken name comes with a free one.
    Unavailable
        Where the disk cannot hold the dataset.
    """
    if not is_engineer(owner):
        raise NotAllowed("Creating datasets needs the engineer role; ask an administrator for it.")
    name, description = name_and_description(name, description)
    space_prove(recipe_size_bytes(recipe))
    try:
        with transaction.atomic():
            dataset = _write(owner, name, recipe, description, visibility)
            _start_job(owner, dataset)
    except ValidationError as error:
        raise _invalid(error, name) from error
    except IntegrityError as error:
        if "dataset_name_once" not in str(error):
            raise
        raise name_taken(name) from error
    return dataset


def name_and_description(name: str, description: str) -> tuple[str, str]:
    """Return both as they are kept; refused where they hold what nobody sees."""
    return (
        name_clean(name, what="A dataset's name", longest=_LONGEST_NAME),
        text_clean(
            description,
            what="A description",
            longest=_LONGEST_DESCRIPTION,
            field="description",
            is_markdown=True,
        ),
    )


def _write(owner: Any, name: str, recipe: Recipe, description: str, visibility: str) -> Dataset:
    store = SignalStore(owner=owner, visibility=visibility)
    store.full_clean()
    store.save()
    dataset = Dataset(
        name=name,
        description=description,
        store=store,
        recipe=_write_recipe(recipe),
        n_planned=recipe.n_records,
    )
    dataset.full_clean()
    dataset.save()
    return dataset


def _write_recipe(recipe: Recipe) -> RecipeRow:
    row = RecipeRow(
        seed=recipe.seed,
        per_class=recipe.per_class,
        augmentation=recipe.augmentation,
        fs_hz=recipe.fs_hz,
        duration_s=recipe.duration_s,
        shaft_hz=recipe.shaft_hz,
        mains_hz=recipe.mains_hz,
        fingerprint=recipe.fingerprint(),
    )
    row.full_clean()
    row.save()
    row.classes.add(*_rows(FaultClass, recipe.classes))
    row.severities.add(*_rows(Severity, recipe.severities))
    row.noises.add(*_rows(NoiseSource, recipe.noises))
    return row


def _rows(model: type[M], codes: tuple[str, ...]) -> list[M]:
    rows = list(model._default_manager.filter(code__in=codes))
    if len(rows) != len(codes):
        raise Unavailable(
            f"The portal knows {len(rows)} of the {len(codes)} {model._meta.verbose_name_plural} "
            "of this recipe. An administrator runs the seed command once."
        )
    return rows


def _start_job(owner: Any, dataset: Dataset) -> None:
    job = job_create(
        owner=owner,
        kind=GENERATE,
        title=f"Generate {dataset.name}",
        url=_page_of(dataset),
        total=dataset.n_planned,
    )
    dataset.job = job
    dataset.save(update_fields=["job"])
    job_enqueue(job)
    planned = f"{counted(dataset.n_planned, 'signal')} planned"
    dataset_event(dataset, SystemEvent.Kind.CREATED, owner, planned)
    after_commit(dataset_hint, dataset)


def _page_of(dataset: Dataset) -> str:
    try:
        return reverse("datasets:detail", args=[dataset.pk])
    except NoReverseMatch:  # a process without pages
        return ""


def _invalid(error: ValidationError, name: str) -> Invalid:
    codes = [e.code for errors in error.error_dict.values() for e in errors]
    if "dataset_name_once" in str(error) or "unique" in codes:
        return name_taken(name)
    fields = {"" if key == "__all__" else key: list(v) for key, v in error.message_dict.items()}
    if name_is_taken(name):
        return name_taken(name)
    return Invalid(next(iter(fields.values()))[0], field_errors=fields)


def name_taken(name: str) -> Invalid:
    """Return the refusal of a name, with a free one."""
    sentence = f"The name “{name}” is taken. “{name_suggestion(name)}” is free."
    return Invalid(sentence, field_errors={"name": [sentence]})
