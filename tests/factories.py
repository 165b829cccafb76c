"""Small makers of the things most tests need. Each call makes a new one."""

import os
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
from tests.templates import Template, catalogue_keys
from vibration.generation import generate
from vibration.simulation import FAULT_CLASSES, NOISES, SEVERITIES, Recipe

_number = count(1)
_templates: dict[Recipe, Template] = {}  # most tests need the same few


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
    known = catalogue_keys()
    for rows in (classes, severities, sources):  # most often all are there
        model = type(rows[0])
        if not {row.code for row in rows} <= known[model].keys():
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
    owner, name = owner or make_user("engineer"), name or f"dataset {next(_number)}"
    values, made = tiny_recipe(**recipe), {"owner": owner, "name": name, "visibility": visibility}
    with unasked():
        if not ready:
            pk = dataset_create(recipe=values, **made).pk
        elif template := _templates.get(values):
            with transaction.atomic():
                pk = template.write(**made)
            _put(values, pk)
        else:
            pk = _written(values, made)
            _templates[values] = Template(Dataset.objects.get(pk=pk))
    return Dataset.objects.select_related("store__owner", "job", "recipe").get(pk=pk)


def _written(recipe: Recipe, made: dict[str, Any]) -> int:
    """Write a ready dataset by the services, and return its key."""
    with transaction.atomic():
        dataset = dataset_create(recipe=recipe, **made)
        # Taken: a running worker neither makes it again nor sweeps its files.
        Job.objects.filter(pk=dataset.job_id).update(
            status=Job.Status.RUNNING, attempt=1, started_at=Now(), heartbeat_at=Now()
        )
    _put(recipe, dataset.pk)
    dataset_fill(dataset=dataset)
    Job.objects.filter(pk=dataset.job_id).update(
        status=Job.Status.COMPLETED,
        attempt=1,
        progress_done=dataset.n_planned,
        finished_at=dataset.ready_at,
    )
    return dataset.pk


def _put(recipe: Recipe, pk: int) -> None:
    # No power fails here: what is to survive it would wait for the disk four times.
    with mock.patch.object(os, "fsync"), final_folder(pk).made() as folder:
        shutil.copytree(_generated(recipe), folder)


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
