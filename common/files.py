"""Folders of stores on their way out."""

import logging
import secrets
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)


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
