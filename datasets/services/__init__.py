"""Writes of datasets."""

from datasets.services.bearing import dataset_bearing_choose
from datasets.services.creation import dataset_create, recipe_build, recipe_read
from datasets.services.files import files_sweep
from datasets.services.generation import dataset_generate
from datasets.services.importing import (
    dataset_import_add,
    dataset_import_create,
    dataset_import_give_up,
    dataset_import_run,
)
from datasets.services.management import dataset_cancel, dataset_describe, dataset_retry
from datasets.services.sharing import (
    dataset_member_change,
    dataset_member_remove,
    dataset_member_set,
    dataset_share,
)
from datasets.services.trash import dataset_delete, dataset_purge, dataset_restore

__all__ = [
    "dataset_bearing_choose",
    "dataset_cancel",
    "dataset_create",
    "dataset_delete",
    "dataset_describe",
    "dataset_generate",
    "dataset_import_add",
    "dataset_import_create",
    "dataset_import_give_up",
    "dataset_import_run",
    "dataset_member_change",
    "dataset_member_remove",
    "dataset_member_set",
    "dataset_purge",
    "dataset_restore",
    "dataset_retry",
    "dataset_share",
    "files_sweep",
    "recipe_build",
    "recipe_read",
]
