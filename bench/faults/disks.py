"""Small disks that can be filled and frozen, in mounts that only this program sees."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.faults.waiting import until

SIZE = "size=700m"
PAGE_BYTES = 4096
QUIET_S = 30.0  # a disk on which somebody writes just now cannot be frozen


def mounted_small(place: Path) -> None:
    """Mount an empty disk there."""
    _run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", str(place))


def unmounted(place: Path) -> None:
    _run("umount", "--lazy", str(place))


@contextmanager
def filled(place: Path) -> Iterator[None]:
    """Leave no byte for others for as long as the block lasts."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        part = shutil.disk_usage(place).free
        while (free := shutil.disk_usage(place).free) and part >= PAGE_BYTES:
            try:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), min(part, free))
            except OSError:  # somebody was quicker; nothing of this part was taken
                part //= 2
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def frozen(place: Path) -> Iterator[None]:
    """Refuse every change for as long as the block lasts."""
    if not until(lambda: _remounted("ro", place), QUIET_S):
        raise RuntimeError(f"Somebody kept writing in {place}.")
    try:
        yield
    finally:
        _remounted("rw", place)


def namespace() -> list[str]:
    """Return what a command starts with to have mounts of its own; empty where none may.

    They vanish with the last process that sees them, however it ends.
    """
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("mount") is None:
        return []
    mine = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = [unshare, *mine, "--mount", "--propagation", "private"]
    probe = [*command, "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"]
    done = subprocess.run(probe, check=False, capture_output=True)  # noqa: S603 - our own
    return command if done.returncode == 0 else []


def _remounted(how: str, place: Path) -> bool:
    mount = shutil.which("mount") or "mount"
    command = [mount, "-o", f"remount,{how}", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


def _run(*command: str) -> None:
    program = shutil.which(command[0]) or command[0]
    subprocess.run([program, *command[1:]], check=True)  # noqa: S603 - our own
