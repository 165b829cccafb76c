"""A dataset's folder: where it lies, how it appears, how it goes.

``datasets/<id>`` of the storage belongs to a ready dataset. ``datasets/<id>.attempt-<n>`` among the
work folders is an attempt's result before its rows are there, and anything named ``*.trash-*`` is
on its way out.
"""

import logging
import os
import re
import shutil
import time
from pathlib import Path

from django.conf import settings

from common.errors import Unavailable
from common.storage import Stored, folder_discard, folder_make, stored, trash_sweep, work_folder
from common.text import size
from datasets.models import Dataset, GenerationPart
from monitoring.models import Job
from vibration.store import sweep_partials

logger = logging.getLogger(__name__)

DATASETS = "datasets"
_MARGIN_BYTES = 64 * 2**20
_IMPORT_KEPT_S = 14 * 86_400.0
_NAME = re.compile(r"(?P<pk>\d+)(?:\.attempt-(?P<attempt>\d+))?")


def final_folder(dataset_id: int) -> Stored:
    """Return the folder of a dataset's files."""
    return stored(DATASETS, dataset_id)


def attempt_folder(dataset_id: int, attempt: int) -> Path:
    """Return where an attempt to make a dataset works."""
    return work_folder(DATASETS, f"{dataset_id}.attempt-{attempt}")


def import_folder(dataset_id: int) -> Path:
    """Return where an import works; what it has kept there survives a process that is killed."""
    return work_folder(DATASETS, f"{dataset_id}.import")


def n_workers() -> int:
    """Return how many processes generate at once: as set, else one a core."""
    return int(settings.GENERATION_WORKERS) or len(os.sched_getaffinity(0))


def space_free_bytes() -> int:
    """Return how much a new dataset may take."""
    parent = work_folder(DATASETS)
    try:
        folder_make(parent)
        return shutil.disk_usage(parent).free
    except OSError as error:
        raise Unavailable(
            f"The portal's storage cannot be used ({error.strerror}). Tell an administrator."
        ) from error


def space_prove(size_bytes: int) -> None:
    """Refuse what the disk cannot hold."""
    free_bytes = space_free_bytes()
    need_bytes = size_bytes + size_bytes // 100 + _MARGIN_BYTES
    if free_bytes < need_bytes:
        raise Unavailable(
            f"This dataset needs {size(need_bytes)} and {size(free_bytes)} are free. "
            "Make it smaller, or delete datasets that are not needed."
        )


def files_sweep() -> None:
    """Remove what killed processes left: partial files, trash, folders of no dataset."""
    parent = work_folder(DATASETS)
    for path in sweep_partials(parent, older_than_s=settings.JOB_STALE_S):
        logger.info("Removed the partial folder %s", path.name)
    trash_sweep("*", DATASETS)
    names = {*stored(DATASETS).names(), *(path.name for path in parent.glob("*.attempt-*"))}
    found = [match for name in sorted(names) if (match := _NAME.fullmatch(name))]
    known = _attempts_under_way({int(match["pk"]) for match in found})
    for match in found:
        if _is_orphan(match, known):
            logger.info("Removed the orphaned folder %s", match[0])
            if match["attempt"] is None:
                stored(DATASETS, match[0]).discard()
            else:
                folder_discard(parent / match[0])
    _imports_sweep(parent)
    _parts_sweep()


def _parts_sweep() -> None:
    """Remove the parts of datasets that are whole, cancelled or gone."""
    found = {name.removesuffix(".parts"): name for name in stored(DATASETS).names()
             if name.endswith(".parts")}  # fmt: skip
    ids = {int(pk) for pk in found if pk.isdecimal()}
    needed = GenerationPart.objects.filter(dataset__in=ids)
    needed = needed.exclude(lead__status=Job.Status.CANCELLED)
    needed = needed.exclude(lead=None, dataset__job__status=Job.Status.CANCELLED)
    known = set(needed.values_list("dataset", flat=True))
    for pk in ids - known:
        logger.info("Removed the parts of dataset %d", pk)
        stored(DATASETS, found[str(pk)]).discard()


def _imports_sweep(parent: Path) -> None:
    """Remove what imports left that nobody goes on with: those of datasets that are gone."""
    found = {path: path.name.removesuffix(".import") for path in parent.glob("*.import")}
    ids = {int(name) for name in found.values() if name.isdecimal()}
    known = set(Dataset.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for path, name in found.items():
        if name.isdecimal() and (int(name) not in known or _is_older(path, _IMPORT_KEPT_S)):
            logger.info("Removed the folder of an import, %s", path.name)
            folder_discard(path)


def _is_older(path: Path, than_s: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime > than_s
    except FileNotFoundError:
        return False


def _attempts_under_way(pks: set[int]) -> dict[int, tuple[bool, int | None]]:
    """Tell of each dataset whether it has its files, and which attempt makes them now."""
    rows = Dataset.objects.filter(pk__in=pks).order_by()
    columns = ("pk", "status", "store__folder", "job__status", "job__attempt")
    known: dict[int, tuple[bool, int | None]] = {}
    for pk, status, folder, job, attempt in rows.values_list(*columns):
        is_made = job == Job.Status.RUNNING or status == Dataset.Status.IMPORTING
        known[pk] = (bool(folder), (attempt or 0) if is_made else None)
    return known


def _is_orphan(match: re.Match[str], known: dict[int, tuple[bool, int | None]]) -> bool:
    has_files, attempt = known.get(int(match["pk"]), (False, None))
    if match["attempt"] is not None:
        return int(match["attempt"]) != attempt
    return not has_files and attempt is None
