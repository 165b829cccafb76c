"""Small makers of the things most tests need. Each call makes a new one."""

import shutil
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models.functions import Now

from datasets.models import Dataset
from datasets.services.creation import dataset_create
from datasets.services.files import final_folder
from datasets.services.generation import dataset_fill
from monitoring.models import Job
from signals.models import Bearing, FaultClass, NoiseSource, Severity
from vibration.generation import generate
from vibration.simulation import FAULT_CLASSES, NOISES, SEVERITIES, Recipe

_number = count(1)


def make_user(role: str | None = None, *, username: str | None = None, **values: Any) -> Any:
    """Make a user; `role` is viewer, engineer, curator, superuser or None."""
    user = get_user_model()(
        username=username or f"{role or 'user'}-{next(_number)}",
        is_superuser=role == "superuser",
        is_staff=role in ("superuser", "curator"),
        **values,
    )
    user.set_password("secret")
    user.save()
    if role not in (None, "superuser"):
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def make_catalogue() -> None:
    """Write the rows of classes, severities and noise sources that are missing."""
    classes = [
        FaultClass(
            code=spec.code,
            name=spec.name,
            short_name=spec.name[:40],
            label_prefix=f"C{position:02d}",
            position=position,
            colour="#336699",
            symbol="circle",
            dash="solid",
        )
        for position, spec in enumerate(FAULT_CLASSES)
    ]
    severities = [
        Severity(
            code=spec.code,
            name=spec.name,
            level=spec.level,
            factor_low=spec.low,
            factor_high=spec.high,
            colour_light="#336699",
            colour_dark="#6699cc",
        )
        for spec in SEVERITIES
    ]
    sources = [
        NoiseSource(code=spec.code, name=spec.name, position=position, model=spec.model)
        for position, spec in enumerate(NOISES)
    ]
    lists: tuple[tuple[Any, list[Any]], ...] = (
        (FaultClass, classes),
        (Severity, severities),
        (NoiseSource, sources),
    )
    for model, rows in lists:  # most often all are there, and to count takes a third of the time
        if model.objects.filter(code__in=[row.code for row in rows]).count() < len(rows):
            model.objects.bulk_create(rows, ignore_conflicts=True)


def make_bearing(**values: Any) -> Bearing:
    """Make a bearing: the geometry of a 6205 unless told otherwise."""
    standard: dict[str, Any] = {
        "name": f"bearing {next(_number)}",
        "manufacturer": "SKF",
        "n_elements": 9,
        "element_diameter_mm": 7.94,
        "pitch_diameter_mm": 39.04,
        "source": "a test",
    }
    return Bearing.objects.create(**(standard | values))


def tiny_recipe(**values: Any) -> Recipe:
    """Make a recipe whose records are short: 0.25 s at 4 096 Hz, without the cavitating classes."""
    standard: dict[str, Any] = {
        "per_class": 2,
        "classes": ("healthy", "imbalance", "wear"),
        "augmentation": False,
        "fs_hz": 4096.0,
        "duration_s": 0.25,
    }
    return Recipe(**(standard | values))


def make_dataset(
    owner: Any = None,
    *,
    ready: bool = True,
    name: str | None = None,
    visibility: str = "private",
    **recipe: Any,
) -> Dataset:
    """Make a dataset: with real files and rows where it is ready, with a queued job otherwise."""
    make_catalogue()
    owner = owner or make_user("engineer")
    with unasked(), transaction.atomic():
        dataset = dataset_create(
            owner=owner,
            name=name or f"dataset {next(_number)}",
            recipe=tiny_recipe(**recipe),
            visibility=visibility,
        )
        if ready:  # taken: a running worker neither makes it again nor sweeps its files
            Job.objects.filter(pk=dataset.job_id).update(
                status=Job.Status.RUNNING, attempt=1, started_at=Now(), heartbeat_at=Now()
            )
    if ready:
        with final_folder(dataset.pk).made() as folder:
            shutil.copytree(_generated(tiny_recipe(**recipe)), folder)
        with unasked():
            dataset_fill(dataset=dataset)
        Job.objects.filter(pk=dataset.job_id).update(
            status=Job.Status.COMPLETED,
            attempt=1,
            progress_done=dataset.n_planned,
            finished_at=dataset.ready_at,
        )
    return Dataset.objects.select_related("store__owner", "job", "recipe").get(pk=dataset.pk)


def unasked() -> Any:
    """Write rows without asking the database about each constraint first: it holds them anyway.

    Half of the queries of a new dataset are such questions, and what is made here is right.
    """
    return mock.patch.object(models.Model, "full_clean")


@cache
def _generated(recipe: Recipe) -> Path:
    """Return a folder with the dataset of a recipe: most tests need the same few."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=settings.DATA_DIR)) / "dataset"
    generate(recipe, folder)
    return folder
