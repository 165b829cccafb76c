"""A whole portal on a folder of its own, for as long as a program needs one to look at."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, TracebackType
from typing import NoReturn, Self
from urllib.error import URLError
from urllib.request import urlopen

from bearing_portal.operations.embedded.errors import ServerError
from bearing_portal.operations.embedded.facts import HOST
from bearing_portal.operations.embedded.ports import keep_or_find
from bearing_portal.operations.embedded.servers import EmbeddedServers
from bearing_portal.operations.runner.attached import SERVERS_ARE_UP, SETTINGS_WITH_EMBEDDED
from bearing_portal.operations.runner.child import child_environment
from bearing_portal.settings.places import BASE_DIR
from vibration.processes import dying_with_parent

START_S, STOP_S = 300.0, 10.0
# A developer's own servers, rows and secrets are not for it.
NOT_INHERITED = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "LOG_DIR",
    "EMAIL_URL",
    "PORTAL_PROCESS",
)


def end_in_order() -> None:
    """Have a request to end unwind this program, so that what it started ends with it."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def environment_of(
    data_dir: Path, port: int, *, settings: str = SETTINGS_WITH_EMBEDDED, web_processes: int = 1
) -> dict[str, str]:
    """What the processes of a portal in that folder find around them."""
    own = {
        "DATA_DIR": str(data_dir),
        "STATIC_ROOT": str(data_dir / "static"),
        "DJANGO_SETTINGS_MODULE": settings,
        "DOTENV_FILE": os.devnull,
        "HOST": HOST,
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "WEB_PROCESSES": str(web_processes),
    }
    if web_processes == 1:
        own["WEB_SILENT_S"] = "0"  # what is measured of it is measured of one process
    environment = child_environment(own, programs=Path(sys.executable).parent)
    return {name: value for name, value in environment.items() if name not in NOT_INHERITED}


class TemporaryPortal:
    """Embedded servers, seeded rows and the web; with a worker where jobs are to be done."""

    def __init__(
        self, *, worker: bool, settings: str = SETTINGS_WITH_EMBEDDED, web_processes: int = 1
    ) -> None:
        self._has_worker, self._settings = worker, settings
        self._n_web = web_processes
        self._stack = ExitStack()
        self.environment: dict[str, str] = {}
        self.url = ""
        self.data_dir: Path
        self.web: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        with self._stack as stack:
            folder = stack.enter_context(
                TemporaryDirectory(prefix="portal-", ignore_cleanup_errors=True)
            )
            self.data_dir = Path(folder)
            stack.enter_context(EmbeddedServers(self.data_dir, durable=False))
            port = keep_or_find(0)
            self.url = f"http://{HOST}:{port}"
            self.environment = environment_of(
                self.data_dir, port, settings=self._settings, web_processes=self._n_web
            ) | {SERVERS_ARE_UP: "1"}
            self.manage("prepare")
            serve = ("-m", "bearing_portal.serve", "-b", HOST, "-p", str(port))
            self.web = self.start(*serve)
            if self._has_worker:
                self.start("manage.py", "rqworker", "short", "long", "train")
                self.start("manage.py", "reconcile")
            self._wait_for_web()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        stack: TracebackType | None,
    ) -> None:
        self._stack.close()

    def manage(self, *arguments: str) -> None:
        """Run a management command of this portal to its end."""
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(f"{arguments[0]} failed: {done.stderr.strip()}")

    def admin_password(self) -> str:
        return (self.data_dir / "admin-password").read_text()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one more process of this portal, which ends with it."""
        process = subprocess.Popen(  # noqa: S603 - our own processes
            dying_with_parent([sys.executable, *arguments], signal.SIGTERM),
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        self._stack.callback(_stop, process)
        return process

    def _wait_for_web(self) -> None:
        give_up = time.monotonic() + START_S
        while time.monotonic() < give_up and self.web.poll() is None:
            try:
                urlopen(f"{self.url}/accounts/login/", timeout=10).close()  # noqa: S310 - our own
                return
            except (URLError, OSError):
                time.sleep(0.1)
        raise ServerError("The web process of the temporary portal does not answer.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
