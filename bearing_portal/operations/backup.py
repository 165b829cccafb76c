"""A portal in a folder: rows and files of one moment, taken while people work; and back again.

The folder holds ``database.dump``, ``storage/``, ``files.jsonl`` (each file with its checksum) and
``backup.json``, which is written last: without it there is no backup. Taken again into the same
folder only new files are copied. What the dump speaks of is in the folder before the dump takes its
place, and what is gone is removed after it: killed at any moment, the folder holds a whole backup.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from bearing_portal.operations.embedded.binaries import postgres_program
from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.storage_check import files_spoken_of
from common.errors import Invalid, Unavailable
from common.storage.backend import backend
from common.storage.local import LocalBackend
from common.storage.moving import Journal, storage_copy
from common.storage.work import MAKING, folder_make, work_folder
from vibration.store import file_sha256

DUMP, FILES, STORAGE, SAID = "database.dump", "files.jsonl", "storage", "backup.json"
TRIES: Final = 3
# Its rows are of one server, and making it takes a superuser.
_LEFT_OUT: Final = "pg_stat_statements"


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself.

    Attributes
    ----------
    taken_at : str
        ISO 8601, of the moment that rows and files are of.
    dump_sha256 : str
    migrations : dict of str to str
        The last migration of each app.
    n_files, size_bytes : int
        Of the storage.
    """

    taken_at: str
    dump_sha256: str
    migrations: dict[str, str]
    n_files: int
    size_bytes: int


def backup_make(folder: Path, *, step: Callable[[int], None] = lambda n_bytes: None) -> Backup:
    """Take a backup into a folder of this machine, new or of an earlier one.

    Raises
    ------
    Invalid
        Where the folder holds something else.
    Unavailable
        Where rows or files cannot be read, or files go faster than they are copied.
    """
    _folder_prove(folder)
    journal = Journal(folder / FILES)
    there = LocalBackend(folder / STORAGE)
    scratch = there.path(MAKING)
    copy = {"journal": journal, "scratch": scratch}
    storage_copy(backend(), there, step=step, is_pruned=False, **copy)
    for _ in range(TRIES):
        draft = folder / f"{DUMP}.new"
        with _snapshot() as name:
            taken_at = timezone.now().isoformat()
            spoken = {each.key for each in files_spoken_of()}
            migrations = _migrations()
            _dump(draft, name)
        moved = storage_copy(backend(), there, is_pruned=False, **copy)
        missing = {key for key in spoken if there.entry(key) is None}
        # What rows still speak of was lost before, and stays so; other files went since.
        if missing <= ({each.key for each in files_spoken_of()} if missing else set()):
            break
    else:
        raise Unavailable("Datasets are deleted faster than they are copied. Try again later.")
    said = Backup(taken_at, file_sha256(draft), migrations, moved.n_files, moved.size_bytes)
    os.replace(draft, folder / DUMP)
    _written(folder / SAID, json.dumps(asdict(said), indent=1))
    storage_copy(backend(), there, **copy)
    shutil.rmtree(scratch, ignore_errors=True)
    return said


def backup_restore(folder: Path, *, step: Callable[[int], None] = lambda n_bytes: None) -> Backup:
    """Bring a backup into an empty database and an empty storage; prove each file.

    Raises
    ------
    Invalid
        Where the folder is no backup, is damaged, or the portal is not empty.
    """
    said = backup_read(folder)
    if connection.introspection.table_names():
        raise Invalid(
            "This database is not empty. Restore into a new one: name it in DATABASE_URL, or an "
            "empty folder in DATA_DIR."
        )
    if next(iter(backend().entries("")), None) is not None:
        raise Invalid("This storage is not empty. Restore into a new DATA_DIR or bucket.")
    if file_sha256(folder / DUMP) != said.dump_sha256:
        raise Invalid(f"{DUMP} is damaged: its checksum is not that of {SAID}.")
    known = Journal(folder / FILES).known
    here = LocalBackend(folder / STORAGE)
    done = 0
    for entry in here.entries(""):
        note = known.get(entry.key)
        if note is None:  # was copied when the backup was killed
            continue
        if file_sha256(here.path(entry.key)) != note.sha256:
            raise Invalid(f"{entry.key} of the backup is damaged: it has another checksum.")
        with _a_copy(here.path(entry.key)) as copy:
            backend().put(entry.key, copy)
        done += entry.size_bytes
        step(done)
    # Last, in one transaction: rows never speak of files that are not there yet.
    _program("pg_restore", "--single-transaction", "--no-owner", "--no-acl", "--dbname",
             connection.settings_dict["NAME"], str(folder / DUMP))  # fmt: skip
    return said


def backup_read(folder: Path) -> Backup:
    """Return what a backup says of itself."""
    try:
        return Backup(**json.loads((folder / SAID).read_text()))
    except FileNotFoundError as error:
        raise Invalid(f"{folder} holds no backup: {SAID} is missing.") from error
    except (OSError, ValueError, TypeError) as error:
        raise Invalid(f"{folder / SAID} cannot be read: {error}") from error


def _folder_prove(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Invalid(f"{folder} is a file; name a folder.")
    if folder.resolve().is_relative_to(work_folder().resolve()):
        raise Invalid("A backup within the storage would back itself up; name another folder.")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if names - {DUMP, f"{DUMP}.new", FILES, STORAGE, SAID, f"{SAID}.new"}:
        raise Invalid(f"{folder} holds other things; name a new folder, or that of a backup.")
    folder_make(folder)


@contextmanager
def _snapshot() -> Iterator[str]:
    """Open a transaction that sees one moment; yield the name by which others see it too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _dump(path: Path, snapshot: str) -> None:
    name = connection.settings_dict["NAME"]
    _program("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}",
             f"--exclude-extension={_LEFT_OUT}", f"--file={path}", f"--dbname={name}")  # fmt: skip


def _program(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the portal's database; the password is not among its
    arguments, which others on this machine can read.
    """
    facts: dict[str, Any] = connection.settings_dict
    options: dict[str, Any] = facts.get("OPTIONS", {})
    environment = os.environ | {
        "PGHOST": str(facts["HOST"] or "localhost"),
        "PGPORT": str(facts["PORT"] or 5432),
        "PGUSER": facts["USER"],
        "PGPASSWORD": facts["PASSWORD"],
    }
    environment |= {f"PG{key.upper()}": options[key] for key in ("sslmode",) if key in options}
    ran = subprocess.run(  # noqa: S603 - our own command line
        [_found(name), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        lines = ran.stderr.strip().splitlines() or [f"status {ran.returncode}"]
        raise Unavailable(f"{name} failed: {lines[0]}")


def _found(name: str) -> str:
    """Return where a program of PostgreSQL lies: ours speaks to every server that we run on."""
    try:
        return str(postgres_program(name))
    except ServerError as error:
        if found := shutil.which(name):
            return found
        raise Unavailable(f"{name} is not installed here; install PostgreSQL's client.") from error


def _migrations() -> dict[str, str]:
    applied = MigrationRecorder(connection).applied_migrations()
    last: dict[str, str] = {}
    for app, name in sorted(applied):
        last[app] = name
    return last


@contextmanager
def _a_copy(path: Path) -> Iterator[Path]:
    """Give a copy that may be moved away."""
    scratch = work_folder(MAKING)
    folder_make(scratch)
    copy = scratch / f"{path.name}.restored-{os.getpid()}"
    try:
        shutil.copyfile(path, copy)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _written(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
