"""Under which account PostgreSQL's programs run: they refuse to run as root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bearing_portal.operations.embedded.errors import ServerError

NOBODY = 65534


@dataclass(frozen=True)
class Account:
    prefix: tuple[str, ...]  # what the command line starts with
    owner_uid: int  # who owns the data folder, seen from outside

    def own(self, folder: Path) -> None:
        """Give the folder to the account; it differs where the way round root has changed."""
        if os.geteuid() != 0 or folder.stat().st_uid == self.owner_uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.owner_uid, -1, follow_symlinks=False)


@cache
def server_account() -> Account:
    if os.geteuid() != 0:
        return Account(prefix=(), owner_uid=os.geteuid())
    unshare = shutil.which("unshare")
    if unshare and _works(in_namespace := (unshare, "--user", "--map-user=1", "--map-group=1")):
        return Account(prefix=in_namespace, owner_uid=0)
    setpriv = shutil.which("setpriv")
    # The capability lets nobody reach a data folder or environment below a closed home folder.
    if setpriv and _works(as_nobody := (setpriv, *NOBODY_WITH_REACH)):
        return Account(prefix=as_nobody, owner_uid=NOBODY)
    raise ServerError(
        "PostgreSQL does not run as root, and this machine offers no way round it (unshare, "
        "setpriv); start as an ordinary user, or name a server of your own in DATABASE_URL."
    )


NOBODY_WITH_REACH = (
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)


def _works(prefix: tuple[str, ...]) -> bool:
    tried = subprocess.run(  # noqa: S603 - a fixed command line
        [*prefix, shutil.which("true") or "/bin/true"], capture_output=True, check=False
    )
    return tried.returncode == 0
