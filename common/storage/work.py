"""Folders of this machine in which files are made before the storage takes them."""

import logging
import secrets
import shutil
import time
from pathlib import Path

from django.conf import settings

MAKING = ".making"
_MADE_AFTER_S = 86_400.0

logger = logging.getLogger(__name__)


def work_folder(*parts: object) -> Path:
    """Return where this machine works on what is to become `stored(*parts)`; it may not be there.

    In the storage where that is a folder, so that a rename puts things in their place.
    """
    root = settings.SCRATCH_DIR if settings.STORAGE_URL else settings.STORAGE_DIR
    return Path(root).joinpath(*map(str, parts))


def folder_make(folder: Path) -> None:
    """Make a folder that only the portal's own account can enter, and those above that are missing.

    `Path.mkdir` gives its mode to the last folder alone.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def folder_discard(folder: Path) -> None:
    """Remove a folder; it vanishes under its name first, so that no half of it is ever read."""
    trash = folder.with_name(f"{folder.name}.trash-{secrets.token_hex(4)}")
    try:
        folder.rename(trash)
    except FileNotFoundError:
        return
    except OSError as error:  # the sweep tries again
        logger.warning("%s could not be discarded: %s", folder, error)
        return
    shutil.rmtree(trash, ignore_errors=True)


def trash_sweep(pattern: str, *parts: object) -> None:
    """Remove what was being discarded in a work folder when its process was killed."""
    for path in work_folder(*parts).glob(f"{pattern}.trash-*"):
        shutil.rmtree(path, ignore_errors=True)


def making_sweep() -> None:
    """Remove what was being made here when its process was killed."""
    for path in work_folder(MAKING).glob("*"):
        inside = [path, *path.iterdir()] if path.is_dir() else [path]
        try:
            newest_s = max(each.stat().st_mtime for each in inside)
        except FileNotFoundError:  # it has just been put in its place
            continue
        if time.time() - newest_s > _MADE_AFTER_S:
            shutil.rmtree(path, ignore_errors=True)
