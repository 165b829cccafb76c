"""What has been prepared already, so that a later start need not do it again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

STATIC_STAMP = "prepared.txt"
ROWS_STAMP = "portal-prepared.txt"


def rows_stamp(base_dir: Path) -> str:
    """Changes with every migration and with what the seed writes."""
    sources = [*base_dir.glob("*/migrations/*.py"), *base_dir.glob("*/management/commands/seed.py")]
    return _digest([*sources, base_dir / "requirements" / "base.txt"])


def static_stamp(base_dir: Path) -> str:
    """Changes with every file that is served, and with the packages that bring more."""
    own = [path for folder in _static_folders(base_dir) for path in folder.rglob("*")]
    return _digest([*own, base_dir / "requirements" / "base.txt"])


def read_stamp(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _static_folders(base_dir: Path) -> Iterable[Path]:
    yield base_dir / "static"
    yield from base_dir.glob("*/static")
    yield from base_dir.glob("bearing_portal/dashboards/**/assets")


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            digest.update(f"{path}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
