"""What the portal's files take up."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from common.storage import stored


@dataclass(frozen=True)
class Storage:
    """Bytes by the first folder below the storage folder, and in all."""

    bytes_by_folder: dict[str, int]
    n_files: int

    @property
    def total_bytes(self) -> int:
        return sum(self.bytes_by_folder.values())


def storage() -> Storage | None:
    """Add up the files; None where the storage cannot be read. Not to be done often."""
    folder = stored().path
    if folder is not None:
        return _folder_sizes(folder)
    sizes: Counter[str] = Counter()
    n_files = 0
    try:
        for file, size_bytes in stored().files():
            sizes[file.key.partition("/")[0]] += size_bytes
            n_files += 1
    except OSError:
        return None
    return Storage(dict(sorted(sizes.items())), n_files)


def _folder_sizes(folder: Path) -> Storage | None:
    try:
        tops = [entry for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return None
    sizes, n_files = {}, 0
    for top in sorted(tops, key=lambda entry: entry.name):
        sizes[top.name], n = _size(top.path)
        n_files += n
    return Storage(sizes, n_files)


def _size(folder: str) -> tuple[int, int]:
    total_bytes = n_files = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total_bytes += os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:  # a job tidied up meanwhile
                continue
            n_files += 1
    return total_bytes, n_files
