"""A file or folder that appears whole or not at all.

Work goes to a sibling named ``<name>.partial-<pid>-<token>``; at the end everything is flushed to
the disk and renamed in one step. The maker holds a lock on the sibling, which the kernel drops
when the maker dies, so that a sweep can tell a leftover from work in progress.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vibration.errors import VibrationError
from vibration.store.errors import storage_errors

_MARK = ".partial-"


def fsync_path(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk.

    Parameters
    ----------
    path : Path
        A file or a folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fsync_path(Path(folder))
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield a fresh folder that becomes `target` when the block ends well, and vanishes otherwise.

    Parameters
    ----------
    target : Path
        Final name; it must not exist, or be an empty folder.

    Yields
    ------
    Path
        A folder to write into.

    Raises
    ------
    VibrationError
        Where something is there already, or appears meanwhile.
    StorageFullError
        Where the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with whole_folder(Path(parent) / "made") as folder:
    ...         _ = (folder / "one.txt").write_text("1")
    ...     [path.name for path in Path(parent).rglob("*")]
    ['made', 'one.txt']
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise VibrationError(
            f"{target} is already there; choose another place or remove it first.", field="target"
        )
    with storage_errors(target):
        partial = _partial_name(target)
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)  # becomes the target with the mode it has
        try:
            with _held(partial):
                yield partial
                for path in sorted(partial.iterdir()):
                    fsync_path(path)
                fsync_path(partial)
                _rename(partial, target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Yield a path to write to, which replaces `target` when the block ends well.

    Parameters
    ----------
    target : Path
        Final name; a file that exists is replaced.

    Yields
    ------
    Path
        An empty file to write to.

    Raises
    ------
    VibrationError
        Where its folder does not exist.
    StorageFullError
        Where the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with whole_file(Path(parent) / "one.txt") as partial:
    ...         _ = partial.write_text("1")
    ...     (Path(parent) / "one.txt").read_text()
    '1'
    """
    with storage_errors(target):
        partial = _partial_name(target)
        try:
            partial.touch(exist_ok=False)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise VibrationError(
                f"The folder {target.parent} does not exist.", field="target"
            ) from error
        try:
            with _held(partial):
                yield partial
                fsync_path(partial)
                _rename(partial, target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def sweep_partials(parent: Path, older_than_s: float = 3600.0) -> list[Path]:
    """Remove what dead makers left in `parent`.

    Parameters
    ----------
    parent : Path
        Folder to look into, not below.
    older_than_s : float
        Leave what changed more recently than this. Work in progress on this machine is left in
        any case; the age protects makers on other machines that share the folder.

    Returns
    -------
    list of Path
        What was removed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     sweep_partials(Path(parent))
    []
    """
    if not parent.is_dir():
        return []
    leftovers = [path for path in sorted(parent.glob(f"*{_MARK}*")) if not path.is_symlink()]
    return [path for path in leftovers if _remove_if_dead(path, older_than_s)]


def _partial_name(target: Path) -> Path:
    return target.with_name(f"{target.name}{_MARK}{os.getpid()}-{secrets.token_hex(4)}")


@contextmanager
def _held(partial: Path) -> Iterator[None]:
    descriptor = os.open(partial, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: the sweep's age limit remains
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _rename(partial: Path, target: Path) -> None:
    try:
        partial.rename(target)
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise VibrationError(f"{target} appeared meanwhile; it was left as it is.") from error
    except OSError as error:
        if target.is_dir():
            raise VibrationError(f"{target} appeared meanwhile; it was left as it is.") from error
        raise
    fsync_path(target.parent)


def _remove_if_dead(path: Path, older_than_s: float) -> bool:
    try:
        if time.time() - _newest_change_s(path) < older_than_s:
            return False
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    finally:
        os.close(descriptor)
    return True


def _newest_change_s(path: Path) -> float:
    inside = path.iterdir() if path.is_dir() else []
    return max(entry.stat().st_mtime for entry in (path, *inside))
