"""Folders of the storage: how they come and go."""

import logging
import secrets
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)


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
