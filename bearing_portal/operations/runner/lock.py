"""One owner of a data folder's servers at a time: the runner, or a command run without it."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

POLL_S = 0.1


@dataclass(frozen=True)
class Holder:
    role: Literal["portal", "command"]
    pid: int
    address: str = ""


class FolderHeldError(Exception):
    def __init__(self, holder: Holder | None) -> None:
        super().__init__(holder)
        self.holder = holder


class FolderLock:
    """The kernel frees the lock when its owner ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "runner.lock"
        self._descriptor: int | None = None

    def acquire(self, holder: Holder, *, wait_s: float = 0) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        give_up = time.monotonic() + wait_s
        while not _locked(descriptor):
            found = self.holder()
            runner_has_it = found is not None and found.role == "portal"
            if runner_has_it or time.monotonic() >= give_up:
                os.close(descriptor)
                raise FolderHeldError(found)
            time.sleep(POLL_S)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        try:
            return Holder(**json.loads(self.path.read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            return None  # free, or taken this very moment


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
