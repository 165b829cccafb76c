"""The whole portal, started as `make run` starts it, and what remains when something is killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Container, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from bearing_portal.operations.embedded.ports import keep_or_find
from tests.processes import ROOT, descendants_by_command, started

START_S = RECOVER_S = END_S = 300
pytestmark = pytest.mark.faults


class Runner:
    """`manage.py portal` in a process of its own, with its output in a file."""

    def __init__(self, data_dir: Path, *, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        descriptor, log = tempfile.mkstemp(dir=data_dir.parent, suffix=".log")
        os.close(descriptor)
        self.log = Path(log)
        kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
        own = {"DATA_DIR": str(data_dir), "PORT": str(port), "DEBUG": "true"}
        with self.log.open("w") as output:
            self.process = started(
                [sys.executable, "manage.py", "portal"],
                env={**kept, **own, "DOTENV_FILE": os.devnull},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, part: str, *, but: Container[int] = ()) -> psutil.Process | None:
        """Return the process whose command holds `part`, none of those known already."""
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):  # it may end while it is looked at
                is_alive = process.status() != psutil.STATUS_ZOMBIE
                if is_alive and process.pid not in but and part in " ".join(process.cmdline()):
                    return process
        return None

    def page_status(self) -> int:
        try:
            return requests.get(f"{self.address}/accounts/login/", timeout=60).status_code
        except requests.RequestException:
            return 0

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(END_S)


Start = Callable[..., Runner]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portal") / "data"


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    runners: list[Runner] = []

    def start(data_dir: Path, *, port: int = 0) -> Runner:
        runners.append(Runner(data_dir, port=port or keep_or_find(0)))
        return runners[-1]

    yield start
    for runner in runners:
        runner.end()


@pytest.fixture(scope="module")
def running(start: Start, data_dir: Path) -> list[Runner]:
    """The one portal on the data folder; a test may end it, the next one then starts it anew."""
    return [ready(start(data_dir))]


@pytest.fixture
def portal(running: list[Runner], start: Start, data_dir: Path) -> Runner:
    if running[0].process.poll() is not None:
        running[0] = ready(start(data_dir))
    return running[0]


def ready(runner: Runner) -> Runner:
    wait_for(lambda: "Ready: " in runner.said(), START_S, runner.said)
    return runner


def wait_for(
    condition: Callable[[], object], seconds: float, why: Callable[[], object] = str
) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, why()
        time.sleep(0.1)


def test_it_starts_what_the_procfile_says(portal: Runner) -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    entries = [line for line in lines if line.strip() and not line.startswith("#")]
    programs = [line.split(":", 1)[1].split()[:4] for line in entries]

    commands = descendants_by_command(portal.process.pid).values()

    assert programs
    for words in programs:
        assert any(all(word in command for word in words) for command in commands), words


def test_the_first_start_gives_an_account_that_only_its_owner_reads(
    portal: Runner, data_dir: Path
) -> None:
    kept = data_dir / "admin-password"

    assert kept.stat().st_mode & 0o077 == 0
    assert len(kept.read_text()) >= 16


def test_the_same_data_folder_is_not_served_twice(
    portal: Runner, start: Start, data_dir: Path
) -> None:
    copy = start(data_dir)

    assert copy.process.wait(END_S) == 2
    assert f"in use by process {portal.process.pid}" in copy.said()
    assert portal.page_status() == 200


def test_a_taken_port_is_said_with_the_way_out(
    portal: Runner, start: Start, tmp_path: Path
) -> None:
    port = int(portal.address.rpartition(":")[2])

    refused = start(tmp_path / "other", port=port)

    assert refused.process.wait(END_S) == 2
    assert re.search(rf"Port {port} .* taken.*PORT=\d+ make run", refused.said())
    assert not (tmp_path / "other" / "embedded").exists()


@pytest.mark.parametrize(
    "victim", ["bin/postgres", "valkey-server", "rqworker short", "reconcile", "portal.serve"]
)
def test_what_is_killed_comes_back_without_a_restart_of_the_portal(
    portal: Runner, victim: str
) -> None:
    killed = portal.named(victim)
    assert killed is not None
    family = {process.pid for process in portal.family()}

    killed.kill()

    wait_for(lambda: portal.named(victim, but=family), RECOVER_S, portal.said)
    wait_for(lambda: portal.page_status() == 200, RECOVER_S, portal.said)
    assert "starting it again" in portal.said()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_runner_ends_no_process_stays(portal: Runner, ending: signal.Signals) -> None:
    family = portal.family()
    assert len(family) > 4

    portal.process.send_signal(ending)

    portal.process.wait(END_S)
    _, alive = psutil.wait_procs(family, timeout=END_S)
    assert alive == []


def test_after_a_kill_the_next_start_finds_yesterdays_data(
    running: list[Runner], start: Start, data_dir: Path
) -> None:
    password = (data_dir / "admin-password").read_text()
    running[0].process.kill()  # unless the test before it has
    running[0].process.wait(END_S)

    again = running[0] = ready(start(data_dir))

    session = requests.Session()
    page = session.get(f"{again.address}/accounts/login/", timeout=END_S).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": "admin", "password": password}
    logged_in = session.post(f"{again.address}/accounts/login/", form, timeout=END_S)
    assert logged_in.status_code == 200
    assert "sessionid" in session.cookies
