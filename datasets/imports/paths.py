"""What the files of a draft are called, and where their bytes lie.

People's names never become paths of the disk: bytes lie under a random word, and a name is only
shown. `uploads/<user>/imports/<draft>/<word>` is a file, `<word>.picture.npz` its picture. With a
bucket they lie on the machine that receives them, and what was read of it in the bucket too.
"""

import secrets
from pathlib import Path, PurePosixPath
from typing import Any, Final

from common.errors import Invalid
from common.storage import Stored, stored, work_folder
from common.text.names import name_shown
from datasets.models.imports import LONGEST_PATH

UPLOADS: Final = "uploads"
FOLDER: Final = "imports"
PICTURE: Final = ".picture.npz"
_DEEPEST: Final = 20
_LONGEST_PART: Final = 150
_LONGEST_SUFFIX: Final = 12
_SIDE_CARS: Final = ("_metadata.json", ".json", "_meta.json", "-metadata.json", "_info.json")


def path_clean(text: Any) -> str:
    """Return a file's path as it is kept: forward slashes, nothing that leads out or is unseen.

    Raises
    ------
    Invalid
        Where nothing is left of it, or it is too long or too deep.
    """
    if not isinstance(text, str):
        raise Invalid("Each file has a name.")
    parts = [name_shown(part) for part in text.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..")]
    if not kept:
        raise Invalid("A file without a name cannot be imported; give it one.")
    path = "/".join(kept)
    is_long = len(path) > LONGEST_PATH or max(map(len, kept)) > _LONGEST_PART
    if is_long or len(kept) > _DEEPEST:
        raise Invalid(
            f"The name {path[:60]}… is too long or lies too deep; "
            f"at most {LONGEST_PATH} letters and {_DEEPEST} folders are kept."
        )
    return path


def stored_name(path: str) -> str:
    """Return a new random name for the bytes, with the suffix that readers look at."""
    suffix = PurePosixPath(path).suffix.lower()
    plain = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _LONGEST_SUFFIX
    return secrets.token_hex(16) + (suffix if plain else "")


def draft_folder(owner_id: int, draft_id: int) -> Path:
    return work_folder(UPLOADS, owner_id, FOLDER, draft_id)


def draft_sent(owner_id: int, draft_id: int) -> Stored:
    """Return where the files of a draft that were read lie for workers of other machines."""
    return stored(UPLOADS, owner_id, FOLDER, draft_id)


def name_of(path: str) -> str:
    return PurePosixPath(path).name


def folders_of(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts[:-1]


def side_car_paths(path: str) -> list[str]:
    """Return where a side-car of a file would stand."""
    pure = PurePosixPath(path)
    stem = PurePosixPath(pure.name.removesuffix(".gz")).stem
    return [
        str(pure.with_name(stem + ending)) for ending in _SIDE_CARS if stem + ending != pure.name
    ]


def is_archive(path: str) -> bool:
    return path.lower().endswith(".zip")
