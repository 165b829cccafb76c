"""The rows of a ready dataset, as the services wrote them once, written again for another one.

Through the services a dataset takes forty queries, from a template five.
"""

import json
import re
import uuid
from typing import Any, Final

from django.db import connection, models
from django.utils import timezone

from common.database import after_commit
from datasets.models import ClassCount, Dataset, Recipe
from datasets.services.creation import _page_of
from datasets.services.files import final_folder
from datasets.services.hints import dataset_hint
from monitoring.models import Job, SystemEvent
from signals.models import FaultClass, NoiseSource, Severity, Signal, SignalStore, Version

Model = type[models.Model]
Row = dict[str, Any]
CATALOGUE: Final[dict[str, Model]] = {
    "fault_class_id": FaultClass,
    "faultclass_id": FaultClass,
    "severity_id": Severity,
    "noisesource_id": NoiseSource,
}
WITH_KEY: Final = (SignalStore, Recipe, Job, Dataset)  # of whose keys other rows speak
OF_RECIPE: Final = (Recipe.classes.through, Recipe.severities.through, Recipe.noises.through)
TIME: Final = re.compile(r"at|.*_at")


class Template:
    """The rows of a dataset that is ready, and the codes of the catalogue they speak of."""

    def __init__(self, dataset: Dataset) -> None:
        which: dict[Model, Row] = {
            SignalStore: {"id": dataset.store_id},
            Recipe: {"id": dataset.recipe_id},
            **{model: {"recipe_id": dataset.recipe_id} for model in OF_RECIPE},
            Job: {"id": dataset.job_id},
            Dataset: {"id": dataset.pk},
            SystemEvent: {"about": dataset.store.about},
            Signal: {"store_id": dataset.store_id},
            Version: {"store_id": dataset.store_id},
            ClassCount: {"dataset_id": dataset.pk},
        }
        codes = {
            model: {pk: code for code, pk in keys.items()}
            for model, keys in catalogue_keys().items()
        }
        self.rows = {model: _read(model, **values) for model, values in which.items()}
        for row in (row for rows in self.rows.values() for row in rows):
            row |= {name: codes[CATALOGUE[name]].get(row[name]) for name in row.keys() & CATALOGUE}
        self._statement = "; ".join(map(_insertion, which))

    def write(self, *, owner: Any, name: str, visibility: str) -> int:
        """Write the rows of another dataset in a transaction, and return its key."""
        known, (store, recipe, pk) = catalogue_keys(), _next_keys(SignalStore, Recipe, Dataset)
        job, now = str(uuid.uuid4()), timezone.now().isoformat()
        keys: dict[Model, Any] = {SignalStore: store, Recipe: recipe, Job: job, Dataset: pk}
        said = {
            **dict.fromkeys(("owner_id", "author_id", "actor_id"), owner.pk),
            **{"store_id": store, "recipe_id": recipe, "dataset_id": pk, "job_id": job},
            **{"name": name, "subject": name, "title": f"Generate {name}"},
            **{"visibility": visibility, "folder": str(final_folder(pk))},
            **{"about": SignalStore(pk=store).about, "url": _page_of(Dataset(pk=pk))},
        }
        texts = [
            json.dumps([_again(row, {"id": keys.get(model)} | said, known, now) for row in rows])
            for model, rows in self.rows.items()
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, texts)
        dataset = Dataset(pk=pk, store=SignalStore(pk=store, owner=owner, visibility=visibility))
        after_commit(dataset_hint, dataset)
        return pk


def _again(row: Row, said: Row, known: dict[Model, dict[str, int]], now: str) -> Row:
    """Return a row that says of another dataset what it said of the first."""
    return {
        name: known[CATALOGUE[name]].get(value)
        if name in CATALOGUE
        else now
        if value is not None and TIME.fullmatch(name)
        else said.get(name, value)
        for name, value in row.items()
    }


def catalogue_keys() -> dict[Model, dict[str, int]]:
    """Return the keys of the catalogue by code: they differ from test to test."""
    found: dict[Model, dict[str, int]] = {model: {} for model in CATALOGUE.values()}
    number = dict(enumerate(found))
    asked = (f"SELECT {n}, code, id FROM {_table(model)}" for n, model in number.items())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        for n, code, pk in cursor:
            found[number[n]][code] = pk
    return found


def _next_keys(*models: Model) -> list[int]:
    asked = (f"nextval(pg_get_serial_sequence('{model._meta.db_table}', 'id'))" for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}")
        return list(cursor.fetchone())


def _read(model: Model, **values: Any) -> list[Row]:
    ((column, value),) = values.items()
    asked = f"SELECT to_jsonb(t)::text FROM {_table(model)} t WHERE {column} = %s ORDER BY id"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(asked, [value])
        return [json.loads(text) for (text,) in cursor]


def _insertion(model: Model) -> str:
    """Return what inserts rows of JSON; where they name no key, the table gives the next one."""
    fields = model._meta.concrete_fields
    names = [field.column for field in fields if model in WITH_KEY or field.column != "id"]
    columns = ", ".join(map(connection.ops.quote_name, names))
    table = _table(model)
    return (
        f"INSERT INTO {table} ({columns}) "  # noqa: S608
        f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    )


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)
