"""End a run of the suite at work, and look at what remains."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.processes import descendants_by_command, started

pytestmark = pytest.mark.faults
RUN = [sys.executable, "-m", "pytest", "-n", "1", "-p", "no:cacheprovider"]
PATIENCE_S = 300


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_a_run_of_the_suite_ends_no_process_stays(tmp_path: Path, ending: signal.Signals):
    under_way, log = tmp_path / "under-way", tmp_path / "log"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    with log.open("w") as output:
        run = started(
            [*RUN, "tests/faults/interrupted.py"],
            env=ours | {"UNDER_WAY": str(under_way)},
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )
    give_up_at = time.monotonic() + PATIENCE_S
    while not under_way.exists():
        assert run.poll() is None, log.read_text()
        assert time.monotonic() < give_up_at, log.read_text()
        time.sleep(0.1)
    family = psutil.Process(run.pid).children(recursive=True)
    commands = descendants_by_command(run.pid).values()
    for part in ("bin/postgres", "valkey-server", "--remote-debugging-pipe", "sleep(3600)"):
        assert any(part in command for command in commands), part

    # Ctrl-C reaches whatever stands in the foreground, the others one process.
    (os.killpg if ending == signal.SIGINT else os.kill)(run.pid, ending)

    assert run.wait(PATIENCE_S) != 0
    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert alive == []


def _hear_ctrl_c() -> None:
    """What a shell has started in the background ignores it, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
