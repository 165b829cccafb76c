"""Copy a storage into another one, file by file, so that a copy that was killed goes on."""

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from common.errors import Invalid, Unavailable
from common.storage.backend import Backend, backend, backend_at
from common.storage.entry import Entry
from common.storage.url import EXAMPLE, s3_place
from common.storage.work import MAKING, folder_make

_READ_BYTES: Final = 8 << 20
# What is being made or discarded belongs to a process of one machine, and drafts to their folder.
_UNDER_WORK: Final = re.compile(
    r"(^|/)\.|\.trash-|\.partial-|\.attempt-\d+/|\.(import|parts)/|^uploads/\d+/imports/"
)


@dataclass(frozen=True)
class Moved:
    """What was copied.

    Attributes
    ----------
    n_files, size_bytes : int
        That are now in both.
    n_copied : int
        This time; the others were there already.
    n_removed : int
        That had been copied before, and are gone from the first.
    """

    n_files: int
    size_bytes: int
    n_copied: int
    n_removed: int


@dataclass(frozen=True)
class _Note:
    """A file that lies in the other storage, proven by its checksum, as it was here then."""

    key: str
    size_bytes: int
    changed_s: float
    sha256: str


class Journal:
    """What was copied so far, a line each: it survives a process that is killed."""

    def __init__(self, path: Path) -> None:
        folder_make(path.parent)
        self._path = path
        self.known: dict[str, _Note] = {}
        for line in path.read_text().splitlines() if path.is_file() else ():
            try:
                note = _Note(**json.loads(line))
            except (ValueError, TypeError):  # the line at which the process was killed
                continue
            self.known[note.key] = note

    def add(self, note: _Note) -> None:
        """Note a file."""
        self.known[note.key] = note
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(note)) + "\n")

    def forget(self) -> None:
        """Remove the journal."""
        self._path.unlink(missing_ok=True)


def portal_copy(url: str, *, step: Callable[[int], None] = lambda n_bytes: None) -> Moved:
    """Copy the portal's storage into a bucket; into its data folder where `url` is empty.

    Raises
    ------
    Invalid
        Where the files lie there already, or the URL is no bucket's.
    Unavailable
        Where a copy is not what was copied, or the bucket does not answer.
    """
    _target_prove(url)
    here, there = backend(), backend_at(url)
    name = hashlib.sha256(f"{settings.STORAGE_URL} {url}".encode()).hexdigest()[:16]
    journal = Journal(Path(settings.DATA_DIR) / f"migration-{name}.jsonl")
    beside = there.path(MAKING)  # a rename then puts a file in its place
    scratch = Path(settings.SCRATCH_DIR) if beside is None else beside
    moved = storage_copy(here, there, journal=journal, scratch=scratch, step=step)
    # Drafts of imports lie in the folder in which this machine works, which becomes another.
    folders = Path(settings.STORAGE_DIR), Path(settings.SCRATCH_DIR)
    before, after = folders if url else folders[::-1]
    for draft in before.glob("uploads/*/imports/*"):
        if ".trash-" not in draft.name:
            shutil.copytree(draft, after / draft.relative_to(before), dirs_exist_ok=True)
    return moved


def portal_bytes() -> int:
    """Return how much `portal_copy` would copy."""
    return sum(entry.size_bytes for entry in entries_kept(backend()))


def _target_prove(url: str) -> None:
    if not url and not settings.STORAGE_URL:
        raise Invalid("The files lie in the data folder already.")
    if not url:
        return
    try:
        place = s3_place(url)
    except ValueError as error:
        raise Invalid(f"The target is no usable address. {error} Write it as {EXAMPLE}.") from error
    if settings.STORAGE_URL and s3_place(settings.STORAGE_URL) == place:
        raise Invalid("The files lie in this bucket already.")


def entries_kept(here: Backend) -> Iterator[Entry]:
    """Yield the files of a storage that are kept, not those that somebody is working on."""
    return (entry for entry in here.entries("") if not _UNDER_WORK.search(entry.key))


def storage_copy(
    here: Backend,
    there: Backend,
    *,
    journal: Journal,
    scratch: Path,
    step: Callable[[int], None] = lambda n_bytes: None,
    is_pruned: bool = True,
) -> Moved:
    """Copy every file that is kept; read each one back and compare its checksum.

    Run again, it copies what is new or has changed, and removes there what is gone here, unless
    that is to stay.

    Raises
    ------
    Unavailable
        Where a copy is not what was copied.
    """
    folder_make(scratch)
    present: set[str] = set()
    size_bytes = n_copied = 0
    for entry in entries_kept(here):
        present.add(entry.key)
        size_bytes += entry.size_bytes
        if not _is_there(entry, journal.known.get(entry.key), there):
            try:
                sha256 = _copied(entry, here, there, scratch)
            except FileNotFoundError:  # removed since it was listed
                present.discard(entry.key)
                continue
            journal.add(_Note(entry.key, entry.size_bytes, entry.changed_s, sha256))
            n_copied += 1
        step(size_bytes)
    gone = [key for key in journal.known if key not in present and there.entry(key)]
    gone = gone if is_pruned else []
    for key in gone:
        there.discard(key)
    return Moved(len(present), size_bytes, n_copied, len(gone))


def _is_there(entry: Entry, note: _Note | None, there: Backend) -> bool:
    if note is None or (note.size_bytes, note.changed_s) != (entry.size_bytes, entry.changed_s):
        return False
    found = there.entry(entry.key)
    return found is not None and found.size_bytes == entry.size_bytes


def _copied(entry: Entry, here: Backend, there: Backend, scratch: Path) -> str:
    path = scratch / secrets.token_hex(8)
    digest = hashlib.sha256()
    try:
        with here.open(entry.key) as source, path.open("wb") as copy:
            while block := source.read(_READ_BYTES):
                digest.update(block)
                copy.write(block)
        there.put(entry.key, path)
    finally:
        path.unlink(missing_ok=True)
    with there.open(entry.key) as file:
        back = hashlib.sha256()
        while block := file.read(_READ_BYTES):
            back.update(block)
    if back.digest() != digest.digest():
        there.discard(entry.key)
        raise Unavailable(f"The copy of {entry.key} differs from it. Run the command again.")
    return digest.hexdigest()
